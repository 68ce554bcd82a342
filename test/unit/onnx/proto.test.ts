import { type ModelProto, parseModelProto, printModelProto } from '../../../src/onnx/proto.ts';

const model: ModelProto = {
  ir_version: 10,
  producer_name: 'spandex',
  opset_import: [
    { domain: '', version: 20 },
    { domain: 'com.microsoft', version: 1 },
  ],
  graph: {
    name: 'spandex',
    node: [
      {
        op_type: 'Softmax',
        domain: '',
        name: 'softmax',
        input: ['x'],
        output: ['y'],
        attribute: [
          { name: 'axis', type: 2, i: -1 },
          { name: 'alpha', type: 1, f: 0.5 },
          { name: 'reduction', type: 3, s: new TextEncoder().encode('add') },
          { name: 'perm', type: 7, ints: [0, -2, 2 ** 40] },
        ],
      },
    ],
    initializer: [{ name: 'w', dims: [2, 0], data_type: 1, raw_data: Uint8Array.of(1, 2, 255) }],
    input: [
      {
        name: 'x',
        type: {
          tensor_type: { elem_type: 1, shape: { dim: [{ dim_param: 'B' }, { dim_value: 8 }] } },
        },
      },
    ],
    output: [{ name: 'y', type: { tensor_type: { elem_type: 7, shape: { dim: [] } } } }],
  },
};

describe('parseModelProto', () => {
  it('gives back what printModelProto printed', () => {
    const bytes = printModelProto(model);

    const parsed = parseModelProto(bytes);

    expect(parsed).toMatchObject(model);
  });

  it('prints the same bytes again', () => {
    const bytes = printModelProto(model);

    const again = printModelProto(parseModelProto(bytes));

    expect(parseModelProto(again)).toEqual(parseModelProto(bytes));
  });

  it('refuses bytes that are no message', () => {
    const parse = () => parseModelProto(Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0x7f, 1));

    expect(parse).toThrow();
  });
});

describe('printModelProto', () => {
  it('writes the field numbers of the public schema', () => {
    const small = {
      ...model,
      opset_import: [],
      graph: { ...model.graph, node: [], initializer: [], input: [], output: [] },
    };

    const bytes = printModelProto(small);

    // ir_version = 1, producer_name = 2, graph = 7 with name = 2; wire types 0 and 2.
    expect([...bytes]).toEqual([
      0x08,
      10,
      0x12,
      7,
      ...Buffer.from('spandex'),
      0x3a,
      9,
      0x12,
      7,
      ...Buffer.from('spandex'),
    ]);
  });
});
