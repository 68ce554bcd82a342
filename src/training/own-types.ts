/**
 * Learning new types without forgetting old ones: what a model is taught when it goes on from a bundle.
 *
 * Documents of the new types say nothing of the old ones, and a model that learns from them alone
 * unlearns what it knew. So the bundle itself reads them first, and what it finds of the old types is
 * learnt along, where it finds nothing included. Documents that people annotated with old types may
 * be learnt from again beside it.
 * Source: learning without forgetting (Li and Hoiem 2016), with labels in place of soft targets.
 */
import type { AnnotatedDocument, EntityType, GoldMention } from '../core/document.ts';
import type { Extractor } from '../ner/extractor.ts';
import type { Corpus } from './corpus.ts';
import { nextEvents } from './dev-evaluation.ts';

/** The types of a run that goes on from a bundle. */
export interface OwnTypes {
  /** Those that the new documents are annotated with. */
  readonly added: readonly EntityType[];
  /** Those of the bundle, without any whose name is taken by a new one. */
  readonly kept: readonly EntityType[];
}

/** New types replace old ones of the same name. */
export function ownTypes(added: readonly EntityType[], known: readonly EntityType[]): OwnTypes {
  const names = new Set(added.map(({ name }) => name));
  return { added, kept: known.filter(({ name }) => !names.has(name)) };
}

/** The types of the model, in the bundle's order, new ones in the place of what they replace or last. */
export function allTypes(
  added: readonly EntityType[],
  known: readonly EntityType[],
): readonly EntityType[] {
  const isKnown = new Set(known.map(({ name }) => name));
  const replaced = known.map((type) => added.find(({ name }) => name === type.name) ?? type);
  return [...replaced, ...added.filter(({ name }) => !isKnown.has(name))];
}

/** Few enough to let messages in between. */
const documentsPerGroup = 64;

/** What the model finds in documents, in their order. Blank ones have nothing to find. */
async function findAll(
  model: Pick<Extractor, 'extract'>,
  documents: readonly AnnotatedDocument[],
  types: readonly EntityType[],
): Promise<GoldMention[][]> {
  const found: GoldMention[][] = [];
  for (let start = 0; start < documents.length; start += documentsPerGroup) {
    const texts = documents.slice(start, start + documentsPerGroup).map(({ text }) => text);
    const readable = texts.filter((text) => text.trim() !== '');
    const extractions = (await model.extract(readable, types, { priority: 'bulk' })).values();
    for (const text of texts) {
      const mentions = text.trim() === '' ? [] : (extractions.next().value?.mentions ?? []);
      found.push(mentions.map(({ start: from, end, type }) => ({ start: from, end, type })));
    }
    await nextEvents();
  }
  return found;
}

/**
 * The documents with the mentions of old types that the model finds in them, beside those of new types
 * that they are annotated with. Whatever else they are annotated with is left out.
 */
export async function withFoundMentions(
  model: Pick<Extractor, 'extract'>,
  documents: readonly AnnotatedDocument[],
  { added, kept }: OwnTypes,
): Promise<AnnotatedDocument[]> {
  const names = new Set(added.map(({ name }) => name));
  const found = kept.length === 0 ? [] : await findAll(model, documents, kept);
  return documents.map((document, place) => {
    const annotated = document.mentions.filter(({ type }) => names.has(type));
    return { ...document, mentions: [...annotated, ...(found[place] ?? [])] };
  });
}

/** Annotated documents with the types that their annotators looked for. */
export interface Replay {
  readonly documents: readonly AnnotatedDocument[];
  readonly types: readonly EntityType[];
}

/** Documents that an epoch has at least: fewer are each read several times. */
const leastDocuments = 100;

/** How often an epoch takes each of so many documents. */
export const epochWeight = (documents: number): number => Math.max(1, leastDocuments / documents);

/** Names of the corpora, by which a recipe's `paraphrases` know them. */
const corpusNames = { own: 'own', replay: 'replay' } as const;

const characters = (documents: readonly AnnotatedDocument[]): number =>
  documents.reduce((sum, { text }) => sum + text.length, 0);

const byName = (a: EntityType, b: EntityType): number => (a.name < b.name ? -1 : 1);

/**
 * What the run learns from: new documents, labelled, and documents of old types, of which an epoch
 * takes no more text than of the new ones.
 */
export function ownCorpora(
  documents: readonly AnnotatedDocument[],
  { added, kept }: OwnTypes,
  replay: Replay | null,
): Corpus[] {
  const shared = { dev: [], overlap: 'nested', absentTypes: [] } as const;
  const types = [...added, ...kept].sort(byName);
  const weight = epochWeight(documents.length);
  const own: Corpus = {
    ...shared,
    name: corpusNames.own,
    train: documents,
    types,
    weight,
    pinnedTypes: types.flatMap((type, place) => (added.includes(type) ? [place] : [])),
  };
  if (replay === null || replay.documents.length === 0) return [own];
  return [
    own,
    {
      ...shared,
      name: corpusNames.replay,
      train: replay.documents,
      types: replay.types,
      weight: Math.min(1, (characters(documents) * weight) / characters(replay.documents)),
    },
  ];
}
