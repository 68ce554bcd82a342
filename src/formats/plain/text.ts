/**
 * Plain text: a file is a document, exactly as it is. Its title is the file's name; it is known by its
 * text alone, because two folders may have files of one name.
 */
import { readText } from '../encoding.ts';
import type { Format, Head } from '../format.ts';

/** More of these than one in a hundred characters, and it is no text. Line breaks and tabs are fine. */
const controls = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/g;

/** In a short text one in a hundred would be none. */
const maxStrayControls = 3;

/** True for text in any script; NUL and the like may stand in it, but not be much of it. */
export function isText({ text, bytes }: Pick<Head, 'text' | 'bytes'>): boolean {
  if (bytes.length === 0) return true;
  return (text.match(controls)?.length ?? 0) <= Math.max(maxStrayControls, text.length / 100);
}

/** Names that promise something else: such a file is not read as if it were text. */
const otherEnding = /\.(json|xml|pdf|docx?|xlsx?|pptx?|zip|tar|ann)$/;

/** Plain text. */
export const textFormat: Format = {
  name: 'plain text',
  mediaTypes: ['text/plain'],
  recognise: (head) => !otherEnding.test(head.name) && isText(head),
  async *read(source) {
    yield { line: 1, value: { text: await readText(source), title: source.name } };
  },
};
