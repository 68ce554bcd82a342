import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readStopTerms, readTerms } from '../../../src/training/term-list.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function file(name: string, lines: readonly string[]): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, lines.join('\n'));
  return path;
}

async function all<T>(results: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const result of results) list.push(result);
  return list;
}

describe('readTerms', () => {
  it('reads a term, a tab and its type, and passes over further columns', async () => {
    const path = file('terms.tsv', [
      'aspirin\tChemical\tD001241',
      '',
      ' colon cancer \t Disease\r',
    ]);

    const values = await all(readTerms(path));

    expect(values).toEqual([
      { line: 1, value: { term: 'aspirin', type: 'Chemical' } },
      { line: 3, value: { term: 'colon cancer', type: 'Disease' } },
    ]);
  });

  it('reads JSON lines', async () => {
    const path = file('terms.jsonl', ['{"term":"aspirin","type":"Chemical","id":7}']);

    const values = await all(readTerms(path));

    expect(values).toEqual([{ line: 1, value: { term: 'aspirin', type: 'Chemical' } }]);
  });

  it.each([
    ['a line without a type', 'terms.tsv', 'aspirin'],
    ['a line without a term', 'terms.tsv', '\tChemical'],
    ['a term without a letter', 'terms.tsv', '5-\tChemical'],
    ['JSON without a term', 'terms.jsonl', '{"type":"Chemical"}'],
    ['JSON without a type', 'terms.jsonl', '{"term":"aspirin","type":" "}'],
    ['a term that is no text', 'terms.jsonl', '{"term":5,"type":"Chemical"}'],
    ['no JSON', 'terms.jsonl', 'aspirin\tChemical'],
  ])('refuses %s and reads on', async (_, name, line) => {
    const good = name.endsWith('.tsv') ? 'zinc\tChemical' : '{"term":"zinc","type":"Chemical"}';
    const path = file(name, [line, good]);

    const [bad, next] = await all(readTerms(path));

    expect(bad).toMatchObject({ line: 1, error: { code: 'FILE_INVALID', details: { line: 1 } } });
    expect(next).toMatchObject({ value: { term: 'zinc' } });
  });
});

describe('readStopTerms', () => {
  it('reads one term a line', async () => {
    const path = file('stop.txt', ['lead', 'cancer center\tnot a disease', '--']);

    const values = await all(readStopTerms(path));

    expect(values).toMatchObject([
      { value: 'lead' },
      { value: 'cancer center' },
      { error: { code: 'FILE_INVALID' } },
    ]);
  });
});
