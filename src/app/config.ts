/**
 * Every setting of the program, and the only reader of the environment. docs/configuration.md is
 * printed from the table below, and a test compares the two.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { defaultThreads } from '../core/default-threads.ts';
import { appError } from '../core/errors.ts';
import { logLevels } from '../telemetry/logger.ts';

/** The program's own folder: where models/, samples/ and schema.graphql are. */
export const packageRoot = fileURLToPath(new URL('../..', import.meta.url));

/** One setting: its variable, what it means and what it may be. */
interface Setting<Value> {
  readonly variable: string;
  readonly unit: string;
  /** The default as documentation shows it. */
  readonly shown: string;
  readonly range: string;
  readonly why: string;
  readonly default: Value;
  readonly schema: z.ZodType<Value>;
}

interface NumberRule {
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly default: number;
  readonly why: string;
}

const number = (variable: string, rule: NumberRule): Setting<number> => ({
  variable,
  unit: rule.unit,
  shown: String(rule.default),
  range: `a whole number from ${rule.min} to ${rule.max}`,
  why: rule.why,
  default: rule.default,
  schema: z.coerce.number().int().min(rule.min).max(rule.max),
});

const folder = (variable: string, path: readonly string[], why: string): Setting<string> => ({
  variable,
  unit: 'path',
  shown: path.join('/'),
  range: 'a folder',
  why,
  default: path.length === 1 ? join(...path) : join(packageRoot, ...path),
  schema: z.string().min(1),
});

