import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { codePointStarts } from '../../../src/core/code-points.ts';
import type { AnnotatedDocument } from '../../../src/core/document.ts';
import {
  parseAnnotatedDocument,
  printAnnotatedDocument,
} from '../../../src/formats/annotated/annotated-jsonl.ts';
import { anyText } from '../../support/text/any-text.ts';

const place = { path: 'x.jsonl', line: 1 };

/** A document with mentions between any characters of its text. */
const anyDocument: fc.Arbitrary<AnnotatedDocument> = fc
  .record({
    id: fc.string({ minLength: 1 }),
    text: anyText,
    edges: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.string({ minLength: 1 })), { maxLength: 6 }),
    doubted: fc.nat({ max: 6 }),
  })
  .map(({ id, text, edges, doubted }) => {
    const units =
      codePointStarts(text) ?? Int32Array.from({ length: text.length + 1 }, (_, i) => i);
    const mentions = edges.map(([a, b, type]) => {
      const [start, end] = [units[a % units.length]!, units[b % units.length]!];
      return { start: Math.min(start, end), end: Math.max(start, end), type };
    });
    const found = mentions.filter(({ start, end }) => start < end);
    const uncertain = found.slice(doubted);
    return {
      id,
      text,
      mentions: found.slice(0, doubted),
      ...(uncertain.length > 0 && { uncertain }),
    };
  });

describe('parseAnnotatedDocument', () => {
  it('undoes printAnnotatedDocument', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        expect(parseAnnotatedDocument(printAnnotatedDocument(document), place)).toEqual(document);
      }),
    );
  });

  it('counts offsets as Array.from counts characters', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const { entities } = JSON.parse(printAnnotatedDocument(document)) as {
          entities: { start: number; end: number }[];
        };

        const characters = Array.from(document.text);
        expect(entities.map(({ start, end }) => characters.slice(start, end).join(''))).toEqual(
          document.mentions.map(({ start, end }) => document.text.slice(start, end)),
        );
      }),
    );
  });
});
