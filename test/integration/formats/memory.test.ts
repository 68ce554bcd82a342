import { describe, expect, it } from '@jest/globals';
import { readingCost } from '../../../bench/formats.ts';

/** Node, tsx and what is read of a file at once; a tenth of the file would show. */
const maxMegabytes = 400;

describe('formats', () => {
  it.each([
    ['jsonl', 200],
    ['pubmed-xml', 100],
    ['bioc-json', 100],
  ])(
    'read %s in memory that does not grow with the file',
    (format, megabytes) => {
      const { documents, errors, peakMegabytes } = readingCost(format, megabytes);

      expect({ errors, isWhole: documents > megabytes * 400 }).toEqual({
        errors: 0,
        isWhole: true,
      });
      expect(peakMegabytes).toBeLessThan(maxMegabytes);
    },
    300_000,
  );
});
