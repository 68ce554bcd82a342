/**
 * Work that may go on beside other work, and work that must be alone.
 *
 * Why: when the model's process dies, every reading in it fails. A document that was read alone then is
 * the one that killed it; without that, its neighbours would be given up with it.
 *
 * Invariant: nobody starves: work that wants to be alone holds back what comes after it.
 */

interface Waiting {
  readonly isAlone: boolean;
  start(): void;
}

/** Admits any number of shared pieces of work, or one alone, in the order in which they came. */
export class SharedLock {
  readonly #waiting: Waiting[] = [];
  #inside = 0;
  #isAlone = false;

  /** Does the work beside other shared work. */
  shared<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#enter(false, work);
  }

  /** Does the work while nothing else is inside. */
  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#enter(true, work);
  }

  async #enter<Result>(isAlone: boolean, work: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((start) => {
      this.#waiting.push({ isAlone, start });
      this.#admit();
    });
    try {
      return await work();
    } finally {
      this.#inside -= 1;
      this.#isAlone = false;
      this.#admit();
    }
  }

  #admit(): void {
    for (;;) {
      const [next] = this.#waiting;
      if (!next || this.#isAlone || (next.isAlone && this.#inside > 0)) return;
      this.#waiting.shift();
      this.#inside += 1;
      this.#isAlone = next.isAlone;
      next.start();
    }
  }
}
