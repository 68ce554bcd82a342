/**
 * A thread that scores documents from their ledgers, read with a connection of its own: neither the
 * database nor the sums hold the event loop of the process that answers requests, and no row is copied
 * between threads. Started by `ledgers.ts`.
 */
import { hostThread, Transferred } from '../ipc/thread-host.ts';
import { scoreLedger } from '../ner/score-ledger.ts';
import { askTypes, type SpanHead } from '../ner/scorer.ts';
import {
  addPreviews,
  emptyPreview,
  lowestOffset,
  type PreviewQuestion,
  previewOf,
  type TypePreview,
} from '../ner/type-preview.ts';
import { SqlConnection } from '../store/connection.ts';
import { readLedger } from '../store/ledgers.ts';
import { buffersOfMentions, type PackedMentions, packMentions } from '../store/packed-reading.ts';

/** What a thread opens. */
export interface LedgerThreadOptions {
  readonly folder: string;
  readonly path: string;
  readonly head: SpanHead;
}

/** A type with its vector. */
export interface AskedType {
  readonly name: string;
  readonly offset: number;
  readonly vector: Float32Array;
}

/** Documents, and what they are scored for. */
export interface ScoreRequest {
  readonly documentIds: readonly number[];
  readonly types: readonly AskedType[];
}

/** Mentions by document, in the order asked; null where there is no ledger that can be read. */
export type ScoreAnswer = readonly (PackedMentions | null)[];

/** Documents, and the type that is previewed on them. */
export interface PreviewRequest {
  readonly documentIds: readonly number[];
  readonly vector: Float32Array;
  readonly question: PreviewQuestion;
}

function score(
  connection: SqlConnection,
  head: SpanHead,
  { documentIds, types }: ScoreRequest,
): Transferred {
  const vectors = types.map(({ vector }) => vector);
  const offsets = types.map(({ offset }) => offset);
  const asked = { ...askTypes(head, vectors, offsets), names: types.map(({ name }) => name) };
  const answer = documentIds.map((id) => {
    const ledger = readLedger(connection, id);
    const mentions = ledger && scoreLedger(head, ledger, asked);
    return mentions && packMentions(mentions);
  });
  const buffers = answer.flatMap((found) => (found ? buffersOfMentions(found) : []));
  return new Transferred(answer satisfies ScoreAnswer, buffers);
}

function preview(
  connection: SqlConnection,
  head: SpanHead,
  { documentIds, vector, question }: PreviewRequest,
): TypePreview {
  const asked = { ...askTypes(head, [vector], [lowestOffset(question)]), names: [''] };
  return documentIds.reduce((sum, id) => {
    const ledger = readLedger(connection, id);
    const mentions = ledger && scoreLedger(head, ledger, asked);
    return mentions ? addPreviews(question, sum, previewOf(question, id, mentions)) : sum;
  }, emptyPreview(question));
}

hostThread<LedgerThreadOptions>(({ folder, path, head }) => {
  const connection = new SqlConnection({ folder, path, readonly: true });
  return {
    methods: {
      score: (request: ScoreRequest) => score(connection, head, request),
      preview: (request: PreviewRequest) => preview(connection, head, request),
    },
    close: () => connection.close(),
  };
});
