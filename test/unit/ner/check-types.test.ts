import { checkTypes } from '../../../src/ner/check-types.ts';

describe('checkTypes', () => {
  it('accepts types that have a name or a description', () => {
    const types = [
      { name: 'Chemical', description: '' },
      { name: '', description: 'illnesses', offset: -0.5 },
    ];

    expect(() => checkTypes(types)).not.toThrow();
  });

  it.each([
    ['a type without words', [{ name: ' ', description: '\n' }], 'by a name or a description'],
    [
      'two types of one name',
      [
        { name: 'Gene', description: 'a' },
        { name: 'Gene', description: 'b' },
      ],
      'of different names, but got: "Gene"',
    ],
    [
      'more than 1,000 types',
      Array.from({ length: 1_001 }, (_, i) => ({ name: `${i}`, description: '' })),
      'at most 1000, but got: 1001',
    ],
    [
      'an offset that is no number',
      [{ name: 'Gene', description: '', offset: Number.NaN }],
      'of offsets from -10 to 100, but got: "NaN"',
    ],
    [
      'an offset under which almost everything is a mention',
      [{ name: 'Gene', description: '', offset: -10.5 }],
      'of offsets from -10 to 100, but got: "-10.5"',
    ],
  ])('refuses %s', (_, types, message) => {
    expect(() => checkTypes(types)).toThrow(
      expect.objectContaining({
        code: 'ARGUMENT_INVALID',
        message: expect.stringContaining(message),
      }),
    );
  });
});
