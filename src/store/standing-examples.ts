/**
 * Which of what stands about a type are examples of it. Chosen in a thread that reads: of the hundred thousand
 * decisions that a type may have had, few are looked at for longer than it takes to pass them over.
 */
import type { SqlConnection } from './connection.ts';
import { surfaceForm } from './surface-form.ts';

/** Whose examples, how many, and how long. */
export interface ExampleQuery {
  readonly entityTypeId: number;
  /** Of either kind. */
  readonly limit: number;
  /** About so much of a longer sentence. Units: UTF-16 code units. */
  readonly maxChars: number;
}

/** What was decided about a span. */
export interface Decided {
  readonly id: number;
  readonly surface: string;
}

/** A decision, and how many newer ones there are. */
interface Aged {
  readonly id: number;
  readonly age: number;
}

/** How many to choose, of what. */
export interface Choice {
  readonly limit: number;
  /** Whether no later decision is about the same place. */
  readonly stands: (id: number) => boolean;
}

/** The newest decision of each form that stands, then the second newest of each, and so on. */
function inTurns(forms: readonly Iterator<Aged>[], limit: number): number[] {
  const chosen: number[] = [];
  let left = forms;
  while (chosen.length < limit && left.length > 0) {
    const turn = left.map((form) => ({ form, next: form.next() }));
    const found = turn.flatMap(({ form, next }) => (next.done ? [] : [{ form, ...next.value }]));
    chosen.push(...found.sort((a, b) => a.age - b.age).map(({ id }) => id));
    left = found.map(({ form }) => form);
  }
  return chosen.slice(0, limit);
}

/**
 * Ids of those decisions that are examples: first one of each surface form, then the second of each; the
 * newest first.
 *
 * Cost: reads on until there are enough forms, and asks what stands of little more than it chooses.
 */
export function chooseExamples(
  newestFirst: Iterable<Decided>,
  { limit, stands }: Choice,
): number[] {
  const forms = new Map<string, Aged[]>();
  let age = 0;
  for (const { id, surface } of newestFirst) {
    const form = surfaceForm(surface);
    const known = forms.get(form);
    if (known) known.push({ id, age });
    else if (stands(id)) forms.set(form, [{ id, age }]);
    if (forms.size >= limit) break;
    age += 1;
  }
  const isExample = ({ id }: Aged, place: number): boolean => place === 0 || stands(id);
  function* standing(decisions: readonly Aged[]): Generator<Aged> {
    for (const [place, each] of decisions.entries()) if (isExample(each, place)) yield each;
  }
  return inTurns([...forms.values()].map(standing), limit);
}

/** An example as it is stored. */
export interface StandingExampleRow {
  readonly documentId: number;
  readonly state: 'ACCEPTED' | 'REJECTED';
  /** JSON. */
  readonly sentence: string;
}

/** The examples that stand about a type, each in its sentence: those of either kind as `chooseExamples` has them. */
export const standingExamples = (
  connection: SqlConnection,
  { entityTypeId, limit, maxChars }: ExampleQuery,
): StandingExampleRow[] =>
  connection.snapshot(() => {
    const stands = (id: number): boolean => connection.get('isStanding', { id }) !== undefined;
    const ids = ['ACCEPTED', 'REJECTED'].flatMap((state) =>
      chooseExamples(connection.each('decidedOfType', { entityTypeId, state }), { limit, stands }),
    );
    return connection.all('examplesInSentences', { ids: JSON.stringify(ids), maxChars });
  });
