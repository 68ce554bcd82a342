/** What was dropped, by reason. */

/** What was dropped for one reason. */
export interface DropSum {
  readonly reason: string;
  readonly parts: number;
  /** Units: UTF-16 code units. */
  readonly characters: number;
  /** Of what is no text. */
  readonly bytes: number;
}

/** Sums by reason as one list, most parts first. */
export function addDrops(drops: Iterable<DropSum>): DropSum[] {
  const sums = new Map<string, DropSum>();
  for (const { reason, parts, characters, bytes } of drops) {
    const sum = sums.get(reason) ?? { reason, parts: 0, characters: 0, bytes: 0 };
    sums.set(reason, {
      reason,
      parts: sum.parts + parts,
      characters: sum.characters + characters,
      bytes: sum.bytes + bytes,
    });
  }
  return [...sums.values()].sort((a, b) => b.parts - a.parts || (a.reason < b.reason ? -1 : 1));
}
