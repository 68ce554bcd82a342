/** Documents with the concepts that a vocabulary file has for their mentions. */
import type { ImportedDocument } from '../formats/source-document.ts';

/** What to link with. */
export interface LinkingOptions {
  /** A vocabulary: CSV, TSV or JSON lines. */
  readonly vocabulary: string;
  readonly modelDirectory: string;
}

/**
 * The documents in order, each mention with the id of the concept that is proposed for it, if one is.
 *
 * Throws: FILE_UNREADABLE, FILE_INVALID, BUNDLE_INVALID, before the first document.
 */
export async function* linkConcepts(
  documents: Iterable<ImportedDocument>,
  { vocabulary, modelDirectory }: LinkingOptions,
): AsyncGenerator<ImportedDocument> {
  const { parseVocabulary } = await import('../formats/vocabulary.ts');
  const { openModel } = await import('../ner/open-model.ts');
  const { ConceptLinker } = await import('../search/concept-linker.ts');
  const { readTextFile } = await import('../formats/text-file.ts');
  const concepts = parseVocabulary(await readTextFile(vocabulary), vocabulary);
  const model = await openModel(modelDirectory);
  try {
    const linker = await ConceptLinker.create(concepts, model);
    for (const document of documents) {
      const { text, mentions } = document;
      const strings = mentions.map(({ start, end }) => text.slice(start, end));
      const proposals = await linker.propose(text, strings);
      const linked = mentions.map((mention, i) => {
        const concept = proposals[i]?.id;
        return concept === undefined ? mention : { ...mention, concept };
      });
      yield { ...document, mentions: linked };
    }
  } finally {
    await model.close();
  }
}
