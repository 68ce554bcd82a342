/**
 * Values by key, the least recently used ones forgotten: memory stays bounded whatever is asked.
 */
export class Recent<Value> {
  /** A Map keeps the order of insertion: the first entry is the least recently used. */
  readonly #values = new Map<string, Value>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): Value | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: string, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#most) {
      this.#values.delete(this.#values.keys().next().value as string);
    }
  }
}
