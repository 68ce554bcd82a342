/**
 * Fields of a JSON object on a line, each checked as it is taken. All throw FILE_INVALID.
 */
import { appError } from '../core/errors.ts';
import type { LinePlace } from './lines.ts';

/** A JSON object whose fields are not checked yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** Throws unless the condition holds: "Line 3 of … must be (rule), but got: (value)." */
export function requireRule(
  place: LinePlace,
  condition: boolean,
  { rule, value }: { rule: string; value: unknown },
): asserts condition {
  if (!condition) throw appError('FILE_INVALID', { ...place, rule, value });
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object that a line of JSON is. */
export function parseObject(text: string, place: LinePlace): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw appError('FILE_INVALID', { ...place, rule: 'a JSON object', value: text }, cause);
  }
  requireRule(place, isObject(value), { rule: 'a JSON object', value });
  return value;
}

/** A text that is well-formed Unicode. Throws: ENCODING_INVALID as well. */
export function takeText(fields: Fields, name: string, place: LinePlace): string {
  const text = fields[name];
  requireRule(place, typeof text === 'string', {
    rule: `an object whose ${name} is a string`,
    value: text,
  });
  const offset = text.search(/\p{Surrogate}/u);
  if (offset >= 0) {
    const value = `a lone surrogate at offset ${offset} of ${name}`;
    throw appError('ENCODING_INVALID', { ...place, encoding: 'well-formed Unicode', value });
  }
  return text;
}

/** An id: a string that is not empty, or a whole number, which becomes one; undefined without it. */
export function takeId(fields: Fields, name: string, place: LinePlace): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  const id = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  requireRule(place, typeof id === 'string' && id !== '', {
    rule: `an object whose ${name} is a string, not empty`,
    value,
  });
  return id;
}

/** A string; undefined without it. */
export function takeString(fields: Fields, name: string, place: LinePlace): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  requireRule(place, typeof value === 'string', {
    rule: `an object whose ${name} is a string`,
    value,
  });
  return value;
}

/** An object; undefined without it. */
export function takeObject(fields: Fields, name: string, place: LinePlace): Fields | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  requireRule(place, isObject(value), { rule: `an object whose ${name} is an object`, value });
  return value;
}
