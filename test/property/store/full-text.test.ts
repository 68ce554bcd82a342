import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseTextQuery } from '../../../src/search/parse-text-query.ts';
import { findPassages, searchFullText } from '../../../src/store/full-text.ts';
import type { TextQuery } from '../../../src/store/text-query.ts';
import { openLastingStore, putDrafts, type TestStore } from '../../support/store/open-store.ts';

/** Words that share beginnings; parted by what no word has. */
const words = ['ab', 'Abc', 'abcd', 'b', 'Ärger', 'c3', '腎不全', 'NOT'];
const gaps = [' ', ', ', '-', '\0', ' 💊 ', '"', ' (', ') * '];
const textOfWords = fc
  .array(fc.tuple(fc.constantFrom(...words), fc.constantFrom(...gaps)), { maxLength: 12 })
  .map((pairs) => pairs.flat().join(''));

const phrase: fc.Arbitrary<TextQuery> = fc
  .tuple(fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 2 }), fc.boolean())
  .map(([parts, isPrefix]) => ({ kind: 'PHRASE', words: parts.join(' '), isPrefix }));

const { query } = fc.letrec<{ query: TextQuery; several: readonly TextQuery[] }>((tie) => ({
  several: fc.array(tie('query'), { minLength: 2, maxLength: 3 }),
  query: fc.oneof(
    { depthSize: 'small' },
    phrase,
    fc.record({ kind: fc.constant('ALL' as const), of: tie('several') }),
    fc.record({ kind: fc.constant('ANY' as const), of: tie('several') }),
    fc.record({ kind: fc.constant('WITHOUT' as const), keep: tie('query'), drop: tie('query') }),
  ),
}));

/** The query as a user would write it. */
function print(part: TextQuery): string {
  if (part.kind === 'PHRASE') return `"${part.words}"${part.isPrefix ? '*' : ''}`;
  if (part.kind === 'ALL') return `(${part.of.map(print).join(' ')})`;
  if (part.kind === 'ANY') return `(${part.of.map(print).join(' OR ')})`;
  return `(${print(part.keep)} NOT ${print(part.drop)})`;
}

const fold = (text: string): string[] =>
  text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

interface Plain {
  readonly id: number;
  readonly columns: readonly (readonly string[])[];
}

/** How often a phrase is in a list of words. */
function countIn(column: readonly string[], part: Extract<TextQuery, { kind: 'PHRASE' }>): number {
  const wanted = fold(part.words);
  return column.filter((_, at) =>
    wanted.every((word, i) => {
      const there = column[at + i] ?? '';
      return part.isPrefix && i === wanted.length - 1 ? there.startsWith(word) : there === word;
    }),
  ).length;
}

const frequency = (document: Plain, part: Extract<TextQuery, { kind: 'PHRASE' }>): number =>
  document.columns.reduce((sum, column) => sum + countIn(column, part), 0);

function holds(document: Plain, part: TextQuery): boolean {
  if (part.kind === 'PHRASE') return frequency(document, part) > 0;
  if (part.kind === 'ALL') return part.of.every((each) => holds(document, each));
  if (part.kind === 'ANY') return part.of.some((each) => holds(document, each));
  return holds(document, part.keep) && !holds(document, part.drop);
}

const phrasesOf = (part: TextQuery): Extract<TextQuery, { kind: 'PHRASE' }>[] => {
  if (part.kind === 'PHRASE') return [part];
  return (part.kind === 'WITHOUT' ? [part.keep, part.drop] : part.of).flatMap(phrasesOf);
};

/** BM25 as its paper has it, with the floor of SQLite for words that most documents have. */
function score(document: Plain, all: readonly Plain[], part: TextQuery): number {
  const length = ({ columns }: Plain): number => columns.flat().length;
  const mean = all.reduce((sum, each) => sum + length(each), 0) / all.length;
  return phrasesOf(part).reduce((sum, each) => {
    const hits = all.filter((other) => frequency(other, each) > 0).length;
    const idf = Math.log((all.length - hits + 0.5) / (hits + 0.5));
    const count = frequency(document, each);
    const norm = count + 1.2 * (0.25 + (0.75 * length(document)) / mean);
    return sum + (Math.max(idf, 0) || 1e-6) * ((count * 2.2) / norm);
  }, 0);
}

