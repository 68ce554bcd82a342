import type { EntityType } from '../../../src/core/document.ts';
import { dot } from '../../../src/core/vector.ts';
import type { Extraction, Extractor } from '../../../src/ner/extractor.ts';
import { openModel } from '../../../src/ner/open-model.ts';
import {
  randomNumbers,
  temporaryFolder,
  tinyDescription,
  writeRandomBundle,
} from '../../support/ner/random-bundle.ts';

const { types } = tinyDescription;
const words = [
  'aspirin',
  'in',
  'the',
  'zinc oxide',
  '5-HT',
  'x1b2',
  '(αβ)',
  '한',
  'headache,',
  '.',
];

/** Texts of 1 to 120 words: none, one or several windows, of many lengths. */
const texts = [1, 120, 7, 40, 2, 60, 25, 12].map((count, seed) => {
  const random = randomNumbers(seed);
  const pick = () => words[Math.floor((random() + 1) * 0.5 * words.length)]!;
  return Array.from({ length: count }, pick).join(' ');
});

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let directory: string;
let model: Extractor;

beforeAll(async () => {
  folder = await temporaryFolder();
  directory = await writeRandomBundle(folder.path);
  model = await openModel(directory, { threads: 2 });
});

afterAll(async () => {
  await model.close();
  await folder.remove();
});

const only = async (text: string, asked: readonly EntityType[] = types): Promise<Extraction> =>
  (await model.extract([text], asked))[0]!;

describe('openModel', () => {
  it('says what the bundle says', () => {
    expect(model.model).toMatchObject({
      name: 'random',
      types,
      embeddingSize: 16,
      meaningSize: 32,
      windowTokens: 128,
      overlapTokens: 32,
      maxSpanTokens: 30,
    });
    expect(model.model.id).toMatch(/^[0-9a-f]{64}$/);
    expect(model.model.logitScale).toBeCloseTo(1 / 0.07, 5);
  });

  it('refuses a folder without a bundle', async () => {
    await expect(openModel(folder.path)).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
  });

  it('fails when it is used after it was closed', async () => {
    const other = await openModel(directory);
    await other.close();
    await other.close();

    await expect(other.extract(['aspirin'], types)).rejects.toThrow('closed');
    await expect(other.encodeMeanings(['aspirin'])).rejects.toThrow('closed');
  });
});

