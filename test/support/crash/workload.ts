/**
 * The steps of a round, carried out against a server until it is killed or the round is over. What is
 * asked for is noted before, and what is acknowledged after.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphqlAnswer } from '../ask-server.ts';
import { type CrashingServer, runBuilt } from './crashing-server.ts';
import type { Expectation } from './expectation.ts';
import { type DocumentStep, type Lane, lanes, type Step, stepsOf, type TypeStep } from './plan.ts';
import type { Report } from './report.ts';
import { descriptionOf, textOf } from './texts.ts';

/** What the steps work on. */
export interface WorkloadParts {
  readonly server: CrashingServer;
  readonly expectation: Expectation;
  readonly report: Report;
  readonly dataFolder: string;
  readonly backupFolder: string;
  /** Global ids of documents and types by name, as far as they are known. */
  readonly ids: Map<string, string>;
}

const putQuery = `mutation ($documents: [DocumentInput!]!, $wait: Float!) {
  ingestDocuments(input: { documents: $documents }, waitSeconds: $wait) {
    documents { id externalId } errors { code message } } }`;
const deleteQuery = `mutation ($ids: [ID!]!) {
  deleteDocuments(ids: $ids) { deletedIds errors { code message } } }`;
const purgeQuery = `mutation ($ids: [ID!]!) {
  purgeDocuments(ids: $ids) { purgedIds errors { code message } } }`;
const createTypeQuery = `mutation ($name: String!, $description: String!) {
  createEntityType(input: { name: $name, description: $description }) {
    entityType { id } errors { code message } } }`;
const changeTypeQuery = `mutation ($id: ID!, $description: String!) {
  updateEntityType(input: { id: $id, description: $description }) {
    entityType { id } errors { code message } } }`;
const deleteTypeQuery = `mutation ($id: ID!) {
  deleteEntityType(id: $id) { deletedId errors { code message } } }`;
const rerunQuery = `mutation ($name: String!) {
  rerunDocuments(filter: { type: $name }) { job { id } errors { code message } } }`;

type Answer = GraphqlAnswer['data'];

const versionsOfRound = 1_000;

/** A round of steps. */
export class Workload {
  readonly #parts: WorkloadParts;
  readonly #seed: number;
  readonly #round: number;
  #version: number;
  #isOver = false;

  constructor(parts: WorkloadParts, seed: number, round: number) {
    this.#parts = parts;
    this.#seed = seed;
    this.#round = round;
    this.#version = round * versionsOfRound;
  }

  /** Carries steps out until the round is over; ends with those that are under way. */
  async run(): Promise<void> {
    await Promise.all(lanes.map((lane) => this.#runLane(lane)));
  }

  /** Begins no more steps. */
  end(): void {
    this.#isOver = true;
  }

  async #runLane(lane: Lane): Promise<void> {
    for (const step of stepsOf(this.#seed, this.#round, lane)) {
      if (this.#isOver || this.#parts.server.hasEnded) return;
      await this.#take(step);
    }
  }

  #take(step: Step): Promise<void> {
    if ('names' in step) return this.#takeDocuments(step);
    if ('name' in step) return this.#changeTypes(step);
    return step.kind === 'backup' ? this.#backUp() : sleep(step.ms);
  }

  #takeDocuments(step: DocumentStep): Promise<void> {
    if (step.kind === 'put') return this.#put(step.names, step.waitSeconds);
    if (step.kind === 'delete') return this.#delete(step.names);
    return step.kind === 'purge' ? this.#purge(step.names) : this.#putAgain(step.names);
  }

  /** The answer's data, or nothing: what was asked for may have been done or not then. */
  async #ask(query: string, variables: Readonly<Record<string, unknown>>): Promise<Answer> {
    let answer: GraphqlAnswer;
    try {
      answer = await this.#parts.server.ask(query, variables);
    } catch {
      return null; // The server was killed.
    }
    const { errors, data } = answer;
    const bugs = errors.filter(({ extensions: { code } }) => code === 'INTERNAL_SERVER_ERROR');
    this.#parts.report.check(bugs.length === 0, `answered with a bug: ${JSON.stringify(bugs)}`);
    const [payload] = Object.values<Answer>(data ?? {});
    const refused = payload?.errors ?? [];
    this.#parts.report.check(refused.length === 0, `refused: ${JSON.stringify(refused)}`);
    return payload && refused.length === 0 ? payload : null;
  }

