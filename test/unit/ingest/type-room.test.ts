import { TypeRoom } from '../../../src/ingest/type-room.ts';

/** A draft with a mention of each of so many types. */
const draftOf = (from: number, to: number) => ({
  text: 'x',
  mentions: Array.from({ length: to - from }, (_, i) => ({
    start: 0,
    end: 1,
    type: `T${from + i}`,
  })),
});

describe('TypeRoom', () => {
  it('lets in what fits, counting each type once, and goes on after one that does not', () => {
    const room = new TypeRoom([{ name: 'T0' }, { name: 'other' }]);

    expect(() => room.take(draftOf(0, 900))).not.toThrow();
    expect(() => room.take(draftOf(800, 1_000))).toThrow(
      expect.objectContaining({
        code: 'ARGUMENT_INVALID',
        details: expect.objectContaining({ argument: 'mentions', value: 1_001 }),
      }),
    );
    expect(() => room.take(draftOf(800, 999))).not.toThrow();
    expect(() => room.take({ text: 'no mentions' })).not.toThrow();
  });
});
