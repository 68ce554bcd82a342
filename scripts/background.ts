/**
 * Makes a file of background: texts of other domains that mention none of a corpus's types, which teach
 * a model to find nothing where there is nothing.
 *
 * Short texts of one file are joined in their order to about a window's length; a joined text that
 * has the surface form of any of the corpus's mentions as a word is left out. Those kept are spread
 * evenly over all files, so equal arguments give an equal file.
 *
 * npx tsx scripts/background.ts --corpus TRAIN.jsonl.gz --windows 350 --out BACKGROUND.jsonl FILE…
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import {
  printAnnotatedDocument,
  readAnnotatedJsonl,
} from '../src/formats/annotated/annotated-jsonl.ts';

const wordsPerText = 70;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    corpus: { type: 'string' },
    windows: { type: 'string', default: '350' },
    out: { type: 'string' },
  },
});

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Every surface form of a corpus, as its words with one space between and around them. */
async function surfaceForms(path: string): Promise<string[]> {
  const { documents } = await readAnnotatedJsonl(path);
  const forms = documents.flatMap(({ text, mentions }) =>
    mentions.map(({ start, end }) => ` ${wordsOf(text.slice(start, end)).join(' ')} `),
  );
  return [...new Set(forms)];
}

/** The texts of a file, joined until each has enough words. */
async function joinedTexts(path: string): Promise<string[]> {
  const { documents } = await readAnnotatedJsonl(path);
  const texts: string[] = [];
  let parts: string[] = [];
  for (const { text } of documents) {
    parts.push(text);
    if (parts.reduce((count, part) => count + wordsOf(part).length, 0) < wordsPerText) continue;
    texts.push(parts.join('\n'));
    parts = [];
  }
  return texts;
}

/** `count` of the items, at equal distances. */
const spread = <T>(items: readonly T[], count: number): T[] =>
  items.filter(
    (_, i) =>
      Math.floor((i * count) / items.length) !== Math.floor(((i - 1) * count) / items.length),
  );

if (!values.corpus || !values.out || positionals.length === 0) {
  throw new Error('Usage: background.ts --corpus FILE --windows N --out FILE FILE…');
}
const forms = await surfaceForms(values.corpus);
const texts = (await Promise.all(positionals.map(joinedTexts))).flat();
const unrelated = texts.filter((text) => {
  const words = ` ${wordsOf(text).join(' ')} `;
  return !forms.some((form) => words.includes(form));
});
const kept = spread(unrelated, Number(values.windows));
const lines = kept.map((text, i) =>
  printAnnotatedDocument({ id: `background-${i}`, text, mentions: [] }),
);
await writeFile(values.out, `${lines.join('\n')}\n`);
process.stdout.write(`${kept.length} of ${texts.length} texts, ${unrelated.length} unrelated\n`);
