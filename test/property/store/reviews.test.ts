import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SqlConnection } from '../../../src/store/connection.ts';
import { migrate, readMigrations } from '../../../src/store/migrate.ts';
import { packReading } from '../../../src/store/packed-reading.ts';
import type { Decision } from '../../../src/store/review-records.ts';
import { verifyDatabase } from '../../../src/store/verify/verify.ts';
import { claimDocuments, claimSomeRescores } from '../../../src/store/writes/claims.ts';
import { deleteDocument } from '../../../src/store/writes/delete-document.ts';
import { createEntityType, updateEntityType } from '../../../src/store/writes/entity-types.ts';
import { finishClaim } from '../../../src/store/writes/finish-claim.ts';
import { putDocuments } from '../../../src/store/writes/put-documents.ts';
import { addMention, reviewMentions, undoReview } from '../../../src/store/writes/reviews.ts';
import { readingOf } from '../../support/store/open-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const texts = [
  'aspirin and tea',
  'tea and aspirin',
  'aspirin or aspirin and tea',
  'more tea, less aspirinate',
];
const words = ['aspirin', 'tea', 'and'];
const types = ['Chemical', 'Drink'];

const anyFinds = fc.subarray(words.flatMap((word) => types.map((type) => ({ word, type }))));

/** What may happen; numbers choose among what is there. */
const anyEvent = fc.oneof(
  fc.record({ kind: fc.constant('read' as const), finds: anyFinds }),
  fc.record({
    kind: fc.constant('text' as const),
    text: fc.constantFrom(...texts),
    finds: anyFinds,
  }),
  fc.record({ kind: fc.constant('rescore' as const), type: fc.nat(1), finds: anyFinds }),
  fc.record({
    kind: fc.constant('review' as const),
    decision: fc.constantFrom(
      'ACCEPT' as const,
      'REJECT' as const,
      'RETYPE' as const,
      'MOVE' as const,
    ),
    from: fc.nat(9),
    count: fc.integer({ min: 1, max: 3 }),
    choice: fc.nat(9),
  }),
  fc.record({ kind: fc.constant('add' as const), choice: fc.nat(9), type: fc.nat(1) }),
  fc.record({ kind: fc.constant('undo' as const), choice: fc.nat(9) }),
);

type Event = typeof anyEvent extends fc.Arbitrary<infer E> ? E : never;
type EventOf<Kind extends Event['kind']> = Event & { kind: Kind };

interface Place {
  readonly start: number;
  readonly end: number;
  readonly type: string;
}

interface ModelVerdict extends Place {
  readonly text: string;
  readonly state: 'ACCEPTED' | 'REJECTED';
  readonly source: string;
}

interface ModelReview {
  readonly verdicts: ModelVerdict[];
  isUndone: boolean;
}

interface Row extends Place {
  readonly source: string;
  readonly state: string;
}

const keyOf = ({ start, end, type }: Place): string => `${start} ${end} ${type}`;
const isAt = (a: Place, b: Place): boolean => keyOf(a) === keyOf(b);

/** Every whole word of the text that is this string. */
const placesOf = (text: string, string: string): number[] =>
  [...text.matchAll(/\w+/g)].filter(([word]) => word === string).map(({ index }) => index);

/** The definition: a list of what was read, and a list of what was said. */
class PlainModel {
  text = '';
  read: Place[] = [];
  readonly reviews: ModelReview[] = [];

  standing(): Map<string, ModelVerdict> {
    const verdicts = this.reviews.filter((each) => !each.isUndone).flatMap((each) => each.verdicts);
    return new Map(
      verdicts.filter(({ text }) => text === this.text).map((verdict) => [keyOf(verdict), verdict]),
    );
  }

  rows(): Row[] {
    const standing = this.standing();
    const read = this.read.map((place) => ({
      ...place,
      source: 'MODEL',
      state: standing.get(keyOf(place))?.state ?? 'UNREVIEWED',
    }));
    const kept = [...standing.values()].filter(
      (verdict) =>
        verdict.source === 'HUMAN' ||
        (verdict.state === 'ACCEPTED' && !this.read.some((place) => isAt(place, verdict))),
    );
    const rows = kept.map(({ start, end, type, source, state }) => ({
      start,
      end,
      type,
      source,
      state,
    }));
    return [...read, ...rows];
  }

  say(said: readonly { place: Place; state: ModelVerdict['state'] }[]): void {
    const rows = this.rows();
    const unique = new Map(said.map((each) => [keyOf(each.place), each]));
    const verdicts = [...unique.values()].map(({ place, state }): ModelVerdict => {
      const there = rows.filter((row) => isAt(row, place));
      const isHuman = there.length === 0 || there.some(({ source }) => source === 'HUMAN');
      const { start, end, type } = place;
      return { start, end, type, text: this.text, state, source: isHuman ? 'HUMAN' : 'MODEL' };
    });
    this.reviews.push({ verdicts, isUndone: false });
  }

