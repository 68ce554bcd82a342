/**
 * PubMed XML: an article is its title and, on the lines below, the parts of its abstract. What else
 * its record holds is metadata or noted as dropped, so that every character of it is accounted for.
 * Source: https://dtd.nlm.nih.gov/ncbi/pubmed/ (2019 and later).
 */
import { appError } from '../../core/errors.ts';
import type { Format } from '../format.ts';
import type { LineResult } from '../lines.ts';
import { beginsAsXml } from '../markup-head.ts';
import type { Source } from '../source.ts';
import type { SourceDocument } from '../source-document.ts';
import { TextBuilder } from '../text-builder.ts';
import { readXml, untilBroken, type XmlHandler } from '../xml.ts';

const records = new Set(['PubmedArticle', 'PubmedBookArticle']);

/** Elements that are metadata, by the end of their path. */
const metadataPaths: Readonly<Record<string, string>> = {
  'Journal/Title': 'source',
  'Book/BookTitle': 'source',
  'Article/Language': 'language',
  'KeywordList/Keyword': 'keywords',
  'MeshHeading/DescriptorName': 'meshTerms',
  'PublicationTypeList/PublicationType': 'publicationTypes',
};

const lists = new Set(['keywords', 'meshTerms', 'publicationTypes']);

/** Elements inside these belong to other articles. */
const foreign = new Set(['ReferenceList', 'CommentsCorrectionsList']);

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** A number from 1 to `max` in two digits; undefined for anything else. */
const twoDigits = (value: number, max: number): string | undefined =>
  value >= 1 && value <= max ? String(value).padStart(2, '0') : undefined;

const monthOf = (month: string): string | undefined =>
  twoDigits(months.indexOf(month.slice(0, 3).toLowerCase()) + 1 || Number(month), 12);

const dateParts = new Set(['Year', 'Month', 'Day', 'MedlineDate']);

/** "2020", "2020-05" or "2020-05-07", as far as it is known. */
function dateOf(year = '', month = '', day = ''): string | undefined {
  const parts = [/\d{4}/.exec(year)?.[0], monthOf(month), twoDigits(Number(day), 31)];
  const unknown = parts.indexOf(undefined);
  return parts.slice(0, unknown < 0 ? 3 : unknown).join('-') || undefined;
}

/** An element that is open. */
interface Level {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** An article as far as it has been read. */
class Article {
  readonly builder = new TextBuilder();
  readonly metadata: Record<string, string | string[]> = {};
  readonly authors: string[] = [];
  readonly line: number;
  pmid: string | undefined;
  title = '';
  date: Record<string, string> = {};
  author: Record<string, string> = {};

  constructor(line: number) {
    this.line = line;
  }

  /** Notes a value under a key; one that is there twice becomes a list. */
  keep(key: string, value: string): void {
    const known = this.metadata[key];
    if (Array.isArray(known)) known.push(value);
    else if (known === undefined) this.metadata[key] = lists.has(key) ? [value] : value;
    else if (known !== value) this.metadata[key] = [known, value];
  }

  /** Notes a part of the date; false for what the date will not say in whole. */
  keepDate(name: string, value: string): boolean {
    if (!dateParts.has(name)) return false;
    const known = (this.date[name] ??= value);
    // "1998 Dec-1999 Jan" and "Winter" say more than a date does.
    if (name === 'MedlineDate') return /^\d{4}$/.test(value);
    return known === value && (name !== 'Month' || monthOf(value) !== undefined);
  }

  /** Notes a part of the present author's name; false when another value is there. */
  keepNamePart(name: string, value: string): boolean {
    const known = (this.author[name] ??= value);
    return known === value;
  }

  /** Throws: FILE_WITHOUT_TEXT. */
  document(path: string): SourceDocument {
    const { text, dropped } = this.builder.finish();
    if (text === '') {
      const reason = `the article ${this.pmid ?? ''} has neither title nor abstract`;
      throw appError('FILE_WITHOUT_TEXT', { path, line: this.line, reason });
    }
    const date = dateOf(this.date.Year ?? this.date.MedlineDate, this.date.Month, this.date.Day);
    return {
      text,
      ...(this.pmid !== undefined && { externalId: this.pmid }),
      ...(this.title !== '' && { title: this.title }),
      metadata: {
        ...this.metadata,
        ...(date !== undefined && { date }),
        ...(this.authors.length > 0 && { authors: this.authors }),
      },
      ...(dropped.length > 0 && { dropped }),
    };
  }
}

const pmidParents = new Set(['MedlineCitation', 'BookDocument']);

/** Elements that are read as a whole, with those inside them (<i>, <sup>, formulas). */
const whole = new Set(['ArticleTitle', 'AbstractText', 'BookTitle']);

class PubmedHandler implements XmlHandler<LineResult<SourceDocument>> {
  readonly #path: string;
  readonly #levels: Level[] = [];
  #article: Article | undefined;
  #text = '';

