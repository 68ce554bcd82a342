import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { jest } from '@jest/globals';
import { readAnnotatedJsonl } from '../../../src/formats/annotated/annotated-jsonl.ts';
import { runCli } from '../../support/run-cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Each command is a process of its own, started through a compiler.
jest.setTimeout(120_000);

const folder = temporaryFolder();
const inFile = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const dictionary = inFile(
  'terms.tsv',
  'aspirin\tChemical\ncolon cancer\tDisease\nlead\tChemical\n',
);
const lines = [
  {
    id: 1,
    text: '😀 aspirin for colon cancers',
    entities: [{ start: 2, end: 9, type: 'Chemical' }],
  },
  { id: 'b', text: 'Lead them.', entities: [] },
];
const data = inFile('data.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'));

const label = (...args: readonly string[]) =>
  runCli(['label', '--dictionary', dictionary, ...args]);

describe('spandex label', () => {
  it('writes documents that train and evaluate read', async () => {
    const out = join(folder, 'labelled.jsonl');

    const { code, stdout, stderr } = await label('--data', data, '--out', out);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe('2 documents, labels: 2 "Chemical", 1 "Disease"\n');
    const { documents, errors } = await readAnnotatedJsonl(out);
    expect(errors).toEqual([]);
    expect(documents).toEqual([
      {
        id: '1',
        text: '😀 aspirin for colon cancers',
        mentions: [
          { start: 3, end: 10, type: 'Chemical' },
          { start: 15, end: 28, type: 'Disease' },
        ],
      },
      { id: 'b', text: 'Lead them.', mentions: [{ start: 0, end: 4, type: 'Chemical' }] },
    ]);
  });

  it('labels nothing of the stop list, and compares with what people annotated', async () => {
    const out = join(folder, 'compared.jsonl');
    const stop = inFile('stop.txt', 'lead\n');

    const { stdout } = await label(
      '--data',
      data,
      '--out',
      out,
      '--stop',
      stop,
      '--compare',
      '--json',
    );

    const { documents, labels, quality } = JSON.parse(stdout) as {
      documents: number;
      labels: object;
      quality: object;
    };
    expect({ documents, labels }).toEqual({ documents: 2, labels: { Chemical: 1, Disease: 1 } });
    expect(quality).toMatchObject({ truePositives: 1, falsePositives: 1, falseNegatives: 0 });
  });

  it('reads gzipped lines and text files, and names documents that have no id', async () => {
    const gzipped = inFile('more.jsonl.gz', gzipSync('{"text":"aspirin"}'));
    const text = inFile('note.txt', 'No aspirin.');
    const out = join(folder, 'all.jsonl');

    const { code } = await label('--data', gzipped, text, '--out', out);

    const { documents } = await readAnnotatedJsonl(out);
    expect(code).toBe(0);
    expect(documents.map(({ id }) => id)).toEqual([`${gzipped}:1`, 'note.txt']);
  });

  it('loses no text to another of the same title', async () => {
    const news = '{"title":"News","text":"aspirin"}\n{"title":"News","text":"lead"}\n';
    const titled = inFile('news.jsonl', news);
    const out = join(folder, 'news-labelled.jsonl');

    const { code } = await label('--data', titled, '--out', out);

    const { documents } = await readAnnotatedJsonl(out);
    expect(code).toBe(0);
    expect(documents.map(({ id }) => id)).toEqual(['News', `${titled}:2`]);
  });

  it('tells bad lines and repeated ids, and labels the others', async () => {
    const terms = inFile('bad.tsv', 'no type\naspirin\tChemical\n');
    const bad = inFile('bad.jsonl', '{"id":1,"text":"aspirin"}\n{"id":1,"text":"x"}\n{"text":7}\n');
    const out = join(folder, 'good.jsonl');

    const { code, stderr } = await runCli([
      'label',
      '--dictionary',
      terms,
      '--data',
      bad,
      '--out',
      out,
    ]);

    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(
        /^FILE_INVALID: Line 1 of .*bad\.tsv.* must be a term, a tab and its type/,
      ),
      expect.stringMatching(
        /^FILE_INVALID: Line 2 of .*bad\.jsonl.* must be a document whose id is new/,
      ),
      expect.stringMatching(
        /^FILE_INVALID: Line 3 of .*bad\.jsonl.* must be an object whose text is/,
      ),
    ]);
    expect(readFileSync(out, 'utf8').split('\n')).toHaveLength(2);
  });

  it.each([
    [
      'a dictionary that is not there',
      { '--dictionary': join(folder, 'none.tsv') },
      /^FILE_UNREADABLE: /,
    ],
    [
      'an empty dictionary',
      { '--dictionary': inFile('empty.tsv', '\n') },
      /^ARGUMENT_INVALID: --dictionary must be a list with at least one term/,
    ],
    [
      'a place that cannot be written',
      { '--out': join(folder, 'no', 'such', 'x.jsonl') },
      /^FILE_UNREADABLE: .*it cannot be written: its folder does not exist/,
    ],
  ])('refuses %s and writes nothing', async (_, change, message) => {
    const out = join(folder, 'refused.jsonl');
    const options = { '--dictionary': dictionary, '--data': data, '--out': out, ...change };

    const { code, stderr } = await runCli(['label', ...Object.entries(options).flat()]);

    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(options['--out'])).toBe(false);
    expect(existsSync(`${options['--out']}.new`)).toBe(false);
  });
});
