/**
 * How often the first concept that is proposed is the right one: over the linked mentions of annotated
 * documents, with a vocabulary made of other documents, `train.jsonl[.gz]` and `dev.jsonl[.gz]` of a
 * folder whose entities have a `concept`. A concept's name is how it is written most often there.
 *
 * node --import tsx scripts/concept-accuracy.ts FOLDER [MODEL]
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readDocumentFiles } from '../src/formats/document-files.ts';
import type { Concept } from '../src/formats/vocabulary.ts';
import { openModel } from '../src/ner/open-model.ts';
import { ConceptLinker } from '../src/search/concept-linker.ts';
import type { MatchMethod } from '../src/store/vocabulary-records.ts';

interface LinkedText {
  readonly text: string;
  readonly mentions: readonly { readonly string: string; readonly concept: string }[];
}

async function readLinked(folder: string, split: string): Promise<LinkedText[]> {
  const plain = join(folder, `${split}.jsonl`);
  const path = existsSync(plain) ? plain : `${plain}.gz`;
  const texts: LinkedText[] = [];
  const fail = (error: unknown): never => {
    throw error;
  };
  for await (const { document } of readDocumentFiles([path], fail, {})) {
    const { text, mentions = [] } = document;
    const linked = mentions.flatMap(({ start, end, concept }) =>
      concept === undefined ? [] : [{ string: text.slice(start, end), concept }],
    );
    texts.push({ text, mentions: linked });
  }
  return texts;
}

function vocabularyOf(texts: readonly LinkedText[]): Concept[] {
  const counts = new Map<string, Map<string, number>>();
  for (const { string, concept } of texts.flatMap(({ mentions }) => mentions)) {
    const forms = counts.get(concept) ?? new Map<string, number>();
    counts.set(concept, forms.set(string, (forms.get(string) ?? 0) + 1));
  }
  return [...counts].map(([id, forms]) => {
    const sorted = [...forms].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    const [name = id, ...synonyms] = sorted.map(([form]) => form);
    return { id, name, synonyms };
  });
}

interface Score {
  proposed: number;
  right: number;
}

const [, , folder, model = 'models/spandex-small'] = process.argv;
if (folder === undefined) throw new Error('Usage: concept-accuracy.ts FOLDER [MODEL]');
const vocabulary = vocabularyOf(await readLinked(folder, 'train'));
const texts = await readLinked(folder, 'dev');
const extractor = await openModel(model);
const linker = await ConceptLinker.create(vocabulary, extractor);
const ids = new Set(vocabulary.map(({ id }) => id));
const scores = new Map<MatchMethod, Score>();
const bounds = [0.75, 0.8, 0.85, 0.9];
const meant = bounds.map(() => ({ proposed: 0, right: 0 }));

/** Counts a proposal by meaning for each bound that it passes. */
function countMeant(similarity: number, isRight: number): void {
  for (const [at, score] of meant.entries()) {
    if (similarity < (bounds[at] ?? 1)) continue;
    score.proposed += 1;
    score.right += isRight;
  }
}

let [mentions, known, right] = [0, 0, 0];
for (const { text, mentions: linked } of texts) {
  const proposals = await linker.propose(
    text,
    linked.map(({ string }) => string),
  );
  for (const [i, { concept }] of linked.entries()) {
    const proposal = proposals[i];
    const isRight = Number(proposal?.id === concept);
    mentions += 1;
    known += Number(ids.has(concept));
    right += isRight;
    if (!proposal) continue;
    const score = scores.get(proposal.method) ?? { proposed: 0, right: 0 };
    scores.set(proposal.method, score);
    score.proposed += 1;
    score.right += isRight;
    if (proposal.similarity === 1) continue;
    countMeant(proposal.similarity, isRight);
  }
}
await extractor.close();
const share = (part: number, whole: number): number =>
  Number((part / Math.max(1, whole)).toFixed(4));
console.log(
  JSON.stringify({
    mentions,
    vocabulary: vocabulary.length,
    inVocabulary: share(known, mentions),
    accuracyAt1: share(right, mentions),
    accuracyAt1InVocabulary: share(right, known),
    byMethod: Object.fromEntries(
      [...scores].map(([method, score]) => [
        method,
        { proposed: score.proposed, precision: share(score.right, score.proposed) },
      ]),
    ),
    byMeaningFrom: Object.fromEntries(
      meant.map((score, at) => [
        bounds[at],
        { proposed: score.proposed, precision: share(score.right, score.proposed) },
      ]),
    ),
  }),
);
