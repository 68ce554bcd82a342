/**
 * A web page: its main content as Firefox's reader view finds it, with block elements on lines of their
 * own. Text outside of it, and what is never shown, is noted as dropped.
 *
 * Readability moves and renames elements and reads a page several times. So every element gets a number
 * first; which numbers come out tells which texts of the untouched page are main content.
 */
import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import { appError } from '../core/errors.ts';
import { decodedWhole } from './encoding.ts';
import { maxDepth, maxHtmlElements } from './limits.ts';
import type { DroppedTextReason, SourceDocument } from './source-document.ts';
import { type Separator, TextBuilder } from './text-builder.ts';

/** What we use of a document tree. */
interface TreeNode {
  readonly nodeType: number;
  readonly localName: string;
  readonly textContent: string;
  readonly firstChild: TreeNode | null;
  readonly nextSibling: TreeNode | null;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
}

interface Tree {
  readonly documentElement: TreeNode;
}

const elementType = 1;
const textType = 3;
const numberAttribute = 'data-spandex-number';

const never = new Set([
  'script',
  'style',
  'template',
  'noscript',
  'svg',
  'iframe',
  'object',
  'head',
]);

const blocks: Readonly<Record<string, Separator>> = Object.fromEntries([
  ...[
    'p',
    'h1',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'blockquote',
    'pre',
    'table',
    'article',
    'section',
  ].map((name) => [name, '\n\n'] as const),
  ...[
    'div',
    'li',
    'ul',
    'ol',
    'dl',
    'dt',
    'dd',
    'tr',
    'br',
    'hr',
    'header',
    'footer',
    'nav',
    'aside',
    'main',
    'form',
    'figure',
    'figcaption',
    'body',
    'address',
    'details',
    'summary',
    'option',
    'fieldset',
    'caption',
  ].map((name) => [name, '\n'] as const),
  ...['td', 'th'].map((name) => [name, '\t'] as const),
]);

/** An element that is open while the tree is walked. */
interface Level {
  readonly node: TreeNode;
  readonly number: number;
}

interface Visitor {
  open?(level: Level): void;
  text?(text: string, levels: readonly Level[]): void;
  close?(level: Level): void;
}

/** Goes through a tree in order, without recursion. Throws: FILE_TOO_COMPLEX. */
function walk(root: TreeNode, path: string, visitor: Visitor): void {
  const levels: Level[] = [];
  let number = 0;
  let node: TreeNode | null = root;
  while (node !== null) {
    if (node.nodeType === textType) visitor.text?.(node.textContent, levels);
    if (node.nodeType === elementType) {
      const level = { node, number };
      number += 1;
      levels.push(level);
      if (levels.length > maxDepth) {
        throw appError('FILE_TOO_COMPLEX', { path, what: 'levels of elements', max: maxDepth });
      }
      visitor.open?.(level);
      if (node.firstChild !== null) {
        node = node.firstChild;
        continue;
      }
      levels.pop();
      visitor.close?.(level);
    }
    node = following(node, levels, visitor);
  }
}

/** The next node behind one that is done with; elements that end before it are closed. */
function following(node: TreeNode, levels: Level[], visitor: Visitor): TreeNode | null {
  let at = node;
  while (at.nextSibling === null || levels.length === 0) {
    const level = levels.pop();
    if (level === undefined) return null;
    visitor.close?.(level);
    at = level.node;
  }
  return at.nextSibling;
}

const treeOf = (html: string): Tree => parseHTML(html).document;

/** A page with the elements that one always has, which readability counts on. */
const asPage = (html: string): string =>
  /<html[\s>]/i.test(html) ? html : `<!doctype html><html><head></head><body>${html}</body></html>`;

interface Article {
  /** Numbers of the elements that are main content; null when readability finds none. */
  readonly kept: ReadonlySet<number> | null;
  readonly title?: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
}

function articleOf(html: string, path: string): Article {
  const tree = treeOf(html);
  walk(tree.documentElement, path, {
    open: ({ node, number }) => node.setAttribute(numberAttribute, String(number)),
  });
  const reader = new Readability<unknown>(tree, {
    serializer: (node: unknown) => node,
    // One more each for what a page always has.
    maxElemsToParse: 2 * maxHtmlElements,
  });
  const article = reader.parse();
  const { title, byline, siteName, publishedTime, lang } = article ?? {};
  const pairs = {
    authors: byline ? [byline] : undefined,
    source: siteName,
    date: publishedTime,
    language: lang,
  };
  const metadata = Object.fromEntries(Object.entries(pairs).filter(([, value]) => value));
  const content = article?.content as TreeNode | null | undefined;
  if (!content) return { kept: null, title: title ?? undefined, metadata };
  const kept = new Set<number>();
  walk(content, path, {
    open: ({ node }) => {
      const number = node.getAttribute(numberAttribute);
      if (number !== null) kept.add(Number(number));
    },
  });
  return { kept, title: title ?? undefined, metadata };
}

