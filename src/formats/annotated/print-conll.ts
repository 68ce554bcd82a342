/**
 * CoNLL as it is written: see `conll.ts`.
 */
import { compareSpans, type Span } from '../../core/span.ts';
import type { ImportedDocument, ImportedMention } from '../source-document.ts';
import { requireHolds, requireNoNul, requireNoPages } from './holding.ts';

const format = 'CoNLL';

const asValue = (value: string): string =>
  /[\u0000-\u001f\u007f\u2028\u2029]|^["\s\ufeff]|\s$/.test(value) || value === ''
    ? JSON.stringify(value)
    : value;

/** Mentions in as few columns as hold them without overlap. */
function layersOf(mentions: readonly ImportedMention[]): ImportedMention[][] {
  const layers: ImportedMention[][] = [];
  for (const mention of [...mentions].sort(compareSpans)) {
    const free = layers.find((layer) => layer.at(-1)!.end <= mention.start);
    if (free) free.push(mention);
    else layers.push([mention]);
  }
  return layers.length === 0 ? [[]] : layers;
}

/** Sentences: lines, but for those that a mention joins. */
function sentencesOf(text: string, mentions: readonly ImportedMention[]): Span[] {
  const sentences: Span[] = [];
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) {
    const at = end;
    if (mentions.some((mention) => mention.start <= at && at < mention.end)) continue;
    sentences.push({ start, end });
    start = end + 1;
  }
  return [...sentences, { start, end: text.length }];
}

/** Tokens: what white space and the edges of mentions part. */
function* tokensOf(
  text: string,
  edges: ReadonlySet<number>,
  start: number,
): Generator<{ start: number; form: string }> {
  for (const match of text.matchAll(/\S+/g)) {
    let from = start + match.index;
    const end = from + match[0].length;
    for (let at = from + 1; at <= end; at += 1) {
      if (at < end && !edges.has(at)) continue;
      yield { start: from, form: text.slice(from - start, at - start) };
      from = at;
    }
  }
}

function tagAt(layer: readonly ImportedMention[], offset: number): string {
  const mention = layer.find(({ start, end }) => start <= offset && offset < end);
  if (mention === undefined) return 'O';
  return `${mention.start === offset ? 'B' : 'I'}-${mention.type}`;
}

/** A document's lines, with as many columns of tags as it needs. Throws: FORMAT_CANNOT_HOLD. */
export function printConll(document: ImportedDocument): string {
  requireNoPages(format, document);
  const { id, text, mentions } = document;
  requireHolds(id !== '', { format, rule: 'an id', value: id });
  requireNoNul(format, text);
  requireHolds(text !== '', { format, rule: 'a text', value: text });
  for (const { start, end, type, concept } of mentions) {
    const slice = text.slice(start, end);
    requireHolds(slice.trim() === slice, {
      format,
      rule: 'mentions without blanks at their ends',
      value: slice,
    });
    requireHolds(/^[^\s](?:[^\t\r\n]*[^\s])?$/.test(type), {
      format,
      rule: 'types of one line',
      value: type,
    });
    requireHolds(concept === undefined, {
      format,
      rule: 'mentions without concepts',
      value: concept,
    });
  }
  const layers = layersOf(mentions);
  const edges = new Set(mentions.flatMap(({ start, end }) => [start, end]));
  const lines = sentencesOf(text, mentions).map(({ start, end }) => {
    const sentence = text.slice(start, end);
    const tokens = [...tokensOf(sentence, edges, start)].map(
      (token) =>
        `${[token.form, ...layers.map((layer) => tagAt(layer, token.start))].join('\t')}\n`,
    );
    return `# text = ${asValue(sentence)}\n${tokens.join('')}\n`;
  });
  const columns = `# global.columns = FORM${' NER'.repeat(layers.length)}`;
  return `# newdoc id = ${asValue(id)}\n${columns}\n${lines.join('')}`;
}
