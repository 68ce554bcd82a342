import { conceptForms } from '../../../src/training/concept-forms.ts';

const mention = (start: number, end: number, concept?: string) => ({
  start,
  end,
  type: 'Chemical',
  ...(concept !== undefined && { concept }),
});

describe('conceptForms', () => {
  it('groups the forms of a concept across documents, in lower case and once each', () => {
    const { forms, groups } = conceptForms([
      { text: 'Aspirin or ASA', mentions: [mention(0, 7, 'D1'), mention(11, 14, 'D1')] },
      { text: 'aspirin, gout', mentions: [mention(0, 7, 'D1'), mention(9, 13, 'D2')] },
    ]);

    expect(forms).toEqual(['aspirin', 'asa', 'gout']);
    expect(groups).toEqual([[0, 1]]);
  });

  it('leaves out mentions that nobody linked', () => {
    const { forms } = conceptForms([{ text: 'gout', mentions: [mention(0, 4)] }]);

    expect(forms).toEqual([]);
  });

  it('puts a form of two concepts into both of their groups', () => {
    const { groups } = conceptForms([
      { text: 'cold', mentions: [mention(0, 4, 'D1'), mention(0, 4, 'D2')] },
      { text: 'coryza chill', mentions: [mention(0, 6, 'D1'), mention(7, 12, 'D2')] },
    ]);

    expect(groups).toEqual([
      [0, 1],
      [0, 2],
    ]);
  });
});
