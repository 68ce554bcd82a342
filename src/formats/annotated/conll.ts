/**
 * CoNLL: a token a line with its tag last, a blank line after each sentence.
 *
 * Tags are BIO, IOB1, BIOES or BILOU. Files from elsewhere have one column of tags and no text: tokens
 * are joined by a space, sentences by a line feed, and offsets are those of the result. What we write
 * names the columns of each document (`# global.columns = FORM NER NER`: one more for each mention that
 * overlaps the others) and keeps the text (`# text = …`, as JSON where it would not fit a line), so that it reads
 * back as it was. A document begins at `# newdoc id = …`, `-DOCSTART-` or `###…:id`.
 * Source: Tjong Kim Sang and De Meulder 2003; https://universaldependencies.org/ext-format.html
 */
import { AppError, appError } from '../../core/errors.ts';
import { compareSpans } from '../../core/span.ts';
import type { AnnotatedFormat, DocumentPrinting } from '../format.ts';
import { type LineResult, readLines } from '../lines.ts';
import { printFile } from '../printing.ts';
import type { Source } from '../source.ts';
import type { SourceDocument } from '../source-document.ts';
import { ConllDocument } from './conll-document.ts';
import { printConll } from './print-conll.ts';

const tagPattern = /^(?:O|[BIESLU]-\S.*)$/;

const columnsComment = /^#\s*global\.columns\s*=\s*(\S.*)$/;
const textComment = /^# text = (.*)$/s;
const documentComment = /^(?:# newdoc id = |###[A-Z]+:)(.*)$/s;

/** A value as written after "=": JSON where it is quoted. */
function valueOf(written: string): string {
  if (!/^".*"$/s.test(written)) return written;
  try {
    return String(JSON.parse(written));
  } catch {
    return written;
  }
}

/** Reads one file. */
class ConllReader {
  readonly #path: string;
  #layers: number | undefined;
  #document: ConllDocument;

  constructor(path: string) {
    this.#path = path;
    this.#document = new ConllDocument(path, undefined, 1);
  }

  /** The document that ends before this line, if one does. */
  take(text: string, line: number): ConllDocument | undefined {
    const id = documentComment.exec(text)?.[1];
    if (id !== undefined || text.startsWith('-DOCSTART-')) return this.#begin(id, line);
    if (text.trim() === '') this.#document.endSentence();
    else if (/^#(\s|$)/.test(text)) this.#takeComment(text);
    else this.#takeToken(text, line);
    return undefined;
  }

  fail(error: AppError): void {
    this.#document.error ??= error;
  }

  end(): ConllDocument {
    this.#document.endSentence();
    return this.#document;
  }

  #begin(id: string | undefined, line: number): ConllDocument {
    const ended = this.end();
    this.#document = new ConllDocument(
      this.#path,
      id === undefined ? undefined : valueOf(id),
      line,
    );
    return ended;
  }

  #takeComment(text: string): void {
    const columns = columnsComment.exec(text)?.[1]?.split(/\s+/);
    if (columns) this.#layers = columns.filter((name) => name === 'NER').length;
    const [, stated] = textComment.exec(text) ?? [];
    if (stated !== undefined) this.#document.state(valueOf(stated));
  }

  #takeToken(text: string, line: number): void {
    const columns = text.includes('\t') ? text.split('\t') : text.trim().split(/ +/);
    const tags = columns.slice(-(this.#layers ?? 1));
    const form = columns[0] ?? '';
    if (columns.length < 2 || form === '' || !tags.every((tag) => tagPattern.test(tag))) {
      const rule = 'a token and its tag (O, B-type, I-type, …)';
      throw appError('FILE_INVALID', { path: this.#path, line, rule, value: text });
    }
    this.#document.take(form, tags, line);
  }
}

function finish(document: ConllDocument): LineResult<SourceDocument> {
  const { line, error, id, text } = document;
  if (error) return { line, error };
  const mentions = document.mentions.sort(
    (a, b) => compareSpans(a, b) || (a.type < b.type ? -1 : 1),
  );
  return { line, value: { text, mentions, ...(id !== undefined && { externalId: id }) } };
}

async function* readConll(source: Source): AsyncGenerator<LineResult<SourceDocument>> {
  const reader = new ConllReader(source.path);
  for await (const read of readLines(source, (line) => line.replace(/\r$/, ''), {
    withBlank: true,
  })) {
    try {
      if ('error' in read) throw read.error;
      const ended = reader.take(read.value, read.line);
      if (ended && !ended.isEmpty) yield finish(ended);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      reader.fail(error);
    }
  }
  const last = reader.end();
  if (!last.isEmpty) yield finish(last);
}

/** A token line with a tag, near the beginning. */
function looksLikeConll(text: string): boolean {
  if (/^\ufeff?(?:-DOCSTART-|# (?:global\.columns =|newdoc))/.test(text)) return true;
  const lines = text
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#'))
    .slice(0, 20);
  const tokens = lines.slice(0, -1).map((line) => line.split(/\t| +/));
  return (
    tokens.length > 2 &&
    tokens.every((columns) => columns.length > 1 && tagPattern.test(columns.at(-1)!))
  );
}

const printing: DocumentPrinting = {
  name: 'documents.conll',
  head: '',
  between: '',
  tail: '',
  document: printConll,
};

/** CoNLL. */
export const conllFormat: AnnotatedFormat = {
  name: 'CoNLL',
  mediaTypes: ['text/x-conll', 'text/plain'],
  recognise: ({ name, text }) => /\.(conll|iob2?|bio)$/.test(name) || looksLikeConll(text),
  read: readConll,
  printing,
  print: (documents) => [printFile(printing, documents)],
};
