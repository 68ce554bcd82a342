/** What onnxruntime's own profile says of the operators of a graph. */

/** An event of the profile; the others have no operator. Units: microseconds. */
interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

/**
 * Milliseconds in each operator over the last `runs` of a graph, those with the most first.
 *
 * Throws: when the profile ends before that many: onnxruntime writes at most a million events.
 */
export function operatorTimes(profile: string, runs: number): [operator: string, ms: number][] {
  const events = (JSON.parse(profile) as readonly ProfileEvent[]).toSorted((a, b) => a.ts - b.ts);
  const starts = events.filter(({ name }) => name === 'model_run').map(({ ts }) => ts);
  const from = starts.at(-runs);
  if (from === undefined) {
    throw new Error(`The profile must have ${runs} runs, but got: ${starts.length}.`);
  }
  const times = new Map<string, number>();
  for (const { cat, name, ts, dur, args } of events) {
    if (cat !== 'Node' || ts < from || !name.endsWith('_kernel_time')) continue;
    const operator = args?.op_name ?? name;
    times.set(operator, (times.get(operator) ?? 0) + dur / 1000);
  }
  return [...times].toSorted((a, b) => b[1] - a[1]);
}
