/**
 * What a server must answer once it has read all that it was given: every document with exactly the
 * mentions that a fresh reading finds, each of them reachable, and the same counts everywhere.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { withReader } from '../../../src/store/maintenance.ts';
import type { GraphqlAnswer } from '../ask-server.ts';
import { seededRandom } from '../vectors/random-vectors.ts';
import type { Expectation, Version } from './expectation.ts';
import type { Report } from './report.ts';
import { descriptionOf, textOf } from './texts.ts';

/** What to ask, and what is expected. */
export interface ServerCheck {
  readonly ask: (
    query: string,
    variables?: Readonly<Record<string, unknown>>,
  ) => Promise<GraphqlAnswer>;
  readonly dataFolder: string;
  readonly expectation: Expectation;
  readonly report: Report;
  /** Global ids by name; what is seen is put in. */
  readonly ids: Map<string, string>;
  /** Readings that were asked for before: the same text and types give the same. */
  readonly readings: Map<string, readonly string[]>;
  /** Chooses the surface forms that are searched for. */
  readonly seed: number;
  /** How long everything may take to be read and indexed. Default: 600,000, for machines that others use. */
  readonly settleMs?: number;
}

interface SeenCoverage {
  readonly characters: number;
  readonly charactersRead: number;
  readonly windows: number;
  readonly dropped: readonly { readonly start: number; readonly end: number }[];
}

interface SeenDocument {
  readonly id: string;
  readonly externalId: string;
  readonly text: string;
  readonly state: string;
  readonly error: unknown;
  readonly coverage: SeenCoverage | null;
}

interface SeenType {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly documentsScored: number;
  readonly documentsTotal: number;
}

interface SeenMention {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly type: { readonly name: string };
  readonly document: { readonly externalId: string };
}

interface Page<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

const defaultSettleMs = 600_000;
const formsSearched = 12;
const pageInfo = 'pageInfo { hasNextPage endCursor }';
const mentionFields = 'id start end text type { name } document { externalId }';

const statusQuery = `{ status {
  counts { documents documentsQueued documentsRunning documentsDone documentsFailed mentions surfaceForms entityTypes }
  indexes { space state size tail crashes missed }
  coverage { characters charactersRead windows droppedParts droppedByReason { parts } } }
  entityTypes(first: 100) { nodes { id name description documentsScored documentsTotal } } }`;
const documentsQuery = `query ($after: String) { page: documents(first: 100, after: $after) {
  nodes { id externalId text state error { code message }
    coverage { characters charactersRead windows dropped { start end } } } ${pageInfo} } }`;
const mentionsQuery = `query ($after: String) { page: mentions(first: 100, after: $after) {
  nodes { ${mentionFields} } ${pageInfo} } }`;
const typedQuery = `query ($after: String, $type: String!) {
  page: mentionsOfType(type: $type, first: 100, after: $after) {
    nodes { ${mentionFields} } ${pageInfo} } }`;
const extractQuery = `query ($text: String!) { extract(text: $text) { mentions { start end type } } }`;
const similarQuery = `query ($text: String!) {
  similarMentions(to: { text: $text }, first: 1) { edges { similarity node { text } } } }`;

const placeOf = ({ start, end, document }: SeenMention): string =>
  `${document.externalId} ${start}-${end}`;

const typedPlaceOf = (mention: SeenMention): string => `${placeOf(mention)} ${mention.type.name}`;

/** What the database itself holds. */
const countRows = `SELECT (SELECT count(*) FROM documents) AS documents,
  (SELECT count(*) FROM mentions) AS mentions,
  (SELECT count(*) FROM surface_forms) AS surfaceForms,
  (SELECT count(*) FROM windows) AS windows,
  (SELECT count(*) FROM spans WHERE type_vector IS NOT NULL) AS TYPE,
  (SELECT count(*) FROM surface_forms WHERE meaning_vector IS NOT NULL) AS MEANING,
  (SELECT count(*) FROM spans WHERE type_vector IS NULL) AS bareSpans,
  (SELECT count(*) FROM surface_forms WHERE meaning_vector IS NULL) AS bareForms`;

/** One look at a server. */
class ServerLook {
  readonly #check: ServerCheck;
  readonly #report: Report;

  constructor(check: ServerCheck) {
    this.#check = check;
    this.#report = check.report;
  }

  async look(): Promise<void> {
    if (!(await this.#settles())) return;
    const types = await this.#types();
    const documents = await this.#documents();
    const mentions = await this.#pages<SeenMention>(mentionsQuery);
    await this.#mentionsAreThoseOf(documents, mentions, types);
    await this.#counts(documents, mentions);
    for (const { name } of types) await this.#reachesByType(name, mentions);
    await this.#reachesByMeaning(mentions);
  }

  async #ask<Data>(
    query: string,
    variables: Readonly<Record<string, unknown>> = {},
  ): Promise<Data> {
    const { data, errors } = await this.#check.ask(query, variables);
    this.#report.check(errors.length === 0, `a query failed: ${JSON.stringify(errors)}`);
    if (data === null) throw new Error(`No answer: ${JSON.stringify(errors)}`);
    return data as Data;
  }

  async #pages<Node>(query: string, variables: Readonly<Record<string, unknown>> = {}) {
    const nodes: Node[] = [];
    for (let after: string | null = null; ; ) {
      const { page }: { page: Page<Node> } = await this.#ask(query, { ...variables, after });
      nodes.push(...page.nodes);
      if (!page.pageInfo.hasNextPage) return nodes;
      after = page.pageInfo.endCursor;
    }
  }

