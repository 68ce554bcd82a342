import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Ingest } from '../../../src/ingest/ingest.ts';
import type { Extractor } from '../../../src/ner/extractor.ts';
import { openRemoteModel } from '../../../src/ner/remote-extractor.ts';
import { maxAttempts } from '../../../src/store/abandoned-claims.ts';
import { findDocuments } from '../../../src/store/documents.ts';
import { claimDocuments } from '../../../src/store/jobs.ts';
import { formsToEncode } from '../../../src/store/vectors.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { openDictionaryExtractor } from '../../support/dictionary-extractor.ts';
import { writeRandomBundle } from '../../support/ner/random-bundle.ts';
import {
  createType,
  openStore,
  putDrafts,
  type TestStore,
} from '../../support/store/open-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const logger = createLogger('silent');
let close: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const each of close) await each();
  close = [];
});

function openIngest(store: TestStore, extractor: Extractor): Ingest {
  const ingest = new Ingest({
    ...store,
    extractor,
    logger,
    maxTextChars: 1_000_000,
    batchChars: 20_000,
  });
  close.push(() => ingest.close());
  return ingest;
}

const idsOf = (results: readonly unknown[]): number[] =>
  results.map((result) => (result as { id: number }).id);

describe('the scheduling of documents', () => {
  it('reads what a killed worker had claimed when its lease has ended', async () => {
    const store = await openStore();
    const [id = 0] = await putDrafts(store, { text: 'aspirin' });
    const [claim] = await claimDocuments(store.database, { limit: 1, leaseMs: 700 });
    const ingest = openIngest(store, openDictionaryExtractor());
    await sleep(100);
    const before = (await findDocuments(store.database, [id])).get(id)?.state;

    await ingest.settled([id], 20_000);

    const document = (await findDocuments(store.database, [id])).get(id);
    expect({ claimed: claim?.documentId, before, after: document?.state }).toEqual({
      claimed: id,
      before: 'RUNNING',
      after: 'DONE',
    });
  });

  it('gives up a document whose workers are killed again and again', async () => {
    const store = await openStore();
    const [id = 0] = await putDrafts(store, { text: 'takes its reader down' });

    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      await claimDocuments(store.database, { limit: 1, leaseMs: 0 });
    }
    const left = await claimDocuments(store.database, { limit: 1, leaseMs: 0 });

    expect(left).toEqual([]);
    expect((await findDocuments(store.database, [id])).get(id)).toMatchObject({
      state: 'FAILED',
      attempts: maxAttempts,
      error: { code: 'INTERRUPTED' },
    });
  });

  it('reads what somebody waits for before a bulk load that came earlier', async () => {
    const store = await openStore();
    await createType(store, 'Chemical', 'aspirin');
    const order: string[] = [];
    const extractor = openDictionaryExtractor(async (texts, _types, { priority }) => {
      order.push(...texts.map((text) => `${priority} ${text}`));
      if (priority === 'bulk') await sleep(30);
    });
    const ingest = openIngest(store, extractor);
    const bulk = Array.from({ length: 60 }, (_, i) => ({ text: `${i} `.repeat(8_000) }));
    const loaded = idsOf(await ingest.accept(bulk, 'bulk'));

    const [urgent = 0] = idsOf(await ingest.accept([{ text: 'aspirin' }], 'interactive'));
    await ingest.settled([urgent], 10_000);
    const states = await findDocuments(store.database, [urgent, ...loaded]);

    const done = loaded.filter((id) => states.get(id)?.state === 'DONE');
    expect(states.get(urgent)?.state).toBe('DONE');
    expect(order).toContain('interactive aspirin');
    expect(done.length).toBeLessThan(loaded.length / 2);
  });

  it('stores a bulk load before it encodes what that names for the first time', async () => {
    const store = await openStore();
    const words = Array.from({ length: 20 }, (_, i) => `drug${String.fromCodePoint(97 + i)}`);
    await createType(store, 'Chemical', words.join(', '));
    const order: string[] = [];
    const model = openDictionaryExtractor(async (texts) => void order.push(...texts));
    const extractor: Extractor = {
      ...model,
      extract: (...asked) => model.extract(...asked),
      encodeMeanings: (forms) => {
        order.push(...forms.map((form) => `meaning of ${form}`));
        return model.encodeMeanings(forms);
      },
    };
    const ingest = openIngest(store, extractor);

    const ids = idsOf(
      await ingest.accept(
        words.map((text) => ({ text })),
        'bulk',
      ),
    );
    await ingest.settled(ids, 20_000);
    await ingest.encodeForms();

    const first = order.findIndex((entry) => entry.startsWith('meaning of'));
    const meanings = order.filter((entry) => entry.startsWith('meaning of'));
    expect(first).toBeGreaterThanOrEqual(8);
    expect(meanings.sort()).toEqual(words.map((word) => `meaning of ${word}`));
    expect(await formsToEncode(store.database, 100)).toEqual([]);
  });

  it('gives up a document that kills the model’s process, and no other', async () => {
    const store = await openStore();
    await createType(store, 'Chemical', 'aspirin');
    const model = await openRemoteModel(await writeRandomBundle(temporaryFolder()));
    close.push(() => model.close());
    let kills = 0;
    const extractor: Extractor = {
      model: model.model,
      head: model.head,
      extract: (texts, types, options) => {
        // Before it is asked: it would sometimes be quick enough to answer.
        if (texts.some((text) => text.includes('poison')) && model.pid !== undefined) {
          kills += 1;
          process.kill(model.pid, 'SIGKILL');
        }
        return model.extract(texts, types, options);
      },
      encodeTypes: (types) => model.encodeTypes(types),
      encodeMeanings: (forms) => model.encodeMeanings(forms),
      close: () => model.close(),
    };
    const ingest = openIngest(store, extractor);
    const drafts = Array.from({ length: 120 }, (_, i) => ({
      text: i === 30 ? 'poison' : `Number ${i} takes aspirin.`,
    }));

    const ids = idsOf(await ingest.accept(drafts, 'bulk'));
    await ingest.settled(ids, 60_000);

    const documents = await findDocuments(store.database, ids);
    const failed = ids.filter((id) => documents.get(id)?.state !== 'DONE');
    expect(kills).toBe(maxAttempts);
    expect(failed).toEqual([ids[30]]);
    expect(documents.get(ids[30] ?? 0)).toMatchObject({
      state: 'FAILED',
      attempts: maxAttempts,
      error: { code: 'CHILD_PROCESS_DOWN' },
    });
  }, 90_000);
});