  constructor(path: string) {
    this.#path = path;
  }

  open(name: string, attributes: Readonly<Record<string, string>>, line: number): void {
    if (records.has(name)) this.#article = new Article(line);
    if (!this.#isInWhole()) this.#flush();
    this.#levels.push({ name, attributes });
  }

  text(text: string): void {
    if (this.#article) this.#text += text;
  }

  close(name: string): LineResult<SourceDocument> | undefined {
    const article = this.#article;
    if (article && (whole.has(name) || !this.#isInWhole())) this.#take(article);
    if (article && name === 'Author') this.#takeAuthor(article);
    this.#levels.pop();
    if (!article || !records.has(name)) return undefined;
    this.#article = undefined;
    const { line } = article;
    try {
      return { line, value: article.document(this.#path) };
    } catch (error) {
      return { line, error: error as never };
    }
  }

  #isInWhole = (): boolean => this.#levels.some(({ name }) => whole.has(name));

  /** Text between elements that belongs to none that is read. */
  #flush(): void {
    if (this.#text.trim() !== '') this.#article?.builder.drop('FIELD_NOT_READ', this.#text.trim());
    this.#text = '';
  }

  /** What the element that closes holds. */
  #take(article: Article): void {
    const value = this.#text.replace(/\s+/g, ' ').trim();
    if (value === '' || !this.#takeKnown(article, value)) this.#flush();
    this.#text = '';
  }

  #takeKnown(article: Article, value: string): boolean {
    const level = this.#levels.at(-1)!;
    const parent = this.#levels.at(-2)?.name ?? '';
    if (this.#levels.some(({ name }) => foreign.has(name))) return false;
    const key = metadataPaths[`${parent}/${level.name}`];
    if (key !== undefined) article.keep(key, value);
    else if (level.name === 'ArticleTitle') this.#takeTitle(article, value);
    else if (level.name === 'AbstractText' && parent === 'Abstract') {
      article.builder.separate('\n');
      const { Label: label } = level.attributes;
      article.builder.add(label === undefined ? value : `${label}: ${value}`);
    } else return this.#takeDetail(article, value, parent);
    return true;
  }

  #takeTitle(article: Article, value: string): void {
    article.title ||= value;
    article.builder.add(value);
    article.builder.separate('\n');
  }

  /** Identifiers, dates and the names of authors. */
  #takeDetail(article: Article, value: string, parent: string): boolean {
    const { name, attributes } = this.#levels.at(-1)!;
    if (name === 'PMID' && pmidParents.has(parent)) article.pmid = value;
    else if (parent === 'PubDate') return article.keepDate(name, value);
    else if (parent === 'Author') return article.keepNamePart(name, value);
    else if (name === 'ArticleId' || name === 'ELocationID') {
      const kind = attributes.IdType ?? attributes.EIdType ?? 'id';
      if (kind === 'pubmed') return value === article.pmid;
      article.keep(kind, value);
    } else return false;
    return true;
  }

  #takeAuthor(article: Article): void {
    const { LastName, ForeName, Initials, CollectiveName, ...others } = article.author;
    const name = CollectiveName ?? [ForeName ?? Initials, LastName].filter(Boolean).join(' ');
    if (name !== '') article.authors.push(name);
    if (ForeName !== undefined && Initials !== undefined) {
      article.builder.drop('FIELD_NOT_READ', Initials);
    }
    for (const value of Object.values(others)) article.builder.drop('FIELD_NOT_READ', value);
    article.author = {};
  }
}

async function* readArticles(source: Source): AsyncGenerator<LineResult<SourceDocument>> {
  yield* untilBroken(readXml(source, new PubmedHandler(source.path)));
}

/** PubMed XML. */
export const pubmedXmlFormat: Format = {
  name: 'PubMed XML',
  mediaTypes: ['application/xml', 'text/xml'],
  recognise: ({ text }) =>
    beginsAsXml(text) && /<(PubmedArticleSet|PubmedArticle|PubmedBookArticle)[\s>]/.test(text),
  read: readArticles,
};
