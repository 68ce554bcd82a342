/**
 * Kills a working server again and again, and looks each time at what is left: first at the files, then,
 * started again, at its answers.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeIndexFiles } from '../../../src/store/index-files.ts';
import { checkErased, checkFolder } from './check-folder.ts';
import { checkServer } from './check-server.ts';
import { CrashingServer } from './crashing-server.ts';
import { Expectation } from './expectation.ts';
import { type Kill, killOf } from './plan.ts';
import { Report } from './report.ts';
import { Workload } from './workload.ts';

/** How many kills, and which. */
export interface CrashOptions {
  readonly kills: number;
  readonly seed: number;
  readonly onKill?: (kill: Kill, counts: CrashCounts) => void;
  readonly onLoss?: (loss: string) => void;
}

/** What came of it. */
export interface CrashCounts {
  readonly kills: number;
  readonly checks: number;
  readonly losses: number;
  /** Where everything is, when there was a loss; else it is gone. */
  readonly folder: string;
}

/** How long work goes on after a part of the server was killed. */
const afterwardsMs = 500;

/** A run of many kills. */
class CrashRun {
  readonly #options: CrashOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), 'spandex-crash-'));
  readonly #dataFolder = join(this.#folder, 'data');
  readonly #backupFolder = join(this.#folder, 'backups');
  readonly #expectation = new Expectation();
  readonly #report: Report;
  readonly #ids = new Map<string, string>();
  readonly #readings = new Map<string, readonly string[]>();
  #server: CrashingServer | undefined;
  #kills = 0;
  #round = 0;

  constructor(options: CrashOptions) {
    this.#options = options;
    this.#report = new Report((loss) =>
      options.onLoss?.(`round ${this.#round}, after ${this.#kills} kills: ${loss}`),
    );
    mkdirSync(this.#backupFolder);
  }

  /** A fault of the run itself is a loss too: what it would have found is not known. */
  async run(): Promise<CrashCounts> {
    try {
      await this.#rounds();
    } catch (error) {
      const what = error instanceof Error ? error.stack : String(error);
      this.#report.check(false, `the run has ended: ${what}`);
    }
    await this.#server?.stop();
    if (this.#counts.losses === 0) rmSync(this.#folder, { recursive: true });
    return this.#counts;
  }

  async #rounds(): Promise<void> {
    await this.#start().listens();
    while (this.#kills < this.#options.kills) {
      this.#round += 1;
      const kill = killOf(this.#options.seed, this.#round);
      await this.#inRound(kill);
      this.#options.onKill?.(kill, this.#counts);
    }
    await this.#server?.stop();
    await checkFolder(this.#dataFolder, this.#expectation, this.#report);
  }

  get #counts(): CrashCounts {
    const { checks, losses } = this.#report;
    return { kills: this.#kills, checks, losses: losses.length, folder: this.#folder };
  }

  #start(): CrashingServer {
    this.#server = CrashingServer.start(this.#dataFolder, join(this.#folder, 'server.log'));
    return this.#server;
  }

  async #inRound(kill: Kill): Promise<void> {
    const server = this.#server ?? this.#start();
    await this.#work(server, kill);
    if (kill.phase === 'closing') await this.#close(server, kill);
    await this.#lookAt(server.hasEnded ? await this.#startAgain(kill) : server);
  }

  /** Work, ended by the kill if it falls into this phase. */
  async #work(server: CrashingServer, kill: Kill): Promise<void> {
    const { seed } = this.#options;
    const workload = new Workload(
      {
        server,
        expectation: this.#expectation,
        report: this.#report,
        dataFolder: this.#dataFolder,
        backupFolder: this.#backupFolder,
        ids: this.#ids,
      },
      seed,
      this.#round,
    );
    const work = workload.run();
    await sleep(kill.afterMs);
    if (kill.phase !== 'closing') {
      const victim = kill.phase === 'starting' ? 'server' : kill.victim;
      this.#kill(server, { ...kill, victim });
      if (victim !== 'server') await sleep(afterwardsMs);
    }
    workload.end();
    await work;
    if (kill.phase !== 'closing' && kill.victim === 'server') await server.ended();
  }

  #kill(server: CrashingServer, { victim, choice }: Kill): void {
    if (server.kill(victim, choice)) this.#kills += 1;
  }

  async #close(server: CrashingServer, kill: Kill): Promise<void> {
    server.terminate();
    await sleep(kill.afterMs);
    this.#kill(server, kill);
    await server.ended();
  }

  /** Looks at the files and starts again; the kill may fall into that, and it is done again then. */
  async #startAgain(kill: Kill): Promise<CrashingServer> {
    await checkFolder(this.#dataFolder, this.#expectation, this.#report);
    if (kill.dropsSnapshots && existsSync(this.#dataFolder)) removeIndexFiles(this.#dataFolder);
    if (kill.phase === 'starting') {
      const started = this.#start();
      await sleep(kill.afterMs);
      this.#kill(started, kill);
      await started.ended();
      await checkFolder(this.#dataFolder, this.#expectation, this.#report);
    }
    const server = this.#start();
    const listens = await server.listens();
    this.#report.check(listens, 'the server does not start again');
    if (!listens) throw new Error(`The server does not start again: see ${this.#folder}.`);
    return server;
  }

  async #lookAt(server: CrashingServer): Promise<void> {
    await checkServer({
      ask: (query, variables) => server.ask(query, variables),
      dataFolder: this.#dataFolder,
      expectation: this.#expectation,
      report: this.#report,
      ids: this.#ids,
      readings: this.#readings,
      seed: this.#round,
    });
    checkErased(this.#dataFolder, this.#expectation, this.#report);
  }
}

/** Runs until so many processes were killed. */
export const runCrashTest = (options: CrashOptions): Promise<CrashCounts> =>
  new CrashRun(options).run();
