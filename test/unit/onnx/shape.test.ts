import {
  broadcastAxes,
  broadcastShapes,
  positiveAxis,
  reduceShape,
  sameShape,
} from '../../../src/onnx/shape.ts';

describe('sameShape', () => {
  it('compares sizes, letters and rank', () => {
    const answers = [
      sameShape([2, 'L'], [2, 'L']),
      sameShape([2, 'L'], [2, 'B']),
      sameShape([2], [2, 1]),
      sameShape([], []),
    ];

    expect(answers).toEqual([true, false, false, true]);
  });
});

describe('broadcastShapes', () => {
  it('repeats sizes of 1 and missing leading axes', () => {
    const shapes = [
      broadcastShapes([2, 1], [3]),
      broadcastShapes([], ['B', 4]),
      broadcastShapes(['B', 1, 4], [1, 'L', 1]),
    ];

    expect(shapes).toEqual([
      [2, 3],
      ['B', 4],
      ['B', 'L', 4],
    ]);
  });

  it.each([
    { a: [2], b: [3] },
    { a: ['B'], b: ['L'] },
    { a: ['B'], b: [3] },
  ])('refuses $a with $b', ({ a, b }) => {
    const join = () => broadcastShapes(a, b);

    expect(join).toThrow(`Dimensions must be equal or 1, but got: ${a} and ${b}.`);
  });
});

describe('broadcastAxes', () => {
  it('names the axes that were repeated or added', () => {
    const axes = [
      broadcastAxes([3, 1], [2, 3, 4]),
      broadcastAxes([], [2, 'L']),
      broadcastAxes(['B', 1], ['B', 'L']),
      broadcastAxes([1, 2], [1, 2]),
    ];

    expect(axes).toEqual([[0, 2], [0, 1], [1], []]);
  });
});

describe('positiveAxis', () => {
  it('counts negative axes from the back', () => {
    const axes = [positiveAxis(-1, 3), positiveAxis(-3, 3), positiveAxis(1, 3)];

    expect(axes).toEqual([2, 0, 1]);
  });
});

describe('reduceShape', () => {
  it('removes axes or leaves them with size 1', () => {
    const shapes = [
      reduceShape(['B', 2, 3], [0, 2], false),
      reduceShape(['B', 2, 3], [0, 2], true),
    ];

    expect(shapes).toEqual([[2], [1, 2, 1]]);
  });
});
