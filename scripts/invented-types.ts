/**
 * How well a model reads descriptions that no corpus has: fourteen types that are invented on the spot,
 * asked of the sample documents, against words that stand for them. Nobody annotated these types, so the
 * figures are rough: precision is the share of mentions with such a word in them, recall the share of
 * such words that a mention covers in part. They compare models and not types.
 *
 * Prints precision / recall / F1 by offset, and the means; docs/models.md has those of several models.
 *
 * npx tsx scripts/invented-types.ts --model DIR [--documents 150] [--threads 2]
 */
import { parseArgs } from 'node:util';
import { overlaps, type Span } from '../src/core/span.ts';
import { spread } from '../src/core/spread.ts';
import { readDocumentFiles } from '../src/formats/document-files.ts';
import { openModel } from '../src/ner/open-model.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    documents: { type: 'string', default: '150' },
    threads: { type: 'string', default: '2' },
  },
});
if (!values.model)
  throw new Error('Usage: invented-types.ts --model DIR [--documents N] [--threads N]');

/** Descriptions, and words that stand for what they describe. */
const invented: readonly (readonly [string, RegExp])[] = [
  [
    'An animal used in an experiment.',
    /\b(rats?|mice|mouse|rabbits?|dogs?|monkeys?|(guinea )?pigs?|cats?|hamsters?|gerbils?|animals?)\b/gi,
  ],
  [
    'A virus.',
    /\b(virus(es)?|HIV(-1)?|HCV|HBV|CMV|cytomegalovirus|adenovirus|herpes\w*|influenza)\b/gi,
  ],
  [
    'A heart disease.',
    /\b(myocardi\w+ (infarction|ischa?emia)|heart (failure|disease|attack|block)|cardiomyopath\w+|arrhythmia\w*|(tachy|brady)cardia\w*|angina|fibrillation|cardiac (arrest|failure|disease)|torsade\w*|atrial flutter|cardiotoxicity)\b/gi,
  ],
  [
    'A kidney disease.',
    /\b(nephro(pathy|toxicity|sis)|renal (failure|insufficiency|disease|injury|dysfunction|toxicity)|kidney (disease|injury|failure)|(glomerulo)?nephritis|nephrotic syndrome|proteinuria|papillary necrosis)\b/gi,
  ],
  [
    'A mental illness.',
    /\b(depress(ion|ive)\w*|schizophreni\w+|psychos[ie]s|psychotic|bipolar|mania|manic|anxiety|dementia|delirium|obsessive\W\w+)\b/gi,
  ],
  [
    'A part of the body.',
    /\b(heart|liver|kidneys?|brain|lungs?|spinal cord|hippocampus|eyes?|stomach|bladder|muscles?|skin|breast|spleen|colon|striatum|cortex)\b/gi,
  ],
  [
    'A blood vessel.',
    /\b((coronary|carotid|femoral|pulmonary|cerebral|mesenteric) (arter|vein)\w*|aorta|arter(y|ies)|veins?|blood vessels?)\b/gi,
  ],
  [
    'An antibiotic.',
    /\b(\w+cillins?|\w+mycins?|\w+floxacin|cef\w+|\w*cycline|gentamicin|rifampi\w+|isoniazid|antibiotics?|chloramphenicol|amikacin)\b/gi,
  ],
  [
    'A hormone.',
    /\b(estrogens?|o?estradiol|progesterone|testosterone|insulin|cortisol|prolactin|thyrox\w+|corticosteroids?|vasopressin|oxytocin|growth hormone|ACTH|LHRH|dexamethasone|prednis\w+)\b/gi,
  ],
  [
    'A length of time.',
    /\b(\d+|one|two|three|four|five|six|several|a few)[ -](days?|weeks?|months?|years?|hours?|h|min|minutes?)\b/gi,
  ],
  [
    'A medical procedure or operation.',
    /\b(surgery|transplant\w*|an(a?)esthesia|bypass|angioplasty|biops(y|ies)|catheterization|dialysis|chemotherapy|radiotherapy|lithotripsy|intubation)\b/gi,
  ],
  ['An enzyme.', /\b(\w+ase|enzymes?|CYP\w+|cytochrome P-?450)\b/g],
  [
    'A city or country.',
    /\b(United States|Japan|China|France|India|Taiwan|Italy|Germany|London|Boston|New York|Canada|Australia|Spain|Turkey|Iran)\b/g,
  ],
  [
    'A number of patients.',
    /\b(\d+|two|three|four|five|six|seven|eight|nine|ten|twelve) ((consecutive|adult|elderly|female|male|hypertensive) )?(patients|subjects|women|men|children|volunteers|cases)\b/gi,
  ],
];
const offsets = [-2, -1, 0, 1, 2];

interface Rates {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** By document: the mentions, and the words that stand for the type. */
function ratesOf(
  mentions: readonly (readonly Span[])[],
  words: readonly (readonly Span[])[],
): Rates {
  const covered = (
    some: readonly (readonly Span[])[],
    others: readonly (readonly Span[])[],
  ): number => {
    const hits = some.flatMap((spans, i) =>
      spans.map((span) => others[i]!.some((other) => overlaps(span, other))),
    );
    return hits.length === 0 ? 0 : hits.filter(Boolean).length / hits.length;
  };
  const [precision, recall] = [covered(mentions, words), covered(words, mentions)];
  const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { precision, recall, f1 };
}

const wordsIn = (text: string, pattern: RegExp): Span[] =>
  Array.from(text.matchAll(pattern), ({ index, 0: word }) => ({
    start: index,
    end: index + word.length,
  }));

const percent = (share: number): string => (100 * share).toFixed(0);

const mean = (numbers: readonly number[]): string =>
  ((100 * numbers.reduce((sum, number) => sum + number, 0)) / numbers.length).toFixed(1);

async function readSamples(): Promise<string[]> {
  const samples: string[] = [];
  const fail = (error: unknown): never => {
    throw error;
  };
  for await (const { document } of readDocumentFiles(['samples/bc5cdr-dev.jsonl.gz'], fail))
    samples.push(document.text);
  return samples;
}

const texts = spread(await readSamples(), Number(values.documents));
const model = await openModel(values.model, { threads: Number(values.threads) });
const types = invented.map(([description]) => ({
  name: description,
  description,
  offset: Math.min(...offsets),
}));
const found = await model.extract(texts, types, { priority: 'bulk' });
await model.close();

const rows = invented.map(([description, pattern]) => {
  const words = texts.map((text) => wordsIn(text, pattern));
  const byOffset = offsets.map((offset) =>
    ratesOf(
      found.map(({ mentions }) =>
        mentions.filter(({ type, margin }) => type === description && margin > offset),
      ),
      words,
    ),
  );
  return { description, count: words.flat().length, byOffset };
});
console.log(`| description | words | ${offsets.join(' | ')} |`);
console.log(`|---|---|${'---|'.repeat(offsets.length)}`);
for (const { description, count, byOffset } of rows) {
  const cells = byOffset.map(
    ({ precision, recall, f1 }) => `${percent(precision)} / ${percent(recall)} / ${percent(f1)}`,
  );
  console.log(`| ${description} | ${count} | ${cells.join(' | ')} |`);
}
const means = offsets.map((_, i) => mean(rows.map(({ byOffset }) => byOffset[i]!.f1)));
console.log(`| mean F1 | | ${means.join(' | ')} |`);
const best = rows.map(({ byOffset }) => Math.max(...byOffset.map(({ f1 }) => f1)));
console.log(`\nMean F1, each type at its best of these offsets: ${mean(best)}`);
