/**
 * The model whose vectors are stored. Vectors of two models cannot be compared, so opening a folder
 * with another model removes the old vectors and queues every document; its mentions stay to be seen
 * until the document has been read again.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SqlConnection } from './connection.ts';

interface ModelRow {
  readonly bundleId: string;
  readonly state: 'CLEARING' | 'READY';
}

interface HighestIds {
  readonly spans: number;
  readonly forms: number;
  readonly documents: number;
}

/** Rows cleared in one transaction: keeps the write-ahead log small. */
const rowsAtOnce = 10_000;

function begin(writer: SqlConnection, bundleId: string): void {
  const now = Date.now();
  writer.transaction(() => {
    writer.run('setModel', { bundleId, state: 'CLEARING', now });
    writer.run('queueEverything', { now });
    writer.run('forgetDocumentTypes');
    writer.run('forgetTypeVectors');
    writer.run('unlinkEverything');
    writer.run('pruneAll');
    writer.run('clearLog');
  });
}

async function clearThrough(
  writer: SqlConnection,
  statement: 'clearSpans' | 'clearForms' | 'clearWindows' | 'clearLedgers' | 'clearNames',
  highest: number,
): Promise<void> {
  for (let after = 0; after < highest; after += rowsAtOnce) {
    writer.run(statement, { after, through: after + rowsAtOnce });
    await nextTurn();
  }
}

/**
 * Makes `bundleId` the model of this database. A crash half-way is taken up again at the next start,
 * because the row says CLEARING until nothing of the old model is left.
 */
export async function useModel(writer: SqlConnection, bundleId: string): Promise<void> {
  const current = writer.get<ModelRow>('readModel');
  if (current?.bundleId === bundleId && current.state === 'READY') return;
  if (current?.bundleId !== bundleId) begin(writer, bundleId);
  const { spans, forms, documents } = writer.get<HighestIds>('highestIds') as HighestIds;
  await clearThrough(writer, 'clearSpans', spans);
  await clearThrough(writer, 'clearForms', forms);
  await clearThrough(writer, 'clearWindows', documents);
  await clearThrough(writer, 'clearLedgers', documents);
  const { id: names } = writer.get<{ id: number }>('highestName') as { id: number };
  await clearThrough(writer, 'clearNames', names);
  writer.run('setModel', { bundleId, state: 'READY', now: Date.now() });
}
