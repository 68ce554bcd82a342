/** Documents with mentions between any characters of their texts. */
import fc from 'fast-check';
import { codePointStarts } from '../../../src/core/code-points.ts';
import { compareSpans } from '../../../src/core/span.ts';
import type { ImportedDocument, ImportedMention } from '../../../src/formats/source-document.ts';
import { anyText } from '../text/any-text.ts';

const anyType = fc.oneof(
  fc.constantFrom('Drug', 'Disease', 'Gene/Protein', 'Größe', '疾病'),
  fc.string({ minLength: 1 }),
);
const anyConcept = fc.option(
  fc.oneof(fc.constantFrom('MESH:D003000', '672', 'α'), fc.string({ minLength: 1 })),
  { nil: undefined, freq: 2 },
);

/** Like what corpora hold: two lines of printable text, mentions that begin and end in words. */
const tameText = fc
  .array(
    fc.constantFrom(
      'aspirin',
      'α',
      '日本',
      '😀',
      'β-blocker',
      'e\u0301',
      ',',
      '(5-HT)',
      'in',
      '👩‍🔬',
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((words) => words.join(' '));

const order = (a: ImportedMention, b: ImportedMention): number =>
  compareSpans(a, b) || (a.type < b.type ? -1 : Number(a.type > b.type));

const unitsOf = (text: string): Int32Array =>
  codePointStarts(text) ?? Int32Array.from({ length: text.length + 1 }, (_, i) => i);

/** Few have pages, for which most formats have no place. */
const anyPages = fc.oneof(
  { weight: 4, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(fc.nat(), { maxLength: 5 }) },
);

/** Pages that begin at characters of a text, if there are any. */
function pagesOf(text: string, pages: readonly number[]): Pick<ImportedDocument, 'pageStarts'> {
  if (pages.length === 0) return {};
  const units = unitsOf(text);
  const later = pages.slice(1).map((page) => units[page % units.length]!);
  return { pageStarts: [0, ...later.sort((a, b) => a - b)] };
}

function documentOf(
  text: string,
  edges: readonly (readonly [number, number, string, string | undefined])[],
): Omit<ImportedDocument, 'id'> {
  const units = unitsOf(text);
  const mentions = edges
    .map(([a, b, type, concept]): ImportedMention => {
      const [start, end] = [units[a % units.length]!, units[b % units.length]!];
      const span = { start: Math.min(start, end), end: Math.max(start, end), type };
      return concept === undefined ? span : { ...span, concept };
    })
    .filter(({ start, end }) => start < end)
    .sort(order);
  return { text, mentions };
}

const edgesWith = (type: fc.Arbitrary<string>, concept: fc.Arbitrary<string | undefined>) =>
  fc.array(fc.tuple(fc.nat(), fc.nat(), type, concept), { maxLength: 6 });

/** Anything: much of it has no place in one format or the other. */
export const anyImportedDocument: fc.Arbitrary<ImportedDocument> = fc
  .record({
    id: fc.string({ minLength: 1 }),
    text: anyText,
    edges: edgesWith(anyType, anyConcept),
    pages: anyPages,
  })
  .map(({ id, text, edges, pages }) => ({
    id,
    ...documentOf(text, edges),
    ...pagesOf(text, pages),
  }));

/** What every format has a place for. */
export const tameDocument: fc.Arbitrary<ImportedDocument> = fc
  .record({
    id: fc.stringMatching(/^[a-z0-9]{1,8}$/),
    title: tameText,
    abstract: tameText,
    edges: edgesWith(
      fc.constantFrom('Drug', 'Disease', 'Gene/Protein', '疾病'),
      fc.constant(undefined),
    ),
  })
  .map(({ id, title, abstract, edges }) => {
    const text = `${title}\n${abstract}`;
    const { mentions } = documentOf(text, edges);
    const isTame = ({ start, end }: ImportedMention): boolean => {
      const slice = text.slice(start, end);
      return slice.trim() === slice;
    };
    return { id, text, mentions: mentions.filter(isTame) };
  });
