/** An answer with the time that it took, in milliseconds. */
export async function timed<Answer extends object>(
  find: () => Promise<Answer>,
): Promise<Answer & { readonly timeMs: number }> {
  const start = performance.now();
  const answer = await find();
  return { ...answer, timeMs: performance.now() - start };
}