describe('extract', () => {
  it.each([1, 3, 8, 16])(
    'finds the same, bit for bit, in batches of %i windows and in another order',
    async (batchWindows) => {
      const expected = await model.extract(texts, types);
      const other = await openModel(directory, { batchWindows, threads: 1 });

      const found = await other.extract([...texts].reverse(), types);

      await other.close();
      expect(expected.flatMap(({ mentions }) => mentions).length).toBeGreaterThan(50);
      expect(found.reverse()).toEqual(expected);
    },
  );

  it('finds the same in a text alone as among others', async () => {
    const together = await model.extract(texts, types);

    const alone: Extraction[] = [];
    for (const text of texts) alone.push(await only(text));

    expect(alone).toEqual(together);
  });

  it('finds the same of a type alone as among others', async () => {
    const together = await only(texts[1]!);

    const alone = await only(texts[1]!, [types[1]!]);

    expect(alone.mentions).toEqual(together.mentions.filter(({ type }) => type === 'Disease'));
  });

  it('gives scores and thresholds that follow from the vectors it returns', async () => {
    const { mentions, windows } = await only(texts[5]!);
    const vectors = await model.encodeTypes(types);

    expect(mentions.length).toBeGreaterThan(0);
    const scale = model.model.logitScale;
    const expected = mentions.map((mention) => {
      const z = vectors[types.findIndex(({ name }) => name === mention.type)]!;
      const score = scale * dot(mention.vector, z);
      const threshold = scale * dot(windows[mention.window]!.thresholdVector, z);
      return { ...mention, score, threshold, margin: score - threshold };
    });
    expect(mentions).toEqual(expected);
    expect(Math.min(...mentions.map(({ margin }) => margin))).toBeGreaterThan(0);
    expect(dot(mentions[0]!.vector, mentions[0]!.vector)).toBeCloseTo(1, 5);
  });

  it('covers a long text by windows that overlap', async () => {
    const { windows, coverage } = await only(texts[1]!);

    expect(windows.length).toBe(coverage.windows);
    expect(windows.length).toBeGreaterThan(2);
    expect(windows[0]!.start).toBe(0);
    expect(windows.at(-1)!.end).toBe(texts[1]!.length);
    for (const [i, window] of windows.slice(1).entries())
      expect(window.start).toBeLessThan(windows[i]!.end);
  });

  it('reads texts that no token is made of', async () => {
    const { mentions, windows, coverage } = await only('\0\u200b');

    expect({ mentions, windows }).toEqual({ mentions: [], windows: [] });
    expect(coverage).toMatchObject({ characters: 2, charactersRead: 0, tokens: 0 });
  });

  it('gives windows and coverage when no type is asked for', async () => {
    const { mentions, windows } = await only('aspirin', []);

    expect(mentions).toEqual([]);
    expect(windows[0]!.thresholdVector).toHaveLength(16);
  });

  it.each([
    ['an empty text', ' \n', 'TEXT_EMPTY'],
    ['a text longer than the limit', 'a'.repeat(2_001), 'TEXT_TOO_LONG'],
    ['a lone surrogate', 'a\ud800b', 'TEXT_NOT_UNICODE'],
  ])('refuses %s', async (_, text, code) => {
    const limited = await openModel(directory, { maxChars: 2_000 });

    const extracted = limited.extract(['aspirin', text], types);

    await expect(extracted).rejects.toMatchObject({ code });
    await limited.close();
  });

  it('refuses types that cannot be told apart', async () => {
    await expect(model.extract(['aspirin'], [types[0]!, types[0]!])).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
    });
  });

  it('lets urgent work pass bulk work', async () => {
    const finished: string[] = [];
    const bulk = model
      .extract(Array(24).fill(texts[3]), types, { priority: 'bulk' })
      .then(() => finished.push('bulk'));

    const urgent = model.extract(['aspirin'], types).then(() => finished.push('urgent'));
    await Promise.all([bulk, urgent]);

    expect(finished).toEqual(['urgent', 'bulk']);
  });
});

describe('encodeTypes', () => {
  it('gives unit vectors that depend on the description alone', async () => {
    const described = { name: 'Drug', description: 'aspirin' };

    const [first, second, third] = await model.encodeTypes([
      described,
      { ...described, name: 'Chemical' },
      { name: 'aspirin', description: ' ' },
    ]);

    expect(dot(first!, first!)).toBeCloseTo(1, 5);
    expect(second).toEqual(first);
    expect(third).toEqual(first);
  });

  it('reads the first 128 tokens of a description', async () => {
    const long = Array(126).fill('aspirin').join(' ');

    const [cut, whole, shorter] = await model.encodeTypes([
      { name: 'a', description: `${long} the end` },
      { name: 'b', description: long },
      { name: 'c', description: long.slice(8) },
    ]);

    expect(cut).toEqual(whole);
    expect(shorter).not.toEqual(whole);
  });

  it('hands out copies of what it remembers', async () => {
    const [first] = await model.encodeTypes(types);
    const before = [...first!];
    first!.fill(0);

    const [again] = await model.encodeTypes(types);

    expect([...again!]).toEqual(before);
  });
});

describe('encodeMeanings', () => {
  it('gives the same, bit for bit, alone and among others', async () => {
    const forms = ['aspirin', 'zinc oxide', 'x'.repeat(200), '5-HT', '\u200b', 'in the oxide'];

    const together = await model.encodeMeanings(forms);

    for (const [i, form] of forms.entries()) {
      expect(await model.encodeMeanings([form])).toEqual([together[i]]);
      expect(together[i]).toHaveLength(32);
      expect(dot(together[i]!, together[i]!)).toBeCloseTo(1, 5);
    }
  });
});
