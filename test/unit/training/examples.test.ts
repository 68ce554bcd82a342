import type { GoldMention } from '../../../src/core/document.ts';
import { createExamples } from '../../../src/training/examples.ts';
import { openTinyTokenizer } from '../../support/text/tiny-tokenizer.ts';

const tokenizer = openTinyTokenizer();
const options = {
  tokenizer,
  types: ['Drug', 'Complaint'],
  windowTokens: 64,
  overlapTokens: 8,
  maxSpanTokens: null,
};

const at = (text: string, words: string, type = 'Drug'): GoldMention => {
  const start = text.indexOf(words);
  return { start, end: start + words.length, type };
};

const aDocument = (text: string, mentions: GoldMention[] = []) => ({ id: '1', text, mentions });

describe('createExamples', () => {
  it('gives tokens, word edges and mentions, counted from [CLS] at 0', async () => {
    const text = 'the aspirin in a cold';

    const [example] = await createExamples(
      [aDocument(text, [at(text, 'aspirin'), at(text, 'a cold', 'Complaint')])],
      options,
    );

    const { cls, sep } = tokenizer.special;
    expect(example!.tokens).toHaveLength(10);
    expect([example!.tokens[0], example!.tokens[9]]).toEqual([cls, sep]);
    expect([...example!.starts]).toEqual([1, 2, 3, 4, 5]);
    expect([...example!.ends]).toEqual([1, 2, 3, 4, 8]);
    expect(example!.gold).toEqual([
      { type: 0, first: 2, last: 2 },
      { type: 1, first: 4, last: 8 },
    ]);
  });

  it('keeps uncertain spans apart from mentions, in the windows they lie in', async () => {
    const text = 'the aspirin in a cold';
    const document = { ...aDocument(text, [at(text, 'aspirin')]), uncertain: [at(text, 'cold')] };

    const [example] = await createExamples([document], options);

    expect(example!.gold).toEqual([{ type: 0, first: 2, last: 2 }]);
    expect(example!.uncertain).toEqual([{ type: 0, first: 5, last: 8 }]);
  });

  it('keeps two mentions that share a start, and one span of two types', async () => {
    const text = 'aspirin in gout';

    const [example] = await createExamples(
      [aDocument(text, [at(text, 'aspirin'), at(text, text), at(text, text, 'Complaint')])],
      options,
    );

    expect(example!.gold).toEqual([
      { type: 0, first: 1, last: 1 },
      { type: 0, first: 1, last: 6 },
      { type: 1, first: 1, last: 6 },
    ]);
  });

  it('takes a mention that is annotated twice once', async () => {
    const text = 'aspirin';

    const [example] = await createExamples(
      [aDocument(text, [at(text, text), at(text, text)])],
      options,
    );

    expect(example!.gold).toEqual([{ type: 0, first: 1, last: 1 }]);
  });

  it('covers a mention that ends inside tokens and words by the tokens it touches', async () => {
    const text = 'the aspirin in';

    const [example] = await createExamples([aDocument(text, [at(text, 'spir')])], options);

    expect(example!.gold).toEqual([{ type: 0, first: 2, last: 2 }]);
  });

  it('leaves out mentions of other types and mentions of white space', async () => {
    const text = 'the  aspirin';

    const [example] = await createExamples(
      [aDocument(text, [at(text, 'aspirin', 'Town'), at(text, '  ')])],
      options,
    );

    expect(example!.gold).toEqual([]);
  });

  it('learns neither a mention that is longer than allowed nor its absence', async () => {
    const text = 'gout aspirin';

    const [example] = await createExamples(
      [aDocument(text, [at(text, 'gout'), at(text, 'aspirin')])],
      { ...options, maxSpanTokens: 3 },
    );

    expect(example!.gold).toEqual([{ type: 0, first: 5, last: 5 }]);
    expect(example!.uncertain).toEqual([{ type: 0, first: 1, last: 4 }]);
  });

  it('attaches a mention to each window that holds it whole, and to no other', async () => {
    const text = 'a b c d e f g h i j';

    const examples = await createExamples([aDocument(text, [at(text, 'e f')])], {
      ...options,
      windowTokens: 8,
      overlapTokens: 3,
    });

    const holders = examples.filter(({ gold }) => gold.length > 0);
    expect(examples.length).toBeGreaterThan(2);
    expect(holders.length).toBeGreaterThan(0);
    for (const { tokens, gold } of holders) {
      const { ids } = await tokenizer.encode('e f');
      const { first, last } = gold[0]!;
      expect([...tokens.subarray(first, last + 1)]).toEqual([...ids]);
    }
  });

  it('makes no example of a document without tokens', async () => {
    const examples = await createExamples([aDocument(' \n')], options);

    expect(examples).toEqual([]);
  });
});