  #rows(): Readonly<Record<string, number>> {
    return withReader(
      this.#check.dataFolder,
      (connection) => connection.query<Record<string, number>>(countRows, {})[0] ?? {},
    );
  }

  /** Whether the model's process reads again, which may have been killed last. */
  async #modelAnswers(): Promise<boolean> {
    const { errors } = await this.#check.ask(extractQuery, { text: 'a' });
    return errors.every(({ extensions }) => extensions.code !== 'CHILD_PROCESS_DOWN');
  }

  /** Waits until nothing is left to be read, scored, encoded or indexed, and the model can be asked. */
  async #settles(): Promise<boolean> {
    const { ask, settleMs = defaultSettleMs } = this.#check;
    const until = Date.now() + settleMs;
    let last = '';
    while (Date.now() < until) {
      const { data } = await ask(statusQuery);
      if (data && this.#isSettled(data) && (await this.#modelAnswers())) return true;
      last = JSON.stringify(data);
      await sleep(50);
    }
    this.#report.check(false, `there is still something to be done: ${last}`);
    return false;
  }

  #isSettled({ status: { counts, indexes }, entityTypes }: GraphqlAnswer['data']): boolean {
    const { bareSpans, bareForms, TYPE, MEANING } = this.#rows();
    const sizes: Readonly<Record<string, number | undefined>> = { TYPE, MEANING };
    return (
      counts.documentsQueued + counts.documentsRunning === 0 &&
      entityTypes.nodes.every((type: SeenType) => type.documentsScored === type.documentsTotal) &&
      bareSpans === 0 &&
      bareForms === 0 &&
      indexes.every(
        ({ space, state, size }: { space: string; state: string; size: number }) =>
          state === 'READY' && size === sizes[space],
      )
    );
  }

  async #types(): Promise<readonly SeenType[]> {
    const { expectation, ids } = this.#check;
    const { types } = expectation;
    const { entityTypes } = await this.#ask<{ entityTypes: { nodes: SeenType[] } }>(statusQuery);
    const seen = new Map(entityTypes.nodes.map((type) => [type.name, type]));
    for (const name of types.names) {
      const possible = types.possible(name);
      const type = seen.get(name);
      const version = possible.find((one) =>
        one === null ? !type : type?.description === descriptionOf(name, one),
      );
      const expected = possible.join(' or ');
      this.#report.check(
        version !== undefined,
        `${name} should be ${expected}: ${type?.description}`,
      );
      types.known(name, version ?? null);
      if (type) ids.set(name, type.id);
    }
    const others = [...seen.keys()].filter((name) => !types.names.includes(name));
    this.#report.same(others, ['Chemical', 'Disease'], 'types');
    return entityTypes.nodes;
  }

  /** Every document is one that was acknowledged, whole, and read. */
  async #documents(): Promise<readonly SeenDocument[]> {
    const { expectation, ids } = this.#check;
    const documents = await this.#pages<SeenDocument>(documentsQuery);
    const seen = new Map(documents.map((document) => [document.externalId, document]));
    this.#report.check(seen.size === documents.length, 'a document is there twice');
    for (const name of new Set([...seen.keys(), ...expectation.documents.names])) {
      const document = seen.get(name);
      const version = this.#versionOf(name, document);
      expectation.seen(name, version);
      if (document) ids.set(name, document.id);
      if (document) this.#isRead(document);
    }
    return documents;
  }

  #versionOf(name: string, document: SeenDocument | undefined): Version {
    const possible = this.#check.expectation.documents.possible(name);
    const version = possible.find((one) =>
      one === null ? !document : document?.text === textOf(name, one),
    );
    const found = document ? document.text.slice(-40) : 'not there';
    const what = `${name} should be ${possible.join(' or ')} and is ${found}`;
    this.#report.check(version !== undefined, what);
    return version ?? null;
  }

  #isRead({ externalId, text, state, error, coverage }: SeenDocument): void {
    const what = `${externalId} is ${state} ${JSON.stringify(error)}`;
    this.#report.check(state === 'DONE', what);
    const dropped = coverage?.dropped.reduce((sum, { start, end }) => sum + end - start, 0) ?? 0;
    const isWhole =
      coverage?.characters === text.length && coverage.charactersRead + dropped === text.length;
    this.#report.check(isWhole, `coverage of ${externalId}: ${JSON.stringify(coverage)}`);
  }

  async #mentionsAreThoseOf(
    documents: readonly SeenDocument[],
    mentions: readonly SeenMention[],
    types: readonly SeenType[],
  ): Promise<void> {
    const key = JSON.stringify(types.map(({ name, description }) => [name, description]));
    const texts = new Map(documents.map(({ externalId, text }) => [externalId, text]));
    for (const mention of mentions) {
      const slice = texts.get(mention.document.externalId)?.slice(mention.start, mention.end);
      this.#report.check(slice === mention.text, `${typedPlaceOf(mention)} is not ${mention.text}`);
    }
    for (const { externalId, text } of documents) {
      const expected = await this.#reading(text, key);
      const found = mentions
        .filter(({ document }) => document.externalId === externalId)
        .map(({ start, end, type }) => `${start}-${end} ${type.name}`);
      this.#report.same(found, expected, `mentions of ${externalId}`);
    }
  }

  /** What a reading of the text finds now, for the types that there are. */
  async #reading(text: string, types: string): Promise<readonly string[]> {
    const { readings } = this.#check;
    const key = `${types}\n${text}`;
    const known = readings.get(key);
    if (known) return known;
    const { extract } = await this.#ask<{
      extract: { mentions: { start: number; end: number; type: string }[] };
    }>(extractQuery, { text });
    const found = extract.mentions.map(({ start, end, type }) => `${start}-${end} ${type}`);
    readings.set(key, found);
    return found;
  }

  /** Database, indexes and answers have the same numbers of everything. */
  async #counts(
    documents: readonly SeenDocument[],
    mentions: readonly SeenMention[],
  ): Promise<void> {
    const { status } = await this.#ask<GraphqlAnswer['data']>(statusQuery);
    const { counts, indexes } = status;
    const rows = this.#rows();
    const forms = new Set(mentions.map(({ text }) => text.toLowerCase())).size;
    const is = (what: string, ...numbers: readonly unknown[]) =>
      this.#report.check(new Set(numbers).size === 1, `${what}: ${numbers.join(', ')}`);
    is('documents', documents.length, rows['documents'], counts.documents, counts.documentsDone);
    is('mentions', mentions.length, rows['mentions'], counts.mentions);
    is('surface forms', forms, rows['surfaceForms'], counts.surfaceForms);
    const sum = (size: (coverage: SeenCoverage) => number) =>
      documents.reduce((total, { coverage }) => total + (coverage ? size(coverage) : 0), 0);
    const { characters, charactersRead, windows, droppedParts, droppedByReason } = status.coverage;
    const reasons = droppedByReason as readonly { readonly parts: number }[];
    const parts = reasons.reduce((total, each) => total + each.parts, 0);
    is(
      'characters',
      sum((coverage) => coverage.characters),
      characters,
    );
    is(
      'characters read',
      sum((coverage) => coverage.charactersRead),
      charactersRead,
    );
    is(
      'windows',
      sum((coverage) => coverage.windows),
      windows,
      rows['windows'],
    );
    is(
      'dropped parts',
      sum(({ dropped }) => dropped.length),
      droppedParts,
      parts,
    );
    for (const { space, size, missed } of indexes) {
      is(`vectors of ${space}`, size, rows[space]);
      is(`vectors that ${space} did not find`, missed, 0);
    }
  }

  /** A type finds every mention of it, and nothing that is not stored. */
  async #reachesByType(type: string, mentions: readonly SeenMention[]): Promise<void> {
    const found = await this.#pages<SeenMention>(typedQuery, { type });
    const places = new Set(found.map(placeOf));
    const stored = new Set(mentions.map(placeOf));
    const unreachable = mentions
      .filter((mention) => mention.type.name === type && !places.has(placeOf(mention)))
      .map(placeOf);
    const phantoms = [...places].filter((place) => !stored.has(place));
    this.#report.check(
      unreachable.length === 0,
      `${type} does not reach ${unreachable.join(', ')}`,
    );
    this.#report.check(phantoms.length === 0, `${type} finds phantoms: ${phantoms.join(', ')}`);
  }

  /** Some surface forms find themselves. */
  async #reachesByMeaning(mentions: readonly SeenMention[]): Promise<void> {
    const random = seededRandom(this.#check.seed);
    const forms = [...new Set(mentions.map(({ text }) => text.toLowerCase()))];
    for (let i = 0; i < Math.min(formsSearched, forms.length); i += 1) {
      const text = forms[Math.floor(random() * forms.length)] ?? '';
      const { similarMentions } = await this.#ask<{
        similarMentions: { edges: { similarity: number; node: { text: string } }[] };
      }>(similarQuery, { text });
      const [first] = similarMentions.edges;
      const isFound = first !== undefined && first.similarity > 0.999;
      this.#report.check(isFound, `"${text}" does not find itself: ${JSON.stringify(first)}`);
    }
  }
}

/** Looks at everything that must hold of the answers; notes what is seen to be there. */
export const checkServer = (check: ServerCheck): Promise<void> => new ServerLook(check).look();