const isHidden = (node: TreeNode): boolean =>
  never.has(node.localName) ||
  node.getAttribute('hidden') !== null ||
  /display\s*:\s*none/i.test(node.getAttribute('style') ?? '');

/** Why a text is not read; undefined when it is. */
function dropReason(
  levels: readonly Level[],
  kept: ReadonlySet<number> | null,
): DroppedTextReason | undefined {
  if (levels.some(({ node }) => isHidden(node))) return 'NOT_SHOWN';
  if (kept === null || kept.has(levels.at(-1)?.number ?? 0)) return undefined;
  return 'NOT_MAIN_CONTENT';
}

/** Adds a text as a browser shows it: white space is one blank, but in `pre`. */
function addShown(builder: TextBuilder, text: string, levels: readonly Level[]): void {
  if (levels.some(({ node }) => node.localName === 'pre')) return builder.add(text);
  if (/^\s/.test(text)) builder.separate(' ');
  builder.add(text.trim().replace(/[ \t\r\n\f]+/g, ' '));
  if (/\s$/.test(text)) builder.separate(' ');
}

function readTree(tree: Tree, kept: ReadonlySet<number> | null, path: string): TextBuilder {
  const builder = new TextBuilder();
  const separate = ({ node }: Level): void => {
    const separator = blocks[node.localName];
    if (separator !== undefined) builder.separate(separator);
  };
  walk(tree.documentElement, path, {
    open: separate,
    close: separate,
    text: (text, levels) => {
      const reason = dropReason(levels, kept);
      if (reason === undefined) addShown(builder, text, levels);
      else builder.drop(reason, text);
    },
  });
  return builder;
}

const declaredCharset = /<meta[^>]+charset\s*=\s*["']?([\w.:-]+)/i;

/** Elements that have no end, or none that must be written. */
const openEnded =
  /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr|p|li|dt|dd|tr|td|th|thead|tbody|tfoot|option|optgroup|colgroup|html|head|body)$/i;

const tag = /<(\/?)([a-z][\w-]{0,30})[^<>]{0,10000}>?/gi;

/**
 * Refuses what the tree's builder needs hours for; a rough count, before there is a tree.
 *
 * Throws: FILE_TOO_COMPLEX.
 */
function checkElements(page: string, path: string): void {
  let count = 0;
  let depth = 0;
  for (const [whole, slash, name = ''] of page.matchAll(tag)) {
    count += 1;
    if (slash === '/') depth = Math.max(0, depth - 1);
    else if (!openEnded.test(name) && !whole.endsWith('/>')) depth += 1;
    if (depth > 5 * maxDepth) {
      throw appError('FILE_TOO_COMPLEX', { path, what: 'levels of elements', max: maxDepth });
    }
  }
  if (count > 2 * maxHtmlElements) {
    throw appError('FILE_TOO_COMPLEX', { path, what: 'elements', max: maxHtmlElements });
  }
}

/** The document of a page's text. Throws: FILE_WITHOUT_TEXT, FILE_TOO_COMPLEX. */
export function readHtml(html: string, path: string): SourceDocument {
  const page = asPage(html);
  checkElements(page, path);
  const { kept, title, metadata } = articleOf(page, path);
  let { text, dropped } = readTree(treeOf(page), kept, path).finish();
  if (text.trim() === '') ({ text, dropped } = readTree(treeOf(page), null, path).finish());
  if (text.trim() === '') {
    throw appError('FILE_WITHOUT_TEXT', { path, line: 1, reason: 'a page that shows none' });
  }
  return {
    text,
    ...(title && { title }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(dropped.length > 0 && { dropped }),
  };
}

/** The document of a page. Throws: ENCODING_INVALID, and what `readHtml` throws. */
export function parseHtml(bytes: Buffer, path: string): SourceDocument {
  const declared = (head: Buffer): string | undefined =>
    declaredCharset.exec(head.subarray(0, 4_096).toString('latin1'))?.[1];
  return readHtml(decodedWhole(bytes, path, declared), path);
}