const settings = {
  host: {
    variable: 'SPANDEX_HOST',
    unit: 'address',
    shown: '127.0.0.1',
    range: 'an address or name of this machine',
    why: 'What the server listens on. By default nobody but this machine can reach it: there are no accounts.',
    default: '127.0.0.1',
    schema: z.string().min(1),
  },
  port: number('SPANDEX_PORT', {
    unit: 'TCP port',
    min: 0,
    max: 65_535,
    default: 4000,
    why: 'Where the server listens; 0 takes any free port.',
  }),
  allowedHosts: {
    variable: 'SPANDEX_ALLOWED_HOSTS',
    unit: 'host names',
    shown: '(none)',
    range: 'names without port, separated by commas',
    why: 'Names besides localhost, 127.0.0.1, [::1] and the address that is listened on that the headers Host and Origin may hold. Any other is refused, so that a web page elsewhere cannot reach the server through its visitor.',
    default: [] as readonly string[],
    schema: z.string().transform((text): readonly string[] =>
      text
        .split(',')
        .map((name) => name.trim().toLowerCase())
        .filter((name) => name !== ''),
    ),
  },
  dataDirectory: folder(
    'SPANDEX_DATA_DIR',
    ['.data'],
    'Where the database and the indexes are kept, relative to the folder the program is started in.',
  ),
  modelDirectory: folder(
    'SPANDEX_MODEL_DIR',
    ['models', 'spandex-small'],
    'The model bundle that reads; the default is in the folder of the program. With another model, documents are read again.',
  ),
  logLevel: {
    variable: 'SPANDEX_LOG_LEVEL',
    unit: 'level',
    shown: 'info',
    range: `one of ${logLevels.join(', ')}`,
    why: 'How much is logged on standard error.',
    default: 'info' as const,
    schema: z.enum(logLevels),
  },
  threads: {
    ...number('SPANDEX_THREADS', {
      unit: 'threads',
      min: 1,
      max: 64,
      default: defaultThreads(),
      why: 'How many batches of windows the model reads at once, each in a thread of its own, with a copy of the weights.',
    }),
    shown: 'one for each processor, at most 8',
  },
  maxSilenceSeconds: number('SPANDEX_MAX_SILENCE_SECONDS', {
    unit: 'seconds',
    min: 1,
    max: 3_600,
    default: 120,
    why: 'A model’s process that computes for so long without a sign of life is ended and started again: a document that hangs it is tried again alone, given up after five attempts, and holds up nothing else. Between two windows of a text it gives one.',
  }),
  maxTextChars: number('SPANDEX_MAX_TEXT_CHARS', {
    unit: 'UTF-16 code units',
    min: 1_000,
    max: 10_000_000,
    default: 5_000_000,
    why: 'Longest text of a document. A document is one transaction and one answer, both held in memory.',
  }),
  maxExtractChars: number('SPANDEX_MAX_EXTRACT_CHARS', {
    unit: 'UTF-16 code units',
    min: 1_000,
    max: 10_000_000,
    default: 200_000,
    why: 'Longest text of the query `extract`, which is read while its caller waits: at 20,000 a second about 10 s.',
  }),
  maxBodyBytes: number('SPANDEX_MAX_BODY_BYTES', {
    unit: 'bytes',
    min: 100_000,
    max: 512_000_000,
    default: 32_000_000,
    why: 'Longest request over HTTP: room for the longest text in any script, escaped. An upload (`POST /ingest`) may have 16 GiB.',
  }),
  maxBodySeconds: number('SPANDEX_MAX_BODY_SECONDS', {
    unit: 'seconds',
    min: 1,
    max: 86_400,
    default: 120,
    why: 'Longest time that a request takes to arrive, so that slow senders cannot hold connections. An upload (`POST /ingest`) may take any time.',
  }),
  maxUploadSilenceSeconds: number('SPANDEX_MAX_UPLOAD_SILENCE_SECONDS', {
    unit: 'seconds',
    min: 1,
    max: 3_600,
    default: 60,
    why: 'An upload of which nothing comes for so long is ended.',
  }),
  maxMessageBytes: number('SPANDEX_MAX_MESSAGE_BYTES', {
    unit: 'bytes',
    min: 1_000,
    max: 64_000_000,
    default: 1_000_000,
    why: 'Longest message over WebSocket; what is longer, such as documents to ingest, goes over HTTP.',
  }),
  maxDepth: number('SPANDEX_MAX_DEPTH', {
    unit: 'levels',
    min: 3,
    max: 50,
    default: 12,
    why: 'Deepest selection of an operation: room for a mention, its document and that document’s mentions.',
  }),
  maxAliases: number('SPANDEX_MAX_ALIASES', {
    unit: 'aliases',
    min: 0,
    max: 1_000,
    default: 15,
    why: 'Most aliases of an operation: each can repeat a search.',
  }),
  maxDirectives: number('SPANDEX_MAX_DIRECTIVES', {
    unit: 'directives',
    min: 0,
    max: 1_000,
    default: 50,
    why: 'Most directives of an operation.',
  }),
  maxTokens: number('SPANDEX_MAX_TOKENS', {
    unit: 'tokens',
    min: 100,
    max: 100_000,
    default: 2_000,
    why: 'Longest operation: room for a vector written into it. Variables are not counted.',
  }),
  maxCost: number('SPANDEX_MAX_COST', {
    unit: 'objects',
    min: 100,
    max: 10_000_000,
    default: 50_000,
    why: 'Most objects that an operation may call for, page sizes multiplied along each path: 100 documents with 100 mentions each and their types are 20,201. A search counts as 200 to 2,000 more, an extraction, a preview or an import as 5,000. An answer over HTTP has the sum in `extensions.cost`.',
  }),
  maxConnections: number('SPANDEX_MAX_CONNECTIONS', {
    unit: 'WebSockets',
    min: 0,
    max: 10_000,
    default: 100,
    why: 'Most WebSockets open at once.',
  }),
  maxSubscriptions: number('SPANDEX_MAX_SUBSCRIPTIONS', {
    unit: 'operations',
    min: 1,
    max: 1_000,
    default: 20,
    why: 'Most operations under way on one WebSocket.',
  }),
  batchChars: number('SPANDEX_BATCH_CHARS', {
    unit: 'UTF-16 code units',
    min: 100,
    max: 1_000_000,
    default: 6_000,
    why: 'Documents are read together up to this length: longer is faster, shorter lets `extract` pass sooner.',
  }),
} as const;

/** The settings by name. */
export type Config = {
  readonly [Name in keyof typeof settings]: (typeof settings)[Name] extends Setting<infer Value>
    ? Value
    : z.output<(typeof settings)[Name]['schema']>;
};

/**
 * Reads and checks the settings; an empty variable counts as not set.
 *
 * Throws: SETTING_INVALID for the first variable that breaks its rule.
 */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const entries = Object.entries(settings).map(([name, setting]) => {
    const text = environment[setting.variable];
    if (text === undefined || text === '') return [name, setting.default];
    const parsed = setting.schema.safeParse(text);
    if (parsed.success) return [name, parsed.data];
    throw appError('SETTING_INVALID', {
      setting: setting.variable,
      rule: setting.range,
      value: text,
    });
  });
  return Object.fromEntries(entries) as Config;
}

/** docs/configuration.md. */
export function printConfiguration(): string {
  const rows = Object.values(settings).map(
    ({ variable, unit, shown, range, why }) =>
      `| \`${variable}\` | ${unit} | ${shown} | ${range} | ${why} |`,
  );
  return [
    '# Settings',
    '',
    'Environment variables, read once at the start; the options `--data`, `--model`, `--host` and `--port` of commands go before',
    'them. Printed from `src/app/config.ts` by `npm run docs`; do not edit.',
    '',
    '| variable | unit | default | may be | why |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
