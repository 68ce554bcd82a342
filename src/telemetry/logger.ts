/**
 * The program's log: one JSON object a line on standard error, so that standard output is left to answers.
 *
 * Lines are plain ASCII: every other character is written as its \u escape, so that text of users
 * can neither break a line nor steer the terminal that shows it.
 */
import { pino } from 'pino';

/** From the most to the least that can be said. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

/** How much is logged: this level and everything more urgent. */
export type LogLevel = (typeof logLevels)[number];

/** Writes a message with its facts. Values go into the facts, never into the message. */
type Write = (facts: Readonly<Record<string, unknown>>, message: string) => void;

/** What the rest of the program sees of the log. */
export interface Logger {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

/** Something that takes finished lines, such as `process.stderr`. */
export interface LineSink {
  write(line: string): unknown;
}

const escapeAscii = (line: string): string =>
  line.replace(
    /[^\n\u0020-\u007e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** A log of this level. An `error` fact is written with its code, message, stack and cause. */
export function createLogger(level: LogLevel, sink: LineSink = process.stderr): Logger {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.errWithCause },
    },
    { write: (line) => sink.write(escapeAscii(line)) },
  );
  const write =
    (name: keyof Logger): Write =>
    (facts, message) =>
      logger[name](facts, message);
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}
