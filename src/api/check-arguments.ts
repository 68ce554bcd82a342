/** Arguments out of their range, refused with their name, the rule and the value. */
import { type AppError, appError } from '../core/errors.ts';

const maxTextChars = 1_000;

/** The error of an argument that is out of its range. */
export const invalid = (argument: string, rule: string, value: unknown): AppError =>
  appError('ARGUMENT_INVALID', { argument, rule, value });

/** The error of arguments that cannot all hold. */
export const contradictory = (names: string, rule: string, value: unknown): AppError =>
  appError('ARGUMENTS_CONTRADICT', { arguments: names, rule, value });

/** The name of the one argument that is given, neither null nor left out. Throws: ARGUMENTS_CONTRADICT. */
export function onlyGiven<Name extends string>(
  values: Readonly<Record<Name, unknown>>,
  path = '',
): Name {
  const names = Object.keys(values) as Name[];
  const given = names.filter((name) => values[name] !== null && values[name] !== undefined);
  const [name] = given;
  if (name !== undefined && given.length === 1) return name;
  throw contradictory(`${path}${names.join(', ')}`, 'be given one at a time', given);
}

/** Refuses a number that is not between two limits, which are included. Throws: ARGUMENT_INVALID. */
export function checkRange(
  argument: string,
  value: number,
  [min, max]: readonly [number, number],
): void {
  if (value >= min && value <= max) return;
  throw invalid(argument, `from ${min} to ${max}`, value);
}

/** A text without lone surrogates, from 1 code unit to a limit. Throws: ARGUMENT_INVALID. */
export function checkChars(argument: string, text: string, maxChars = maxTextChars): void {
  if (text.length >= 1 && text.length <= maxChars && !/\p{Surrogate}/u.test(text)) return;
  throw invalid(argument, `1 to ${maxChars} characters of well-formed Unicode`, text);
}

/** The same, and not white space alone. Throws: ARGUMENT_INVALID. */
export function checkWords(argument: string, text: string): void {
  checkChars(argument, text);
  if (text.trim() !== '') return;
  throw invalid(argument, `1 to ${maxTextChars} characters of well-formed Unicode`, text);
}