  changeText(to: string): void {
    for (const review of this.reviews) {
      if (review.isUndone) continue;
      for (const verdict of review.verdicts.filter(({ text }) => text === this.text)) {
        const start = this.placeIn(verdict, to);
        if (start === null) continue;
        const carried = { ...verdict, text: to, start, end: start + verdict.end - verdict.start };
        const isKnown = review.verdicts.some(
          ({ text, ...place }) => text === to && isAt(place, carried),
        );
        if (!isKnown) review.verdicts.push(carried);
      }
    }
    this.text = to;
  }

  placeIn({ start, end }: Place, to: string): number | null {
    const string = this.text.slice(start, end);
    if (to.slice(start, end) === string) return start;
    const [place, ...others] = placesOf(to, string);
    const isOnce = placesOf(this.text, string).length === 1 && others.length === 0;
    return isOnce && place !== undefined ? place : null;
  }
}

const plain = ({ start, end, type, source, state }: Row): string =>
  `${start}-${end} ${type} ${source} ${state}`;

describe('reviewMentions, addMention and undoReview', () => {
  let connection: SqlConnection;
  const typeIds: number[] = [];
  let documents = 0;

  beforeAll(() => {
    const folder = temporaryFolder();
    connection = new SqlConnection({
      folder,
      path: join(folder, 'spandex.sqlite'),
      readonly: false,
    });
    migrate(connection, folder, readMigrations());
    connection.run('setModel', { bundleId: 'model', state: 'READY', now: 0 });
    for (const name of types) {
      typeIds.push(createEntityType(connection, { collectionId: 1, name, description: name }).id);
    }
  });

  afterAll(() => connection.close());

  const rowsOf = (documentId: number): (Row & { id: number })[] =>
    connection.query(
      `SELECT m.id, s.start, s."end", t.name AS type, m.source, m.state FROM mentions m
       JOIN spans s ON s.id = m.span_id JOIN entity_types t ON t.id = m.entity_type_id
       WHERE m.document_id = :documentId ORDER BY s.start, s."end", t.name, m.source`,
      { documentId },
    );

  type Finds = readonly { word: string; type: string }[];

  /** Reads what waits, or what lacks a type. */
  function readAll(kind: 'READ' | 'RESCORE', finds: Finds): void {
    const options = { limit: 1_000, leaseMs: 60_000 };
    const claims =
      kind === 'READ'
        ? claimDocuments(connection, options)
        : claimSomeRescores(connection, options).claims;
    for (const claim of claims) {
      const asked = finds.filter(
        ({ word, type }) =>
          claim.text.includes(word) && claim.types.some(({ name }) => name === type),
      );
      const reading = packReading(readingOf(claim.text, asked));
      finishClaim(connection, { claim, types: claim.types, reading });
    }
  }

  const placesRead = (text: string, finds: Finds): Place[] =>
    finds
      .filter(({ word }) => text.includes(word))
      .map(({ word, type }) => {
        const start = text.indexOf(word);
        return { start, end: start + word.length, type };
      });

  const reviewer = { reviewer: 'Ada', note: null };

  function decide(id: number, model: PlainModel, event: Event & { kind: 'review' }): void {
    const rows = rowsOf(id);
    if (rows.length === 0) return;
    const { decision, from, count, choice } = event;
    const start = from % rows.length;
    const chosen = rows.slice(start, start + (decision === 'MOVE' ? 1 : count));
    const span = /\w+/g;
    const spans = [...model.text.matchAll(span)];
    const to = spans[choice % spans.length];
    const typeAt = choice % types.length;
    const decided: Record<typeof decision, Decision> = {
      ACCEPT: { kind: 'ACCEPT' },
      REJECT: { kind: 'REJECT' },
      RETYPE: { kind: 'RETYPE', typeId: typeIds[typeAt] ?? 0 },
      MOVE: {
        kind: 'MOVE',
        to: { start: to?.index ?? 0, end: (to?.index ?? 0) + (to?.[0].length ?? 0) },
      },
    };
    reviewMentions(connection, {
      ...reviewer,
      collectionId: 1,
      mentionIds: chosen.map((row) => row.id),
      decision: decided[decision],
      expectedCount: chosen.length,
    });
    const said = chosen
      .toSorted((a, b) => a.id - b.id)
      .flatMap((row): { place: Place; state: ModelVerdict['state'] }[] => {
        if (decision === 'ACCEPT') return [{ place: row, state: 'ACCEPTED' }];
        if (decision === 'REJECT') return [{ place: row, state: 'REJECTED' }];
        const place =
          decision === 'RETYPE'
            ? { ...row, type: types[typeAt] ?? '' }
            : { ...row, ...(decided.MOVE as { to: { start: number; end: number } }).to };
        const accepted = { place, state: 'ACCEPTED' } as const;
        return isAt(place, row) ? [accepted] : [{ place: row, state: 'REJECTED' }, accepted];
      });
    model.say(said);
  }

  const happenings = {
    read: (id: number, model: PlainModel, { finds }: EventOf<'read'>) => {
      connection.run('queueDocument', { id, priority: 0, now: Date.now() });
      readAll('READ', finds);
      model.read = placesRead(model.text, finds);
    },
    text: (_id: number, model: PlainModel, { text, finds }: EventOf<'text'>) => {
      if (text === model.text) return;
      const draft = { text, externalId: `document ${documents}` };
      putDocuments(connection, { drafts: [draft], options: { collectionId: 1, priority: 'bulk' } });
      readAll('READ', finds);
      model.changeText(text);
      model.read = placesRead(text, finds);
    },
    rescore: (_id: number, model: PlainModel, event: EventOf<'rescore'>) => {
      const type = types[event.type] ?? '';
      const description = `changed at ${process.hrtime.bigint()}`;
      updateEntityType(connection, { id: typeIds[event.type] ?? 0, change: { description } });
      const finds = event.finds.filter((find) => find.type === type);
      readAll('RESCORE', finds);
      const others = model.read.filter((place) => place.type !== type);
      model.read = [...others, ...placesRead(model.text, finds)];
    },
    add: (documentId: number, model: PlainModel, { choice, type }: EventOf<'add'>) => {
      const spans = [...model.text.matchAll(/\w+/g)];
      const word = spans[choice % spans.length];
      const start = word?.index ?? 0;
      const span = { start, end: start + (word?.[0].length ?? 0) };
      addMention(connection, { ...reviewer, ...span, documentId, typeId: typeIds[type] ?? 0 });
      model.say([{ place: { ...span, type: types[type] ?? '' }, state: 'ACCEPTED' }]);
    },
    undo: (documentId: number, model: PlainModel, { choice }: EventOf<'undo'>) => {
      const standing = model.reviews.flatMap((review, i) => (review.isUndone ? [] : [i]));
      const at = standing[choice % Math.max(1, standing.length)];
      if (at === undefined) return;
      const sql = `SELECT DISTINCT review_id AS id FROM verdicts WHERE document_id = :documentId
        ORDER BY 1`;
      const ids = connection.query<{ id: number }>(sql, { documentId });
      undoReview(connection, { id: ids[at]?.id ?? 0, reviewer: 'Eve' });
      (model.reviews[at] as ModelReview).isUndone = true;
    },
    review: decide,
  };

  function happen(id: number, model: PlainModel, event: Event): void {
    const happening = happenings[event.kind] as (
      documentId: number,
      plainModel: PlainModel,
      given: Event,
    ) => void;
    happening(id, model, event);
  }

  it('do what a plain list of decisions does, whatever is read and said', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 14 }), (events) => {
        documents += 1;
        const model = new PlainModel();
        const [text = ''] = texts;
        const draft = { text, externalId: `document ${documents}` };
        const options = { collectionId: 1, priority: 'bulk' } as const;
        const [put] = putDocuments(connection, { drafts: [draft], options });
        const id = put?.id ?? 0;
        model.text = text;
        model.read = placesRead(text, [{ word: 'aspirin', type: 'Chemical' }]);
        readAll('READ', [{ word: 'aspirin', type: 'Chemical' }]);
        for (const event of events) {
          happen(id, model, event);
          expect(rowsOf(id).map(plain).sort()).toEqual(model.rows().map(plain).sort());
        }
        // Others must not be read along with the next one.
        deleteDocument(connection, id);
      }),
      { numRuns: 100, seed: 5 },
    );
  });

  it('leave the database as its checks expect it', () => {
    const draft = { text: 'aspirin and tea', externalId: 'last' };
    const options = { collectionId: 1, priority: 'bulk' } as const;
    const [put] = putDocuments(connection, { drafts: [draft], options });
    readAll('READ', [{ word: 'tea', type: 'Drink' }]);
    const [mention] = rowsOf(put?.id ?? 0);
    const mentionIds = [mention?.id ?? 0];
    const decision = { kind: 'MOVE', to: { start: 8, end: 15 } } as const;
    reviewMentions(connection, {
      ...reviewer,
      collectionId: 1,
      mentionIds,
      decision,
      expectedCount: 1,
    });

    const faults = verifyDatabase(connection).filter(({ name }) => name !== 'VECTORS');

    expect(faults.flatMap((check) => check.faults)).toEqual([]);
    expect(rowsOf(put?.id ?? 0).map(plain)).toEqual([
      '8-15 Drink HUMAN ACCEPTED',
      '12-15 Drink MODEL REJECTED',
    ]);
  });
});
