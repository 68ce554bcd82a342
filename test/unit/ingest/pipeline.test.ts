import { describe, expect, it } from '@jest/globals';
import { batchClaims } from '../../../src/ingest/pipeline.ts';
import type { Claim } from '../../../src/store/jobs.ts';

const type = (id: number, version = 1) => ({
  id,
  version,
  collectionId: 1,
  name: `type ${id}`,
  description: '',
  examples: [],
  offset: 0,
  vector: null,
  createdAt: new Date(0),
  updatedAt: new Date(0),
});

function aClaim(documentId: number, change: Partial<Claim> = {}): Claim {
  return {
    kind: 'READ',
    from: 'TEXT',
    keepsLedger: true,
    documentId,
    collectionId: 1,
    text: 'x'.repeat(40),
    types: [type(1)],
    priority: 'bulk',
    attempt: 1,
    token: `token ${documentId}`,
    typesRevision: 1,
    ...change,
  };
}

const idsOf = (batches: readonly (readonly Claim[])[]): number[][] =>
  batches.map((batch) => batch.map(({ documentId }) => documentId));

describe('batchClaims', () => {
  it('puts documents together up to the length allowed, in order', () => {
    const batches = batchClaims(
      [1, 2, 3, 4, 5].map((id) => aClaim(id)),
      100,
    );

    expect(idsOf(batches)).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('gives a document that is longer than allowed a batch of its own', () => {
    const batches = batchClaims([aClaim(1), aClaim(2, { text: 'x'.repeat(500) }), aClaim(3)], 100);

    expect(idsOf(batches)).toEqual([[1], [2], [3]]);
  });

  it('keeps documents apart that are read for other types, versions or purposes', () => {
    const claims = [
      aClaim(1),
      aClaim(2, { types: [type(2)] }),
      aClaim(3, { types: [type(2, 2)] }),
      aClaim(4, { types: [type(2, 2)], kind: 'RESCORE' }),
    ];

    const batches = batchClaims(claims, 1_000);

    expect(idsOf(batches)).toEqual([[1], [2], [3], [4]]);
  });

  it('reads a document alone that has failed before', () => {
    const batches = batchClaims(
      [aClaim(1, { attempt: 2 }), aClaim(2, { attempt: 2 }), aClaim(3)],
      1_000,
    );

    expect(idsOf(batches)).toEqual([[1], [2], [3]]);
  });
});
