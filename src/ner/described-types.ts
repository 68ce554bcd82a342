/**
 * Vectors of types however they are described: by words, by examples, or by both. What examples cost, a
 * reading of their texts, is paid once.
 */
import type { EntityType, TypeExample } from '../core/document.ts';
import { invariant } from '../core/invariant.ts';
import { extractTexts, type ReadingParts } from './extract-texts.ts';
import { Recent } from './recent.ts';
import { askTypes } from './scorer.ts';
import type { TypeEncoder } from './type-encoder.ts';
import { type ExampleVector, exampleVector, moveByExamples } from './type-examples.ts';

/** More types by example than anybody has, and under a megabyte. */
const maxCached = 1_000;

const placeOf = ({ text, start, end }: TypeExample): string => JSON.stringify([text, start, end]);

/** Encodes types. */
export class DescribedTypes {
  readonly #reading: ReadingParts;
  /** Vectors of types with examples, by all that the model reads of them. */
  readonly #moved = new Recent<Float32Array>(maxCached);

  /** Vectors of examples, by text and span: the same ones are asked for beside one description after another. */
  readonly #spans = new Recent<Float32Array>(maxCached);

  constructor(reading: ReadingParts) {
    this.#reading = reading;
  }

  /**
   * Unit vectors [E], in order.
   *
   * Throws: ARGUMENT_INVALID for an example whose span no candidate is.
   */
  async encode(encoder: TypeEncoder, types: readonly EntityType[]): Promise<Float32Array[]> {
    const { turns } = this.#reading;
    const described = await turns.take('interactive', () => encoder.encode(types));
    const vectors: Float32Array[] = [];
    for (const [i, type] of types.entries()) {
      vectors.push(await this.#move(described[i] ?? new Float32Array(), type));
    }
    return vectors;
  }

  async #move(
    described: Float32Array,
    { description, examples = [] }: EntityType,
  ): Promise<Float32Array> {
    if (examples.length === 0) return described;
    const key = JSON.stringify([description, examples]);
    const known = this.#moved.get(key);
    if (known) return known.slice();
    const vectors = await this.#exampleVectors(examples);
    const isSaid = description.trim() !== '' || !vectors.some(({ isPositive }) => isPositive);
    const moved = moveByExamples(isSaid ? described : null, vectors);
    this.#moved.set(key, moved);
    return moved.slice();
  }

  async #exampleVectors(examples: readonly TypeExample[]): Promise<ExampleVector[]> {
    const known = new Map(examples.map((each) => [placeOf(each), this.#spans.get(placeOf(each))]));
    const unknown = examples.filter((each) => !known.get(placeOf(each)));
    for (const { place, vector } of await this.#read(unknown)) {
      known.set(place, vector);
      this.#spans.set(place, vector);
    }
    return examples.flatMap((each) => {
      const vector = known.get(placeOf(each));
      return vector ? [{ isPositive: each.isPositive, vector }] : [];
    });
  }

  /** Vectors of those examples that can be read. */
  async #read(
    examples: readonly TypeExample[],
  ): Promise<{ readonly place: string; readonly vector: Float32Array }[]> {
    const { head } = this.#reading;
    const texts = [...new Set(examples.map(({ text }) => text))];
    if (texts.length === 0) return [];
    const noTypes = { ...askTypes(head, [], []), names: [] };
    const wanted = { ...noTypes, priority: 'interactive', keepLedgers: true } as const;
    const extractions = await extractTexts(this.#reading, texts, wanted);
    return examples.flatMap((example) => {
      const ledger = extractions[texts.indexOf(example.text)]?.ledger;
      invariant(ledger, 'the text of an example is short enough for a ledger');
      const read = exampleVector(head, ledger, example);
      return read ? [{ place: placeOf(example), vector: read.vector }] : [];
    });
  }
}
