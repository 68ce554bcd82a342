/** What checks have found. */

/** Counts checks, and says which did not hold. */
export class Report {
  #checks = 0;
  readonly #losses: string[] = [];
  readonly #onLoss: (loss: string) => void;

  constructor(onLoss: (loss: string) => void = () => undefined) {
    this.#onLoss = onLoss;
  }

  get checks(): number {
    return this.#checks;
  }

  get losses(): readonly string[] {
    return this.#losses;
  }

  /** Counts a check; one that does not hold is a loss. */
  check(holds: boolean, what: string): void {
    this.#checks += 1;
    if (holds) return;
    this.#losses.push(what);
    this.#onLoss(what);
  }

  /** Two sets of things that must be one. */
  same(found: readonly string[], expected: readonly string[], what: string): void {
    const there = new Set(found);
    const right = new Set(expected);
    const missing = [...right].filter((one) => !there.has(one));
    const surplus = [...there].filter((one) => !right.has(one));
    const list = (all: readonly string[]) => `${all.length} (${all.slice(0, 3).join(' | ')})`;
    this.check(missing.length === 0, `${what}: missing ${list(missing)}`);
    this.check(surplus.length === 0, `${what}: too many ${list(surplus)}`);
    this.check(there.size === found.length, `${what}: ${found.length - there.size} twice`);
  }
}
