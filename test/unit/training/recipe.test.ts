import { readdirSync, readFileSync } from 'node:fs';
import { parseRecipe } from '../../../src/training/recipe.ts';

const whole = (min: number, max: number) => `a whole number from ${min} to ${max}`;
const number = (min: number, max: number) => `a number from ${min} to ${max}`;

describe('parseRecipe', () => {
  it('fills in defaults', () => {
    expect(parseRecipe({})).toMatchObject({
      learningRate: 1e-4,
      clipNorm: 1,
      temperature: 0.07,
      lossWeights: { start: 0.2, end: 0.2, span: 0.6, mention: 0.5, threshold: 0.5 },
      candidateTokens: null,
      maxSpanTokens: 30,
    });
  });

  it('has the fields and defaults that docs/recipes.md says', () => {
    const rows = readFileSync('docs/recipes.md', 'utf8').matchAll(
      /^\| `(\w+)` \|[^|]*\| `(.*?)` \|/gm,
    );

    const documented = Object.fromEntries(
      Array.from(rows, ([, field, value]) => [field, JSON.parse(value!) as unknown]),
    );

    expect(documented).toEqual(parseRecipe({}));
  });

  it('refuses what is outside the ranges that docs/recipes.md says', () => {
    const rows = Array.from(
      readFileSync('docs/recipes.md', 'utf8').matchAll(
        /^\| `(\w+)` \|[^|]*\| `(.*?)` \| ([\d.,e-]+) – ([\d.,e³¹ −]+?)( each)? \|/gm,
      ),
      ([, field, value, min, max, each]) => ({
        field: field!,
        value: JSON.parse(value!) as unknown,
        ends: [min!, max!].map((end) =>
          end === '2³¹ − 1' ? 2 ** 31 - 1 : Number(end.replaceAll(',', '')),
        ),
        each: each !== undefined,
      }),
    );
    const codeOf = (recipe: object): unknown => {
      try {
        parseRecipe(recipe);
        return null;
      } catch (error) {
        const { field, rule } = (error as { details: { field: string; rule: string } }).details;
        return `${field} ${rule}`;
      }
    };

    for (const { field, value, ends, each } of rows) {
      const rule = expect.stringMatching(
        new RegExp(`^${field}\\S* a (whole )?number from ${ends[0]} to ${ends[1]}$`),
      );
      const parts = each ? Object.keys(value as object) : [null];
      for (const part of parts)
        for (const outside of [ends[0]! - 1, ends[1]! + 1])
          expect(codeOf({ [field]: part === null ? outside : { [part]: outside } })).toEqual(rule);
    }
    expect(rows.length).toBeGreaterThan(25);
  });

  it.each(readdirSync('recipes'))('has a reason for every value of recipes/%s', (file) => {
    const recipe = JSON.parse(readFileSync(`recipes/${file}`, 'utf8')) as { why?: object };

    const facts = ['name', 'licence', 'credits', 'types', 'paraphrases', 'overlap', 'why'];
    const values = Object.keys(recipe).filter((field) => !facts.includes(field));
    expect(Object.keys(parseRecipe(recipe).why).toSorted()).toEqual(values.toSorted());
  });

  it.each(readdirSync('recipes'))('has a command that runs recipes/%s', (file) => {
    const pages = readdirSync('docs').filter((name) => name.endsWith('.md'));
    const docs = pages.map((name) => readFileSync(`docs/${name}`, 'utf8')).join('\n');

    const command =
      file === 'own-types.json'
        ? /^npx spandex train --from (?!.*--recipe)/m
        : new RegExp(`^npx spandex train .*--recipe (SPANDEX/)?recipes/${file} `, 'm');
    expect(docs).toMatch(command);
  });

  it('keeps what is given', () => {
    const recipe = parseRecipe({ epochs: 3, lossWeights: { span: 1 } });

    expect(recipe.epochs).toBe(3);
    expect(recipe.lossWeights).toMatchObject({ start: 0.2, span: 1 });
  });

  it.each([
    [{ epochs: 0 }, 'epochs', whole(1, 10_000), 0],
    [{ epochs: 1.5 }, 'epochs', whole(1, 10_000), 1.5],
    [{ learningRate: 'fast' }, 'learningRate', number(0, 1), 'fast'],
    [{ dropout: 1 }, 'dropout', number(0, 0.9), 1],
    [{ lossWeights: { span: -1 } }, 'lossWeights.span', number(0, 1), -1],
    [{ overlap: 'both' }, 'overlap', "'flat' or 'nested'", 'both'],
    [{ name: '' }, 'name', 'a text that is not empty', ''],
    [{ learningrate: 1 }, 'learningrate', 'a known field', 'learningrate'],
    [{ lossWeights: { middle: 1 } }, 'lossWeights.middle', 'a known field', 'middle'],
    [
      { windowTokens: 16, overlapTokens: 14, servingOverlapTokens: 10, maxSpanTokens: 10 },
      'overlapTokens',
      'so small that windows advance: less than windowTokens - 2',
      14,
    ],
    [
      { servingOverlapTokens: 29 },
      'servingOverlapTokens',
      'at least maxSpanTokens and less than servingWindowTokens - 2',
      29,
    ],
    [{ why: { epoch: 'x' } }, 'why', 'reasons for fields that a recipe has', { epoch: 'x' }],
    [{ batchTokens: 100, windowTokens: 128 }, 'batchTokens', 'null or at least windowTokens', 100],
    [
      { descriptions: { definition: 0 } },
      'descriptions',
      'shares of which at least one is above 0',
      { definition: 0, name: 0, nameAndDefinition: 0, paraphrase: 0, examples: 0 },
    ],
    [{ corpora: [{ name: 'a', weight: 0 }] }, 'corpora.0.weight', number(0.001, 100), 0],
    [
      { servingWindowTokens: 34 },
      'servingOverlapTokens',
      'at least maxSpanTokens and less than servingWindowTokens - 2',
      32,
    ],
    [{ candidateTokens: 10 }, 'candidateTokens', 'null or from maxSpanTokens to windowTokens', 10],
  ])('refuses %j by its field, its rule and its value', (value, field, rule, got) => {
    const parse = () => parseRecipe(value);

    expect(parse).toThrow(
      expect.objectContaining({ code: 'RECIPE_INVALID', details: { field, rule, value: got } }),
    );
  });

  it.each([
    ['two corpora of one name', [{ name: 'a' }, { name: 'a' }]],
    ['corpora of which none is evaluated', [{ name: 'a', evaluate: false }]],
  ])('refuses %s', (_, corpora) => {
    const parse = () => parseRecipe({ corpora });

    expect(parse).toThrow(
      expect.objectContaining({
        code: 'RECIPE_INVALID',
        details: expect.objectContaining({
          field: 'corpora',
          rule: 'corpora of different names, and at least one that is evaluated',
        }),
      }),
    );
  });

  it('refuses what is no object', () => {
    const parse = () => parseRecipe([1]);

    expect(parse).toThrow(
      expect.objectContaining({
        code: 'RECIPE_INVALID',
        details: expect.objectContaining({ field: 'content', value: [1] }),
      }),
    );
  });
});
