/**
 * Prints the surface forms of annotated corpora as a dictionary for `spandex label`: term, tab, type,
 * the most frequent first, so that of a form with two types the usual one counts.
 *
 * npx tsx scripts/term-list.ts CORPUS.jsonl.gz… > terms.tsv
 */
import type { AnnotatedDocument } from '../src/core/document.ts';
import { readAnnotatedJsonl } from '../src/formats/annotated/annotated-jsonl.ts';

const counts = new Map<string, number>();

function countForms({ text, mentions }: AnnotatedDocument): void {
  for (const { start, end, type } of mentions) {
    const term = text.slice(start, end).replace(/\s+/g, ' ').trim();
    const line = `${term}\t${type}`;
    if (/\p{L}/u.test(term)) counts.set(line, (counts.get(line) ?? 0) + 1);
  }
}

for (const path of process.argv.slice(2)) {
  const { documents, errors } = await readAnnotatedJsonl(path);
  if (errors[0]) throw errors[0];
  documents.forEach(countForms);
}
for (const [line] of [...counts].toSorted((a, b) => b[1] - a[1])) console.log(line);
