/** Texts of the crash test: real abstracts, each with a word that no other text has. */
import { readSamples } from '../../../src/app/samples.ts';

const abstracts = (await readSamples()).map(({ text }) => text);

/** The word by which a version of a document is told from all others, in whatever file it is. */
export const canaryOf = (name: string, version: number): string => `zq${name}v${version}qz`;

/** The text of a version of a document. Some are a few windows long, some a sentence; some have NULs. */
export function textOf(name: string, version: number): string {
  const at = (version * 37 + (name.codePointAt(0) ?? 0) * 11 + Number(name.slice(1))) % 500;
  const abstract = abstracts[at] ?? '';
  const length = version % 3 === 0 ? abstract.length : 200 + (version % 7) * 60;
  const unread = '\0'.repeat(version % 4);
  return `${abstract.slice(0, length).trim()}${unread} Case ${canaryOf(name, version)}.`;
}

/** The description of a version of an entity type. */
export const descriptionOf = (name: string, version: number): string =>
  `${name}: what is called so, by the description of number ${version}.`;
