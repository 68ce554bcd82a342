/** Work that is done now and then. */

/** Does something again and again; does not keep the program running. */
export function repeat(
  everyMs: number,
  work: () => Promise<void>,
  failed: (error: unknown) => void,
): NodeJS.Timeout {
  return setInterval(() => void work().catch(failed), everyMs).unref();
}
