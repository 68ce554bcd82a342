/**
 * What must be there, by what was acknowledged. Something that was asked for and not answered may have
 * been done or not: until it is seen which, both are right.
 */

/** A version by its number, or null for a thing that is not there. */
export type Version = number | null;

/** Which versions there may be of each of some named things. */
class Versions {
  readonly #possible = new Map<string, Version[]>();
  readonly #ever = new Map<string, Set<Version>>();
  readonly #watches = new Set<Map<string, Set<Version>>>();

  /** The versions that are right. More than one only while it is not known what was done. */
  possible(name: string): readonly Version[] {
    return this.#possible.get(name) ?? [null];
  }

  /** Names of which anything was ever asked. */
  get names(): readonly string[] {
    return [...this.#possible.keys()];
  }

  /** Every version that it may have had at any time. */
  ever(name: string): readonly Version[] {
    return [...(this.#ever.get(name) ?? [])];
  }

  /** The one version, where there is no doubt. */
  certain(name: string): Version | undefined {
    const [only, ...others] = this.possible(name);
    return others.length === 0 ? only : undefined;
  }

  /** Something is asked for that makes it this version. */
  asked(name: string, version: Version): void {
    this.#set(name, [...new Set([...this.possible(name), version])]);
  }

  /** That was acknowledged, or this version was seen. */
  known(name: string, version: Version): void {
    this.#set(name, [version]);
  }

  /** Collects every version that is right at some time from now until the watch is ended. */
  watch(): { end(): ReadonlyMap<string, ReadonlySet<Version>> } {
    const seen = new Map(this.names.map((name) => [name, new Set(this.possible(name))]));
    this.#watches.add(seen);
    return {
      end: () => {
        this.#watches.delete(seen);
        return seen;
      },
    };
  }

  #set(name: string, versions: Version[]): void {
    for (const seen of this.#watches) {
      const before = seen.get(name) ?? new Set(this.possible(name));
      seen.set(name, new Set([...before, ...versions]));
    }
    this.#ever.set(name, new Set([...this.ever(name), ...versions]));
    this.#possible.set(name, versions);
  }
}

/** A backup that was acknowledged, and what it may hold. */
export interface BackupExpectation {
  readonly path: string;
  readonly documents: ReadonlyMap<string, ReadonlySet<Version>>;
}

/** Everything that is expected of a data folder. */
export class Expectation {
  readonly documents = new Versions();
  readonly types = new Versions();
  /** Versions that no file may hold any more, by document. */
  readonly #purged = new Map<string, Set<Version>>();
  /** The same for purges that were not answered: they count once the document is gone. */
  readonly #purging = new Map<string, readonly Version[]>();

  /** The newest backup. */
  backup: BackupExpectation | undefined;

  /** A purge is asked for: of nothing that the document ever was may anything be left when it is done. */
  purgeAsked(name: string): void {
    this.#purging.set(name, this.documents.ever(name));
    this.documents.asked(name, null);
  }

  /** A purge was acknowledged. */
  purgeDone(name: string): void {
    this.documents.known(name, null);
    const before = this.#purged.get(name) ?? [];
    this.#purged.set(name, new Set([...before, ...(this.#purging.get(name) ?? [])]));
    this.#purging.delete(name);
  }

  /** A document was seen to be of this version, or not to be there. */
  seen(name: string, version: Version): void {
    if (this.#purging.has(name) && version === null) this.purgeDone(name);
    this.#purging.delete(name);
    this.documents.known(name, version);
  }

  /** Whether nothing may be left of a version of a document. */
  isPurged(name: string, version: Version): boolean {
    return this.#purged.get(name)?.has(version) ?? false;
  }

  /** Whether a purge may have been done that was not answered. */
  isPurging(name: string): boolean {
    return this.#purging.has(name);
  }

  /** Everything of which nothing may be left. */
  get purged(): readonly (readonly [name: string, version: number])[] {
    return [...this.#purged].flatMap(([name, versions]) =>
      [...versions].flatMap((version) => (version === null ? [] : [[name, version] as const])),
    );
  }
}