describe('searchFullText', () => {
  let store: TestStore;
  let documents: Plain[] = [];

  beforeAll(async () => {
    store = await openLastingStore();
    const texts = fc.sample(fc.tuple(textOfWords, fc.option(textOfWords)), {
      numRuns: 120,
      seed: 3,
    });
    const drafts = texts.map(([text, title], i) => ({
      text: `${text}.`,
      externalId: `${i}`,
      ...(title === null ? {} : { title }),
    }));
    const ids = await putDrafts(store, ...drafts);
    documents = ids.map((id, i) => ({
      id,
      columns: [fold(drafts[i]?.title ?? ''), fold(drafts[i]?.text ?? '')],
    }));
  });

  const search = (part: TextQuery, first = 1_000, shown: readonly number[] = []) =>
    searchFullText(
      store.database,
      { query: part, collectionId: store.collectionId },
      { first, shown },
    );

  it('finds what a plain program finds, in the order of its BM25', async () => {
    await fc.assert(
      fc.asyncProperty(query, async (wanted) => {
        const part = parseTextQuery(print(wanted));
        const { rows } = await search(part);

        const expected = documents.filter((document) => holds(document, wanted));
        expect(rows.map(({ id }) => id).sort((a, b) => a - b)).toEqual(
          expected.map(({ id }) => id),
        );
        for (const [i, row] of rows.entries()) {
          const before = rows[i - 1] ?? { score: Infinity, id: 0 };
          expect(
            before.score > row.score || (before.score === row.score && before.id < row.id),
          ).toBe(true);
          const document = documents.find(({ id }) => id === row.id)!;
          if (phrasesOf(wanted).every(({ isPrefix }) => !isPrefix)) {
            expect(row.score).toBeCloseTo(score(document, documents, wanted), 4);
          }
        }
      }),
      { numRuns: 150, seed: 4 },
    );
  });

  it('gives every document once, page by page', async () => {
    await fc.assert(
      fc.asyncProperty(query, fc.integer({ min: 1, max: 40 }), async (wanted, first) => {
        const whole = await search(wanted);
        const paged: { id: number; score: number }[] = [];
        for (let more = true; more; ) {
          const page = await search(
            wanted,
            first,
            paged.map(({ id }) => id),
          );
          paged.push(...page.rows);
          more = page.hasNext;
        }

        expect(paged).toEqual(whole.rows);
      }),
      { numRuns: 40, seed: 5 },
    );
  });

  it('shows what it found where it is, in any text', async () => {
    await fc.assert(
      fc.asyncProperty(phrase, async (part) => {
        const { rows } = await search(part);
        const ids = rows.map(({ id }) => id);
        const found = await findPassages(store.database, part, { ids, count: 10, chars: 40 });

        for (const { id, columns } of documents) {
          const matches = found.get(id)?.matches ?? 0;
          // Matches that overlap are shown as one.
          expect(matches > 0).toBe(countIn(columns[1] ?? [], part as never) > 0);
          for (const passage of found.get(id)?.passages ?? []) {
            for (const { start, end } of passage.matches) {
              const shown = passage.text.slice(start - passage.start, end - passage.start);
              expect(countIn(fold(shown), part as never)).toBeGreaterThan(0);
            }
          }
        }
      }),
      { numRuns: 60, seed: 6 },
    );
  });

  it('answers or refuses whatever is asked', async () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.string({
        unit: fc.constantFrom(...'ab"*()-^:+{} ', 'OR', 'NOT', 'AND', '\0'),
        maxLength: 20,
      }),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        let part: TextQuery;
        try {
          part = parseTextQuery(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'QUERY_INVALID' });
          return;
        }
        expect(Array.isArray((await search(part)).rows)).toBe(true);
      }),
      { numRuns: 400, seed: 7 },
    );
  });
});
