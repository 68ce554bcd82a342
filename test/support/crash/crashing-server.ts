/** The built server on a data folder, which can be killed by parts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { askServer, type GraphqlAnswer } from '../ask-server.ts';
import type { Victim } from './plan.ts';
import { familyOf, processesOf, untilEnded } from './processes.ts';

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const model = fileURLToPath(new URL('../../../models/tiny', import.meta.url));

/** Environment variables of a process, on top of this one's. */
export type Environment = Readonly<Record<string, string>>;

const environmentOf = (more: Environment) => ({
  ...process.env,
  SPANDEX_THREADS: '1',
  SPANDEX_LOG_LEVEL: 'info',
  ...more,
});

/** The arguments of a server on a data folder. */
export const serveArguments = (folder: string): string[] =>
  ['serve', '--port', '0', '--json'].concat('--data', folder, '--model', model);

/** How a command of the built command line ended, and what it printed. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the built command line. */
export async function runBuilt(
  args: readonly string[],
  environment: Environment = {},
): Promise<CommandResult> {
  const child = spawn(process.execPath, [main, ...args], { env: environmentOf(environment) });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (part: Buffer) => {
      said[name] += part.toString();
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
}

/** A server in a process of its own. */
export class CrashingServer {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  #url = '';
  /** Its processes when they were last looked at: they may outlive it for a moment. */
  #family: number[] = [];

  private constructor(child: ChildProcess, logFile: string) {
    this.#process = child;
    this.#ended = once(child, 'exit');
    child.stderr?.on('data', (part: Buffer) => appendFileSync(logFile, part));
  }

  /** Starts the process; it need not listen yet. */
  static start(folder: string, logFile: string, environment: Environment = {}): CrashingServer {
    const args = [main, ...serveArguments(folder)];
    return new CrashingServer(
      spawn(process.execPath, args, { env: environmentOf(environment) }),
      logFile,
    );
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** Waits until it listens. Returns false when it has ended before. */
  async listens(): Promise<boolean> {
    const { stdout } = this.#process;
    if (this.#url !== '') return true;
    if (!stdout || this.hasEnded) return false;
    const line = await Promise.race([once(stdout, 'data'), this.#ended.then(() => undefined)]);
    if (!line) return false;
    this.#url = (JSON.parse(String(line[0])) as { url: string }).url;
    return true;
  }

  /** Sends an operation. Throws: when there is no answer. */
  ask(query: string, variables?: Readonly<Record<string, unknown>>): Promise<GraphqlAnswer> {
    return askServer(this.#url, query, variables);
  }

  /** Kills a process of its own with SIGKILL. Returns false when there is none to be killed. */
  kill(victim: Victim, choice: number): boolean {
    const { pid } = this.#process;
    if (pid === undefined || this.hasEnded) return false;
    this.#family = familyOf(pid);
    const pids = processesOf(pid, victim);
    const chosen = pids[choice % pids.length];
    if (chosen === undefined) return false;
    try {
      return process.kill(chosen, 'SIGKILL');
    } catch {
      return false; // It has ended by itself meanwhile.
    }
  }

  /** Asks it to close. */
  terminate(): void {
    if (this.#process.pid !== undefined) this.#family = familyOf(this.#process.pid);
    this.#process.kill('SIGTERM');
  }

  /** Has it close, if it runs, and waits until it has. */
  async stop(): Promise<void> {
    if (!this.hasEnded) this.terminate();
    await this.ended();
  }

  /** Waits until it and its children have ended. */
  async ended(): Promise<void> {
    await this.#ended;
    await untilEnded(this.#family);
  }
}
