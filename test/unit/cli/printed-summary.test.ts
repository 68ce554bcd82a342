import { describe, expect, it } from '@jest/globals';
import type { IngestSummary } from '../../../src/app/ingest-files.ts';
import { summaryLines } from '../../../src/cli/printed-summary.ts';

const nothing: IngestSummary = {
  created: 0,
  replaced: 0,
  unchanged: 0,
  refused: 0,
  read: 0,
  failed: 0,
  characters: 0,
  charactersDropped: 0,
  droppedByReason: [],
};

describe('summaryLines', () => {
  it('say what became of documents, what was read of them, and what was dropped and why', () => {
    const lines = summaryLines({
      ...nothing,
      created: 2,
      read: 2,
      characters: 100,
      charactersDropped: 3,
      droppedByReason: [
        { reason: 'RUNNING_HEAD', parts: 3, characters: 57, bytes: 0 },
        { reason: 'ATTACHMENT', parts: 1, characters: 0, bytes: 2048 },
      ],
    });

    expect(lines).toEqual([
      '2 created, 2 read',
      '97 characters read, 3 not read',
      'dropped: 3 RUNNING_HEAD (57 characters), 1 ATTACHMENT (2048 bytes)',
    ]);
  });

  it('leave out what there is none of', () => {
    expect(summaryLines(nothing)).toEqual(['no documents']);
  });
});
