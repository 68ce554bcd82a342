/** A store of made-up mentions with what searches it, and the definition of what they must find. */
import { rankSimilar } from '../../../src/search/rank-similar.ts';
import type { SearchParts } from '../../../src/search/search-parts.ts';
import type { SimilarQuery } from '../../../src/search/similar-mentions.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { dictionaryModel, openDictionaryExtractor } from '../dictionary-extractor.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import {
  fillRandomMentions,
  type RandomMention,
  type RandomMentionOptions,
  vectorIn,
} from './random-mentions.ts';

/** An open store, whose indexes are for the test to choose. */
export interface RandomSearch {
  readonly parts: Omit<SearchParts, 'typeIndex' | 'meaningIndex'>;
  readonly mentions: readonly RandomMention[];
}

/** Fills a folder and opens it; the vectors are as long as the dictionary extractor says. */
export async function openRandomSearch(
  options: Omit<RandomMentionOptions, 'meaningSize' | 'typeSize'>,
  folder = temporaryFolder(),
): Promise<RandomSearch> {
  const { meaningSize, embeddingSize: typeSize } = dictionaryModel;
  const mentions = fillRandomMentions(folder, { ...options, meaningSize, typeSize });
  const database = await openDatabase({ folder, modelId: undefined });
  const extractor = openDictionaryExtractor();
  return { parts: { database, collectionId: 1, extractor }, mentions };
}

/** What similar mentions are: every mention compared. */
export const expectedSimilar = (
  mentions: readonly RandomMention[],
  query: Float32Array,
  { space, distinct, first }: Pick<SimilarQuery, 'space' | 'distinct'> & { readonly first: number },
) =>
  rankSimilar(
    query,
    mentions.map((mention) => ({ ...mention, vector: vectorIn(space, mention) })),
    { distinct, first },
  );
