import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvRow } from '../../../src/cli/csv-row.ts';

describe('csvRow', () => {
  it('quotes what would be read as something else', () => {
    expect(csvRow(['a,b', 'say "x"', 'two\nlines', ' blank', 1.5])).toBe(
      '"a,b","say ""x""","two\nlines"," blank",1.5\r\n',
    );
  });

  it('is read back as it was by a parser of CSV', () => {
    const anyRow = fc.array(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(anyRow, anyRow, (first, second) => {
        const rows = parse(`${csvRow(first)}${csvRow(second)}`, {
          relax_column_count: true,
          record_delimiter: '\r\n',
        });

        expect(rows).toEqual([first, second]);
      }),
    );
  });
});
