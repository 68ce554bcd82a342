/**
 * Proposals for the mentions of stored documents, from a connection that reads: by every vocabulary of
 * their collection that is for their types.
 */
import { fromBlob } from '../store/blobs.ts';
import type { SqlConnection } from '../store/connection.ts';
import type {
  ConceptLink,
  ConceptName,
  LinkedDocument,
  UnlinkedDocument,
} from '../store/vocabulary-records.ts';
import { ConceptMatcher, type ReadString, readStrings, surestMatch } from './concept-matcher.ts';

/** A vocabulary that is matched with. */
interface StoredMatcher {
  readonly id: number;
  readonly version: number;
  /** Types whose mentions it is for; null for all. */
  readonly typeIds: ReadonlySet<number> | null;
  readonly matcher: ConceptMatcher;
}

interface VocabularyRow {
  readonly id: number;
  readonly version: number;
  readonly typeIds: string | null;
}

type NameRow = ConceptName & { readonly vector: Uint8Array | null };

const isFor = ({ typeIds }: StoredMatcher, typeId: number): boolean =>
  typeIds === null || typeIds.has(typeId);

/** The matcher of a vocabulary; null while a name of it has no vector. */
function loadMatcher(connection: SqlConnection, id: number): ConceptMatcher | null {
  const rows = connection.all<NameRow>('namesOfVocabulary', { id });
  const vectors = rows.flatMap(({ vector }) => (vector ? [fromBlob(vector)] : []));
  return vectors.length < rows.length ? null : new ConceptMatcher(rows, vectors);
}

/** Documents of one collection, and meaning vectors by form that the database does not have. */
export interface LinkRequest {
  readonly collectionId: number;
  readonly documents: readonly UnlinkedDocument[];
  readonly meanings: ReadonlyMap<string, Float32Array>;
}

/** The proposals, or what they wait for. */
export type LinkAnswer =
  | { readonly kind: 'LINKED'; readonly documents: readonly LinkedDocument[] }
  /** Meaning vectors of these forms are needed. */
  | { readonly kind: 'MISSING'; readonly forms: readonly string[] }
  /** A vocabulary has names without meaning vectors. */
  | { readonly kind: 'NOT_READY' };

interface ReadMention extends ReadString {
  readonly id: number;
  readonly typeId: number;
}

interface ReadDocument extends UnlinkedDocument {
  readonly mentions: readonly ReadMention[];
}

/** The mentions of a document with what its text says of them; none when it is gone. */
function readDocument(connection: SqlConnection, document: UnlinkedDocument): ReadDocument {
  const { id } = document;
  type Row = { readonly id: number; readonly typeId: number; readonly text: string };
  const rows = connection.all<Row>('mentionsToLink', { documentId: id });
  const { text = '' } = connection.get<{ text: string }>('documentText', { id }) ?? {};
  const strings = readStrings(
    text,
    rows.map((row) => row.text),
  );
  return { ...document, mentions: rows.map((row, i) => ({ ...row, ...strings[i]! })) };
}

/** What is proposed for the mentions of a document. */
function linksOf(
  matchers: readonly StoredMatcher[],
  mentions: readonly ReadMention[],
  meanings: ReadonlyMap<string, Float32Array>,
): ConceptLink[] {
  const matches = matchers.map((each) => {
    const wanted = mentions.filter(({ typeId }) => isFor(each, typeId));
    const found = each.matcher.match(wanted, meanings);
    return new Map(wanted.map(({ id }, i) => [id, found[i] ?? null]));
  });
  return mentions.flatMap(({ id: mentionId }) => {
    const match = surestMatch(matches.map((each) => each.get(mentionId) ?? null));
    if (!match) return [];
    const { concept: conceptId, method: matchedBy, similarity } = match;
    return [{ mentionId, conceptId, matchedBy, similarity }];
  });
}

/** Those of the forms whose meaning the matchers do not know. */
function unknownForms(
  matchers: readonly StoredMatcher[],
  documents: readonly ReadDocument[],
): Set<string> {
  const mentions = documents.flatMap((document) => document.mentions);
  return new Set(
    matchers.flatMap((each) =>
      each.matcher.unknownForms(mentions.filter(({ typeId }) => isFor(each, typeId))),
    ),
  );
}

/** Matchers of the collection that was asked about last. */
export class StoredMatchers {
  readonly #connection: SqlConnection;
  #matchers: readonly StoredMatcher[] = [];

  constructor(connection: SqlConnection) {
    this.#connection = connection;
  }

  /** Proposals for the mentions of documents, as they are at one moment of the database. */
  link(request: LinkRequest): LinkAnswer {
    return this.#connection.snapshot(() => {
      if (!this.#load(request.collectionId)) return { kind: 'NOT_READY' };
      const documents = request.documents.map((each) => readDocument(this.#connection, each));
      const unknown = [...unknownForms(this.#matchers, documents)];
      const meanings = new Map([...request.meanings, ...this.#storedMeanings(unknown)]);
      const missing = unknown.filter((form) => !meanings.has(form));
      if (missing.length > 0) return { kind: 'MISSING', forms: missing };
      const linked = documents.map(({ id, revision, mentions }) => ({
        id,
        revision,
        links: linksOf(this.#matchers, mentions, meanings),
      }));
      return { kind: 'LINKED', documents: linked };
    });
  }

  /** Brings the matchers up to date. Returns false while a vocabulary is not ready. */
  #load(collectionId: number): boolean {
    const rows = this.#connection.all<VocabularyRow>('vocabulariesToLink', { collectionId });
    const loaded = rows.map(({ id, version, typeIds }) => {
      const known = this.#matchers.find((each) => each.id === id && each.version === version);
      const matcher = known?.matcher ?? loadMatcher(this.#connection, id);
      const types = typeIds === null ? null : new Set(JSON.parse(typeIds) as number[]);
      return matcher && { id, version, typeIds: types, matcher };
    });
    this.#matchers = loaded.filter((each) => each !== null);
    return this.#matchers.length === rows.length;
  }

  #storedMeanings(forms: readonly string[]): [string, Float32Array][] {
    type Row = { readonly text: string; readonly vector: Uint8Array };
    const rows = this.#connection.all<Row>('meaningsOfForms', { forms: JSON.stringify(forms) });
    return rows.map(({ text, vector }) => [text, fromBlob(vector)]);
  }
}
