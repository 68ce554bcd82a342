import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeBundle } from '../../../src/ner/bundle.ts';
import type { Extractor } from '../../../src/ner/extractor.ts';
import { openModel } from '../../../src/ner/open-model.ts';
import {
  openRemoteModel,
  type RemoteExtractor,
  type RemoteModelOptions,
} from '../../../src/ner/remote-extractor.ts';
import {
  randomContents,
  temporaryFolder,
  tinyDescription,
  writeRandomBundle,
} from '../../support/ner/random-bundle.ts';

const { types } = tinyDescription;
const sentence = 'aspirin in the zinc oxide, 5-HT (αβ) headache. ';
const texts = [1, 20, 3, 9, 1, 14].map((count) => sentence.repeat(count).trim());

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let directory: string;
let local: Extractor;
let remote: RemoteExtractor | undefined;

beforeAll(async () => {
  folder = await temporaryFolder();
  directory = await writeRandomBundle(folder.path);
  local = await openModel(directory, { threads: 1 });
});

afterEach(async () => {
  await remote?.close();
  remote = undefined;
});

afterAll(async () => {
  await local.close();
  await folder.remove();
});

async function open(options: RemoteModelOptions = {}, from = directory): Promise<RemoteExtractor> {
  remote = await openRemoteModel(from, { threads: 1, ...options });
  return remote;
}

/** The error code of a promise that must fail. */
const codeOf = (failing: Promise<unknown>): Promise<unknown> =>
  failing.then(
    () => 'nothing failed',
    (error: { code?: unknown }) => error.code,
  );

/** Opens a model whose child has just been killed; `up` resolves when there is a new one. */
async function openAndKill(from = directory) {
  const events = new EventTarget();
  const down = once(events, 'down');
  const up = once(events, 'up');
  const model = await open(
    {
      firstRestartMs: 300,
      onDown: () => events.dispatchEvent(new Event('down')),
      onUp: () => events.dispatchEvent(new Event('up')),
    },
    from,
  );
  const { pid } = model;
  const running = codeOf(model.extract(texts, types));
  process.kill(pid!, 'SIGKILL');
  await down;
  return { model, pid, running, up };
}

describe('openRemoteModel', () => {
  it('answers what the model in process answers', async () => {
    const model = await open();
    const forms = ['aspirin', 'zinc oxide'];

    const extractions = await model.extract(texts, types, { priority: 'bulk' });

    expect(extractions.flatMap(({ mentions }) => mentions).length).toBeGreaterThan(0);
    expect(extractions).toEqual(await local.extract(texts, types));
    expect(model.model).toEqual(local.model);
    expect(await model.encodeTypes(types)).toEqual(await local.encodeTypes(types));
    expect(await model.encodeMeanings(forms)).toEqual(await local.encodeMeanings(forms));
  });

  it('refuses a bad bundle with its own error', async () => {
    expect(await codeOf(openRemoteModel(folder.path))).toBe('BUNDLE_INVALID');
  });

  it('refuses bad texts and types with their own errors', async () => {
    const model = await open({ maxChars: 100 });

    expect(await codeOf(model.extract(['a'.repeat(101)], types))).toBe('TEXT_TOO_LONG');
    expect(await codeOf(model.extract(['\ud800'], types))).toBe('TEXT_NOT_UNICODE');
    expect(await codeOf(model.encodeTypes([types[0]!, types[0]!]))).toBe('ARGUMENT_INVALID');
  });

  it('lets urgent work pass bulk work that is under way', async () => {
    const model = await open();
    const finished: string[] = [];
    const bulk = model
      .extract(Array(100).fill(texts[3]), types, { priority: 'bulk' })
      .then(() => finished.push('bulk'));
    await sleep(50);

    await model.extract(['aspirin'], types).then(() => finished.push('urgent'));
    await bulk;

    expect(finished).toEqual(['urgent', 'bulk']);
  });

  it('fails calls at once while its child is down, and works again after a restart', async () => {
    const { model, pid, running, up } = await openAndKill();

    expect(await running).toBe('CHILD_PROCESS_DOWN');
    expect(await codeOf(model.extract(texts, types))).toBe('CHILD_PROCESS_DOWN');
    expect(model.pid).toBeUndefined();

    await up;
    expect(model.pid).not.toBe(pid);
    expect(await model.extract(texts, types)).toEqual(await local.extract(texts, types));
  });

  it('ends a child that hangs, fails its calls, and works again', async () => {
    const events = new EventTarget();
    const up = once(events, 'up');
    const model = await open({
      maxSilenceMs: 2_000,
      onUp: () => events.dispatchEvent(new Event('up')),
    });
    process.kill(model.pid!, 'SIGSTOP');

    const hanging = model.extract(texts, types);

    await expect(hanging).rejects.toThrow('no sign of life for 2 s');
    await up;
    expect(await model.extract(texts, types)).toEqual(await local.extract(texts, types));
  });

  it('does not come back as another model', async () => {
    const replaced = join(folder.path, 'replaced');
    await cp(directory, replaced, { recursive: true });
    const { model, up } = await openAndKill(replaced);
    await writeBundle(
      replaced,
      randomContents({ description: { ...tinyDescription, name: 'other' } }),
    );
    const outcome = Promise.race([up.then(() => 'up'), sleep(3_000).then(() => 'down')]);

    expect(await outcome).toBe('down');
    await expect(model.extract(texts, types)).rejects.toThrow('still be the model');
  });

  it('can be closed while its child is down', async () => {
    const { model } = await openAndKill();

    await model.close();

    expect(await codeOf(model.extract(texts, types))).toBe('CHILD_PROCESS_DOWN');
    await sleep(500);
    expect(model.pid).toBeUndefined();
  });
});