  #nextVersion(): number {
    this.#version += 1;
    return this.#version;
  }

  async #put(names: readonly string[], wait: number): Promise<void> {
    const { documents } = this.#parts.expectation;
    const given = names.map((name) => ({ name, version: this.#nextVersion() }));
    for (const { name, version } of given) documents.asked(name, version);
    const done = await this.#ask(putQuery, { documents: given.map(draftOf), wait });
    for (const { id, externalId } of done?.documents ?? []) this.#parts.ids.set(externalId, id);
    if (done) for (const { name, version } of given) documents.known(name, version);
  }

  /** What is given again is the same document. */
  async #putAgain(names: readonly string[]): Promise<void> {
    const given = this.#certain(names);
    if (given.length === 0) return;
    const done = await this.#ask(putQuery, { documents: given.map(draftOf), wait: 0 });
    for (const { id, externalId } of done?.documents ?? []) {
      const known = this.#parts.ids.get(externalId);
      this.#parts.report.check(known === id, `${externalId} given again became another document`);
    }
  }

  async #delete(names: readonly string[]): Promise<void> {
    const { documents } = this.#parts.expectation;
    const there = this.#certain(names);
    if (there.length === 0) return;
    for (const { name } of there) documents.asked(name, null);
    const ids = there.map(({ name }) => this.#idOf(name));
    const done = await this.#ask(deleteQuery, { ids });
    if (done) for (const { name } of there) documents.known(name, null);
  }

  async #purge(names: readonly string[]): Promise<void> {
    const { expectation } = this.#parts;
    const there = this.#certain(names);
    if (there.length === 0) return;
    for (const { name } of there) expectation.purgeAsked(name);
    const ids = there.map(({ name }) => this.#idOf(name));
    const done = await this.#ask(purgeQuery, { ids });
    if (done) for (const { name } of there) expectation.purgeDone(name);
  }

  async #changeTypes({ kind, name }: TypeStep): Promise<void> {
    const { expectation, ids } = this.#parts;
    const { types } = expectation;
    const version = types.certain(name);
    if (version === undefined || (version === null) !== (kind === 'create type')) return;
    const next = this.#nextVersion();
    const description = descriptionOf(name, next);
    if (kind === 'create type') {
      types.asked(name, next);
      const done = await this.#ask(createTypeQuery, { name, description });
      if (!done) return;
      ids.set(name, done.entityType.id);
      types.known(name, next);
    } else if (kind === 'change type') {
      types.asked(name, next);
      const done = await this.#ask(changeTypeQuery, { id: this.#idOf(name), description });
      if (done) types.known(name, next);
    } else if (kind === 'delete type') {
      types.asked(name, null);
      const done = await this.#ask(deleteTypeQuery, { id: this.#idOf(name) });
      if (done) types.known(name, null);
    } else {
      await this.#ask(rerunQuery, { name });
    }
  }

  /** The command reads the folder by itself: it goes on when the server is killed. */
  async #backUp(): Promise<void> {
    const { expectation, dataFolder, backupFolder, report } = this.#parts;
    const path = join(backupFolder, `${this.#nextVersion()}.sqlite`);
    const watch = expectation.documents.watch();
    const { code, stderr } = await runBuilt(['backup', path, '--data', dataFolder, '--json']);
    const documents = watch.end();
    report.check(code === 0, `a backup failed: ${stderr}`);
    if (code === 0 && existsSync(path)) expectation.backup = { path, documents };
  }

  /** Those that are there for certain, with their versions. */
  #certain(names: readonly string[]): { name: string; version: number }[] {
    return names.flatMap((name) => {
      const version = this.#parts.expectation.documents.certain(name);
      return typeof version === 'number' ? [{ name, version }] : [];
    });
  }

  #idOf(name: string): string {
    const id = this.#parts.ids.get(name);
    if (id === undefined) throw new Error(`${name} was never seen.`);
    return id;
  }
}

const draftOf = ({ name, version }: { name: string; version: number }) => ({
  externalId: name,
  text: textOf(name, version),
});
