/**
 * What stands beside a text, as far as it is kept: a paper of five thousand authors is read like any
 * other, and those for whom there is no place are noted as dropped.
 */
import { excerpt } from '../core/excerpt.ts';
import type { Fields } from './fields.ts';
import { maxMetadataJsonChars, maxTitleChars } from './limits.ts';
import { notRead } from './record.ts';
import type { SourceDocument } from './source-document.ts';

/** A name and a value of which there is no place for all. */
type Surplus = readonly [name: string, value: string];

/** A value under its key, as an object of JSON. Units: UTF-16 code units. */
const sizeOf = (key: string, value: unknown): number => JSON.stringify({ [key]: value }).length;

/** How many elements of a list have a place. */
function countThatFits(key: string, list: readonly unknown[], room: number): number {
  let size = sizeOf(key, []);
  const first = list.findIndex((element) => {
    size += JSON.stringify(element).length + 1;
    return size > room;
  });
  return first < 0 ? list.length : first;
}

const print = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** The shortest values first, so that one that is long takes no other's place. */
function fitMetadata(all: Fields): { metadata: Fields; surplus: Surplus[] } {
  const metadata: Record<string, unknown> = {};
  const surplus: Surplus[] = [];
  const keep = (key: string, value: unknown): void => {
    Object.defineProperty(metadata, key, { value, enumerable: true });
  };
  let room = maxMetadataJsonChars;
  const sized = Object.entries(all).map(([key, value]) => ({
    key,
    value,
    size: sizeOf(key, value),
  }));
  for (const { key, value, size } of sized.sort((a, b) => a.size - b.size)) {
    if (size <= room) keep(key, value);
    else {
      const count = Array.isArray(value) ? countThatFits(key, value, room) : 0;
      if (count > 0) keep(key, (value as unknown[]).slice(0, count));
      surplus.push([key, print(count > 0 ? (value as unknown[]).slice(count) : value)]);
    }
    room = Math.max(0, room - size);
  }
  return { metadata, surplus };
}

/** A document with as much beside its text as is kept; the rest is noted as dropped, at the text's end. */
export function fitDocument(document: SourceDocument): SourceDocument {
  const { text, title = '', metadata = {}, dropped = [] } = document;
  const kept = excerpt(title, maxTitleChars);
  const fitted = fitMetadata(metadata);
  const surplus = [...fitted.surplus];
  if (kept !== title) surplus.unshift(['title', title.slice(kept.length)]);
  if (surplus.length === 0) return document;
  const notes = surplus.flatMap(([name, value]) => notRead(name, value, text.length));
  return {
    ...document,
    ...(document.title !== undefined && { title: kept }),
    ...(document.metadata !== undefined && { metadata: fitted.metadata }),
    dropped: [...dropped, ...notes],
  };
}
