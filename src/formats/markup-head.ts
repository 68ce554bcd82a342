/** How files of XML and HTML begin: a text that only speaks of their elements is neither. */

/** What is behind blanks, an XML declaration and comments. */
function behindComments(text: string): string {
  let at = 0;
  for (;;) {
    at += /^[\ufeff\s]*/.exec(text.slice(at))![0].length;
    const end = ['<!--', '<?'].some((start) => text.startsWith(start, at))
      ? text.indexOf('>', text.startsWith('<?', at) ? at : text.indexOf('--', at + 4))
      : -1;
    if (end < 0) return text.slice(at, at + 40);
    at = end + 1;
  }
}

const page = /^<(?:!doctype\s+html|html)[\s>]/i;

/** True for the beginning of a web page. */
export const beginsAsPage = (text: string): boolean => page.test(behindComments(text));

/** True for the beginning of XML that is no web page. */
export function beginsAsXml(text: string): boolean {
  const start = behindComments(text);
  return start.startsWith('<') && !page.test(start);
}
