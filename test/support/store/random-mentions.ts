/**
 * Stores of any size with made-up mentions, and the same mentions in memory: what a search finds can be
 * compared with what a plain program finds. Vectors are like those of encoders (random-vectors.ts); types
 * and years are of every frequency.
 */
import { normalize } from '../../../src/core/vector.ts';
import { toBlob } from '../../../src/store/blobs.ts';
import { SqlConnection } from '../../../src/store/connection.ts';
import { databaseFile } from '../../../src/store/maintenance.ts';
import { migrate } from '../../../src/store/migrate.ts';
import type { VectorSpace } from '../../../src/store/vectors.ts';
import { randomVectors, seededRandom } from '../vectors/random-vectors.ts';

/** What to make up. */
export interface RandomMentionOptions {
  readonly documents: number;
  readonly mentionsEach: number;
  readonly forms: number;
  readonly meaningSize: number;
  readonly typeSize: number;
}

/** A mention as it is stored. */
export interface RandomMention {
  readonly id: number;
  readonly spanId: number;
  readonly documentId: number;
  readonly formId: number;
  readonly form: string;
  readonly type: string;
  readonly margin: number;
  readonly year: number;
  readonly meaning: Float32Array;
  readonly typeVector: Float32Array;
}

/** The vector of a mention in a space. */
export const vectorIn = (space: VectorSpace, mention: RandomMention): Float32Array =>
  space === 'MEANING' ? mention.meaning : mention.typeVector;

/** Types with the share of the mentions that are of each. */
export const typeShares = {
  Half: 0.5,
  Third: 0.3,
  Tenth: 0.15,
  Few: 0.04,
  Rare: 0.009,
  One: 0.001,
};

const typeNames = Object.keys(typeShares);
const firstYear = 1950;
const years = 70;

const insertForm = 'INSERT INTO surface_forms (text, meaning_vector) VALUES (:text, :vector)';
const insertSpan = `INSERT INTO spans (document_id, start, "end", window, surface, surface_form_id, type_vector)
  VALUES (:documentId, :start, :end, 0, :surface, :formId, :vector)`;
const insertMention = `INSERT INTO mentions (span_id, document_id, entity_type_id, type_version, score,
  threshold, margin, source, created_at) VALUES (:id, :documentId, :typeId, 1, :score, 2, :margin, 'MODEL', 1)`;

/** The place of the share in which a number from 0 to 1 falls. */
function placeIn(shares: readonly number[], number: number): number {
  let sum = 0;
  const place = shares.findIndex((share) => {
    sum += share;
    return number < sum;
  });
  return place < 0 ? 0 : place;
}

/** The mentions of a document, one for each word of its text. */
function* mentionsOf(
  options: RandomMentionOptions,
  documentId: number,
  random: () => number,
): Generator<Omit<RandomMention, 'meaning' | 'typeVector'>> {
  const { mentionsEach, forms } = options;
  for (let i = 0; i < mentionsEach; i += 1) {
    const id = (documentId - 1) * mentionsEach + i + 1;
    const formId = 1 + Math.floor(forms * random() ** 2);
    const type = typeNames[placeIn(Object.values(typeShares), random())] ?? '';
    const margin = Math.round(400 * random()) / 100;
    const year = firstYear + (documentId % years);
    yield { id, spanId: id, documentId, formId, form: `form${formId}x`, type, margin, year };
  }
}

function putTypes(connection: SqlConnection): void {
  for (const name of typeNames) {
    const row = { collectionId: 1, name, description: name, examples: '[]', offset: 0, now: 1 };
    connection.run('insertType', row);
  }
}

function putDocument(connection: SqlConnection, mentions: readonly RandomMention[]): void {
  const text = mentions.map(({ form }) => form).join(' ');
  const documentId = mentions[0]?.documentId ?? 0;
  const metadata = JSON.stringify({ year: mentions[0]?.year });
  const row = { collectionId: 1, externalId: `d${documentId}`, textHash: `${documentId}` };
  connection.run('insertDocument', { ...row, title: null, metadata, priority: 0, now: 1, text });
  connection.run('insertSentences', { id: documentId, text });
  const vector = toBlob(mentions[0]?.typeVector ?? new Float32Array());
  const window = { documentId, position: 0, start: 0, end: text.length, tokens: 9 };
  connection.run('insertWindow', { ...window, vector });
  let start = 0;
  for (const { id, form, formId, type, margin, typeVector } of mentions) {
    const span = { documentId, start, end: start + form.length, surface: form, formId };
    connection.change(insertSpan, { ...span, vector: toBlob(typeVector) });
    const typeId = 1 + typeNames.indexOf(type);
    connection.change(insertMention, { id, documentId, typeId, score: 2 + margin, margin });
    start += form.length + 1;
  }
}

/** Vectors of forms by id, and mentions by id; the same for the same options. */
function makeUp(options: RandomMentionOptions) {
  const { documents, mentionsEach, forms, meaningSize, typeSize } = options;
  const units = (count: number, dimensions: number, seed: number) =>
    randomVectors({ count, dimensions, seed }).map(({ vector }) => normalize(vector));
  const meanings = units(forms, meaningSize, 3);
  const typeVectors = units(documents * mentionsEach, typeSize, 4);
  const random = seededRandom(1);
  const mentions = Array.from({ length: documents }, (_, i) => [
    ...mentionsOf(options, i + 1, random),
  ])
    .flat()
    .map(
      (mention): RandomMention => ({
        ...mention,
        meaning: meanings[mention.formId - 1]!,
        typeVector: typeVectors[mention.id - 1]!,
      }),
    );
  return { meanings, mentions };
}

/** Fills a folder that has nothing yet; the collection has the id 1. Gives the mentions by id. */
export function fillRandomMentions(folder: string, options: RandomMentionOptions): RandomMention[] {
  const { meanings, mentions } = makeUp(options);
  const { documents, mentionsEach } = options;
  const connection = new SqlConnection({ folder, path: databaseFile(folder), readonly: false });
  migrate(connection, folder);
  connection.transaction(() => {
    putTypes(connection);
    for (const [i, vector] of meanings.entries()) {
      connection.change(insertForm, { text: `form${i + 1}x`, vector: toBlob(vector) });
    }
    for (let i = 0; i < documents; i += 1) {
      putDocument(connection, mentions.slice(i * mentionsEach, (i + 1) * mentionsEach));
    }
  });
  connection.close();
  return mentions;
}
