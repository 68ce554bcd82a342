/**
 * The command line as a child process, as its users run it.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** How a command ended and what it said. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command is given besides its arguments. */
export interface CliOptions {
  readonly input?: string | Uint8Array;
  /** Environment variables on top of this process's. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a command. */
export const startCli = (
  args: readonly string[],
  { environment }: CliOptions = {},
): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    env: { ...process.env, SPANDEX_THREADS: '1', ...environment },
  });

/** The result of a command that was started. */
export async function cliResult(child: ChildProcessWithoutNullStreams): Promise<CliResult> {
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

/** Runs a command to its end. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = startCli(args, options);
  // A command that ends without reading its input closes the pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  return cliResult(child);
}
