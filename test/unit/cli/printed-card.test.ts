import { describe, expect, it } from '@jest/globals';
import { printedCard } from '../../../src/cli/printed-card.ts';
import type { Manifest } from '../../../src/ner/manifest.ts';
import { tinyDescription } from '../../support/ner/random-bundle.ts';

const quality = (f1: number) => ({ precision: 0.75, recall: 0.5, f1 });

const aManifest = (change: Partial<Manifest> = {}): Manifest => ({
  formatVersion: 2,
  checksum: '',
  files: [
    { path: 'weights.safetensors', bytes: 1_200_000, sha256: '' },
    { path: 'tokenizer.json', bytes: 34_000, sha256: '' },
  ],
  ...tinyDescription,
  ...change,
});

const card = (change: Partial<Manifest> = {}): string =>
  printedCard({ id: 'abc', manifest: aManifest(change) }).join('\n');

describe('printedCard', () => {
  it('names the model, its id, its licence, its size and its types', () => {
    const text = card();

    expect(text).toMatch(/^# random\n/);
    for (const row of ['| id | `abc` |', '| licence | Apache-2.0 |', '| size on disk | 1.2 MB |'])
      expect(text).toContain(row);
    expect(text).toContain('| Disease | headache, tremor |');
    expect(text).toContain('- A mention longer than 30 tokens is not found');
  });

  it('has a row for each corpus and type that was measured', () => {
    const dev = {
      bc5cdr: { ...quality(0.6), perType: { Chemical: quality(0.7) } },
      wnut17: quality(0.4),
    };

    const text = card({ metrics: { dev, epoch: 12 } });

    expect(text).toContain('| dev, bc5cdr | all | 75.00 | 50.00 | 60.00 |');
    expect(text).toContain('| dev, bc5cdr | Chemical | 75.00 | 50.00 | 70.00 |');
    expect(text).toContain('| dev, wnut17 | all | 75.00 | 50.00 | 40.00 |');
    expect(text).toContain('\nepoch: 12\n');
  });

  it('says how the model was made', () => {
    const training = {
      ...tinyDescription.training,
      data: [{ name: 'BC5CDR', licence: 'public domain' }],
      recipe: { epochs: 12, credits: { data: [] } },
      commit: 'f00d',
      hardware: '2 x CPU',
      seconds: 5_430,
      tokensPerSecond: 1_750.4,
      peakMemoryBytes: 1.544e9,
    };

    const text = card({ training });

    for (const row of ['| BC5CDR | public domain |', '| commit | f00d |', '| hardware | 2 x CPU |'])
      expect(text).toContain(row);
    for (const row of [
      '| time | 1 h 31 min |',
      '| speed | 1750 tokens/s |',
      '| peak memory | 1.54 GB |',
    ])
      expect(text).toContain(row);
    expect(text).toContain('```json\n{\n  "epochs": 12\n}\n```');
  });

  it('says what taught the meaning vectors', () => {
    const data = [{ name: 'Names', licence: 'public domain' }];
    const head = { kind: 'LINEAR', data, forms: 9, pairs: 4 } as const;

    const text = card({ meaning: { size: 16, pooling: 'mean', head } });

    expect(card()).toContain('| meaning vectors | 32 numbers, of the pretrained encoder |');
    expect(text).toContain(
      '| meaning vectors | 16 numbers, taught by 4 pairs of names: Names (public domain) |',
    );
  });

  it('says what was not recorded', () => {
    const text = card({ licence: 'unknown' });

    for (const line of [
      '| licence | not recorded |',
      '| time | not recorded |',
      '| speed | not recorded |',
      '| peak memory | not recorded |',
      '| commit | not recorded |',
      'The corpora were not recorded.',
      'Quality was not recorded.',
      'Not calibrated: ',
    ])
      expect(text).toContain(line);
  });

  it('says what is added to thresholds and what that did', () => {
    const shift = { name: 'bc5cdr/dev.jsonl', documents: 9, f1Before: 0.5, f1After: 0.625 };

    const text = card({ thresholdShift: 1.5, metrics: { thresholdShift: [shift] } });

    expect(card()).toContain('As they were learnt.');
    expect(text).toContain('1.5 is added to every threshold;');
    expect(text).toContain('| bc5cdr/dev.jsonl | 50.00 | 62.50 |');
    expect(text).not.toContain('[object Object]');
  });

  it('says how sure confidences are', () => {
    const corpora = [
      { name: 'bc5cdr', documents: 500, mentions: 9000, errorBefore: null, errorAfter: 0.0123 },
    ];
    const curve = { method: 'PLATT', slope: 1, intercept: 0 } as const;

    const text = card({ calibration: { curve, overlap: 'FLAT', corpora } });

    expect(text).toContain("by Platt's method, cross-validated");
    expect(text).toContain('| bc5cdr | 500 | 9000 | – | 1.23 |');
  });

  it('keeps text of users from becoming Markdown', () => {
    const types = [{ name: 'a|b\n# c', description: '<img src=x> `code` [x](y)' }];

    const text = card({ types });

    expect(text).toContain('| a\\|b \\# c | \\<img src=x\\> \\`code\\` \\[x\\](y) |');
  });
});
