import { utf16Offsets } from '../../../../src/formats/annotated/stated-mention.ts';

describe('utf16Offsets', () => {
  it('gives nothing for a UTF-16 offset inside a surrogate pair', () => {
    const offset = utf16Offsets('a😀b', 'UTF-16');

    expect([0, 1, 2, 3, 4, 5].map(offset)).toEqual([0, 1, undefined, 3, 4, undefined]);
  });

  it('gives nothing for a byte inside a character', () => {
    const offset = utf16Offsets('a😀b', 'UTF-8');

    expect([0, 1, 2, 4, 5, 6, 7].map(offset)).toEqual([
      0,
      1,
      undefined,
      undefined,
      3,
      4,
      undefined,
    ]);
  });

  it('reads code points as they are, and none behind the text', () => {
    const offset = utf16Offsets('a😀b', 'code points');

    expect([0, 1, 2, 3, 4].map(offset)).toEqual([0, 1, 3, 4, undefined]);
  });
});
