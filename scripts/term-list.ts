/**
 * Prints the surface forms of annotated corpora as a dictionary for `spandex label`: term, tab, type,
 * the most frequent first, so that of a form with two types the usual one counts.
 *
 * npx tsx scripts/term-list.ts CORPUS.jsonl.gz… > terms.tsv
 */
import { readAnnotatedJsonl } from '../src/formats/annotated/annotated-jsonl.ts';

const counts = new Map<string, number>();
for (const path of process.argv.slice(2)) {
  const { documents, errors } = await readAnnotatedJsonl(path);
  if (errors[0]) throw errors[0];
  for (const { text, mentions } of documents)
    for (const { start, end, type } of mentions) {
      const term = text.slice(start, end).replace(/\s+/g, ' ').trim();
      if (/\p{L}/u.test(term))
        counts.set(`${term}\t${type}`, (counts.get(`${term}\t${type}`) ?? 0) + 1);
    }
}
for (const [line] of [...counts].toSorted((a, b) => b[1] - a[1])) console.log(line);
