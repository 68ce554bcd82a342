/**
 * What a crash test does, drawn from its seed alone: which steps, which process is killed and when. How
 * far the steps have come by then is left to the machine.
 */
import { seededRandom } from '../vectors/random-vectors.ts';

/** Processes that are killed. */
export const victims = ['server', 'model', 'index'] as const;

/** One of them. */
export type Victim = (typeof victims)[number];

/** When a kill falls: in the midst of work, while the server starts, or while it closes. */
export type Phase = 'working' | 'starting' | 'closing';

/** One kill. */
export interface Kill {
  readonly victim: Victim;
  readonly phase: Phase;
  /** From the beginning of the phase. Units: milliseconds. */
  readonly afterMs: number;
  /** Which of the processes of that kind, as a number to be divided by how many there are. */
  readonly choice: number;
  /** Whether the next start finds no snapshot of the indexes, and builds them anew. */
  readonly dropsSnapshots: boolean;
}

/** Something that is asked about documents. */
export type DocumentStep =
  | { readonly kind: 'put'; readonly names: readonly string[]; readonly waitSeconds: number }
  | { readonly kind: 'put again' | 'delete' | 'purge'; readonly names: readonly string[] };

/** Something that is asked about an entity type. */
export interface TypeStep {
  readonly kind: 'create type' | 'change type' | 'delete type' | 'rerun';
  readonly name: string;
}

/** One thing that is done. */
export type Step =
  | DocumentStep
  | TypeStep
  | { readonly kind: 'backup' }
  | { readonly kind: 'rest'; readonly ms: number };

/** What goes on at the same time. Each document and each type belongs to one lane. */
export const lanes = ['documents a', 'documents b', 'types', 'backups'] as const;

/** One of them. */
export type Lane = (typeof lanes)[number];

const documentsOfLane = 10;
const typeNames = ['Organ', 'Animal', 'Person'] as const;
const longestWorkMs = 2_500;
const longestStartMs = 1_200;
const longestCloseMs = 400;

/** Choices drawn from a seed and what it is for. */
class Draw {
  readonly #random: () => number;

  constructor(...seed: readonly number[]) {
    this.#random = seededRandom(seed.reduce((mixed, part) => Math.imul(mixed, 31) + part, 7));
  }

  below(end: number): number {
    return Math.floor(this.#random() * end);
  }

  isOneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  one<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)]!;
  }

  /** So many different ones, in an order of their own. */
  some<Value>(values: readonly Value[], count: number): Value[] {
    const left = [...values];
    return Array.from({ length: count }, () => left.splice(this.below(left.length), 1)[0]!);
  }
}

const namesOf = (lane: Lane): string[] =>
  Array.from({ length: documentsOfLane }, (_, i) => `${lane.at(-1)}${i}`);

function documentStep(draw: Draw, lane: Lane): Step {
  const names = draw.some(namesOf(lane), 1 + draw.below(4));
  const kind = draw.below(20);
  if (kind < 11) return { kind: 'put', names, waitSeconds: draw.isOneIn(3) ? 5 : 0 };
  if (kind < 13) return { kind: 'put again', names };
  if (kind < 16) return { kind: 'delete', names: names.slice(0, 2) };
  if (kind < 17) return { kind: 'purge', names: names.slice(0, 2) };
  return { kind: 'rest', ms: draw.below(200) };
}

function typeStep(draw: Draw): Step {
  const name = draw.one(typeNames);
  const kind = draw.below(10);
  if (kind < 3) return { kind: 'create type', name };
  if (kind < 5) return { kind: 'change type', name };
  if (kind < 6) return { kind: 'delete type', name };
  if (kind < 7) return { kind: 'rerun', name };
  return { kind: 'rest', ms: 100 + draw.below(500) };
}

function backupStep(draw: Draw): Step {
  return draw.isOneIn(3) ? { kind: 'backup' } : { kind: 'rest', ms: 300 + draw.below(1_500) };
}

/** The steps of a lane in a round, without end. */
export function* stepsOf(seed: number, round: number, lane: Lane): Generator<Step, never> {
  const draw = new Draw(seed, round, lanes.indexOf(lane));
  for (;;) {
    if (lane === 'types') yield typeStep(draw);
    else if (lane === 'backups') yield backupStep(draw);
    else yield documentStep(draw, lane);
  }
}

/** The kill that ends a round. */
export function killOf(seed: number, round: number): Kill {
  const draw = new Draw(seed, round, lanes.length);
  const common = { choice: draw.below(60), dropsSnapshots: draw.isOneIn(6) };
  const phase = draw.below(10);
  if (phase < 2) {
    return { ...common, victim: 'server', phase: 'starting', afterMs: draw.below(longestStartMs) };
  }
  if (phase < 4) {
    const victim = draw.one(['server', 'server', 'index'] as const);
    return { ...common, victim, phase: 'closing', afterMs: draw.below(longestCloseMs) };
  }
  const victim = draw.one(['server', 'server', 'server', 'model', 'index'] as const);
  return { ...common, victim, phase: 'working', afterMs: draw.below(longestWorkMs) };
}
