/**
 * Markdown: the text exactly as it is, marks and all, so that offsets are those of the file. What
 * front matter says (`key: value` between two lines `---`) becomes metadata and stays in the text.
 */
import { readText } from '../encoding.ts';
import type { Format } from '../format.ts';
import type { SourceDocument } from '../source-document.ts';

const frontMatter = /^---\r?\n([\s\S]{0,20000}?)\r?\n---\r?(?:\n|$)/;
const pair = /^([A-Za-z][\w-]*):[ \t]*(\S.*?)\s*$/;

/** Simple pairs only: nested ones are for YAML, which needs a parser of its own to be safe. */
function pairsOf(text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const line of (frontMatter.exec(text)?.[1] ?? '').split('\n')) {
    const [, key, value] = pair.exec(line) ?? [];
    if (key !== undefined && value !== undefined) {
      pairs[key] = value.replace(/^(["'])(.*)\1$/, '$2');
    }
  }
  return pairs;
}

/** The document of a text; `name` is its title where it has no heading. */
function parseMarkdown(text: string, name: string): SourceDocument {
  const { title, ...metadata } = pairsOf(text);
  const heading = /^#[ \t]+(\S.{0,500})$/m.exec(text)?.[1]?.replace(/\s*#*\s*$/, '');
  return {
    text,
    title: title ?? heading ?? name,
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
}

/** Markdown. */
export const markdownFormat: Format = {
  name: 'Markdown',
  mediaTypes: ['text/markdown'],
  // Nothing but the name sets it apart from plain text, which it also is.
  recognise: ({ name, text }) => /\.(md|markdown)$/.test(name) || frontMatter.test(text),
  async *read(source) {
    yield { line: 1, value: parseMarkdown(await readText(source), source.name) };
  },
};
