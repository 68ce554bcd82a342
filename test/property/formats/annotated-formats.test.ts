import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '../../../src/core/errors.ts';
import { compareSpans } from '../../../src/core/span.ts';
import type { AnnotatedFormat, PrintedFile } from '../../../src/formats/format.ts';
import { annotatedFormats, headOf, recogniseFormat } from '../../../src/formats/formats.ts';
import type { ImportedDocument, SourceDocument } from '../../../src/formats/source-document.ts';
import { anyImportedDocument, tameDocument } from '../../support/formats/any-imported-document.ts';
import { folderOf, readAll } from '../../support/formats/read-source.ts';

/** The source that stands for printed files: brat's are read by their texts. */
function sourceOf(files: readonly PrintedFile[]) {
  const folder = folderOf(Object.fromEntries(files.map(({ name, text }) => [name, text])));
  return folder.get(files[0]!.name)!;
}

/** What all formats keep. brat has no id but the file's name. */
const comparable = ({ text, externalId, title, mentions = [], pageStarts }: SourceDocument) => ({
  id: externalId ?? title,
  text,
  mentions: [...mentions].sort(
    (a, b) => compareSpans(a, b) || (a.type < b.type ? -1 : Number(a.type > b.type)),
  ),
  ...(pageStarts && { pageStarts }),
});

/** The files of a document; undefined when the format has no place for something of it. */
function printed(
  format: AnnotatedFormat,
  document: ImportedDocument,
): readonly PrintedFile[] | undefined {
  try {
    return format.print([document]);
  } catch (error) {
    if (error instanceof AppError && error.code === 'FORMAT_CANNOT_HOLD') return undefined;
    throw error;
  }
}

describe.each(annotatedFormats.map((format) => [format.name, format] as const))(
  '%s',
  (_, format) => {
    it('reads back every document that corpora have, multi-byte text and overlaps too', async () => {
      await fc.assert(
        fc.asyncProperty(tameDocument, async (document) => {
          const { documents, errors } = await readAll(format, sourceOf(format.print([document])));

          expect(errors).toEqual([]);
          expect(documents.map(comparable)).toEqual([document]);
        }),
        { numRuns: 200, seed: 1 },
      );
    });

    it('reads back what it prints of any document, and refuses to print what it cannot hold', async () => {
      await fc.assert(
        fc.asyncProperty(anyImportedDocument, async (document) => {
          const files = printed(format, document);
          if (files === undefined) return;
          const { documents, errors } = await readAll(format, sourceOf(files));

          expect(errors).toEqual([]);
          expect(documents.map(comparable)).toEqual([document]);
        }),
        { numRuns: 300, seed: 2 },
      );
    });

    it('recognises what it prints', async () => {
      await fc.assert(
        fc.asyncProperty(tameDocument, async (document) => {
          const head = await headOf(sourceOf(format.print([document])));

          expect(recogniseFormat({ ...head, name: head.name.replace(/\..*/, '.txt') })?.name).toBe(
            format.name,
          );
        }),
        { numRuns: 50, seed: 3 },
      );
    });
  },
);

describe('annotatedFormats', () => {
  it('hold where pages begin, or refuse to', async () => {
    const document = { id: 'a', text: 'α😀\nβ', mentions: [], pageStarts: [0, 3, 4, 5] };

    const held = annotatedFormats.filter((format) => printed(format, document) !== undefined);

    expect(held.map(({ name }) => name)).toEqual(['annotated JSON lines']);
    const { documents } = await readAll(held[0]!, sourceOf(held[0]!.print([document])));
    expect(documents.map(comparable)).toEqual([document]);
  });

  it('keep several documents in one file apart', async () => {
    const documents: ImportedDocument[] = ['a', 'b', 'c'].map((id) => ({
      id,
      text: `${id} 😀 aspirin`,
      mentions: [{ start: 5, end: 12, type: 'Drug' }],
    }));

    for (const format of annotatedFormats.filter(({ name }) => name !== 'brat')) {
      const read = await readAll(format, sourceOf(format.print(documents)));

      expect(read.documents.map(comparable)).toEqual(documents);
    }
  });
});
