/**
 * What it takes to read large files: megabytes a second and the largest resident memory, on files that
 * are made up as they are read. `node --import tsx bench/formats.ts jsonl 2000` reads 2,000 MB in this
 * process and prints what it took; `npm run bench -- formats` reads 200 MB of each in processes of
 * their own.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { annotatedJsonlFormat } from '../src/formats/annotated/annotated-jsonl.ts';
import { biocJsonFormat } from '../src/formats/annotated/bioc-json.ts';
import { biocXmlFormat } from '../src/formats/annotated/bioc-xml.ts';
import { conllFormat } from '../src/formats/annotated/conll.ts';
import { pubtatorFormat } from '../src/formats/annotated/pubtator.ts';
import type { AnnotatedFormat, Format } from '../src/formats/format.ts';
import { csvFormat } from '../src/formats/plain/csv.ts';
import { jsonlFormat } from '../src/formats/plain/jsonl.ts';
import { pubmedXmlFormat } from '../src/formats/plain/pubmed-xml.ts';
import { type Source } from '../src/formats/source.ts';
import { peakMemoryBytes } from '../src/telemetry/peak-memory.ts';

export const name = 'formats';
export const unit = 'MB/s, MB of memory at most';

const sentence = 'Aspirin reduced the risk of myocardial infarction in 1,204 patients (p < 0.05). ';
const abstract = sentence.repeat(18);
const escaped = abstract.replaceAll('<', '&lt;');

/** A file of a format: what is before the records, the record of a number, what is behind. */
interface Recipe {
  readonly format: Format;
  readonly before?: string;
  record(number: number): string;
  readonly after?: string;
}

/** A format's own printing. */
function printedBy(format: AnnotatedFormat): Recipe {
  const { printing } = format;
  if (printing === null) throw new Error(`${format.name} has a file for each document.`);
  const text = `${sentence.trim()}\n${abstract.trim()}`;
  const mentions = [{ start: 0, end: 7, type: 'Chemical' }];
  const record = printing.document({ id: '@id@', text, mentions });
  const { head, between, tail } = printing;
  return {
    format,
    before: head,
    record: (number) => `${number === 0 ? '' : between}${record.replaceAll('@id@', `n${number}`)}`,
    after: tail,
  };
}

const recipes: Readonly<Record<string, Recipe>> = {
  jsonl: {
    format: jsonlFormat,
    record: (number) => `${JSON.stringify({ id: number, text: abstract, year: 2020 })}\n`,
  },
  csv: {
    format: csvFormat,
    before: 'id,text,year\n',
    record: (number) => `${number},"${abstract}",2020\n`,
  },
  'pubmed-xml': {
    format: pubmedXmlFormat,
    before: '<?xml version="1.0" encoding="UTF-8"?>\n<PubmedArticleSet>\n',
    record: (number) =>
      `<PubmedArticle><MedlineCitation><PMID>${number}</PMID><Article><ArticleTitle>${escaped.slice(0, 80)}</ArticleTitle><Abstract><AbstractText>${escaped}</AbstractText></Abstract><AuthorList><Author><LastName>Doe</LastName><ForeName>Jo</ForeName></Author></AuthorList></Article></MedlineCitation></PubmedArticle>\n`,
    after: '</PubmedArticleSet>\n',
  },
  'annotated-jsonl': printedBy(annotatedJsonlFormat),
  'bioc-json': printedBy(biocJsonFormat),
  'bioc-xml': printedBy(biocXmlFormat),
  conll: printedBy(conllFormat),
  pubtator: printedBy(pubtatorFormat),
};

const chunkBytes = 256 * 1024;

/** A file that is as large as it is asked to be, made up while it is read. */
function madeUp(recipe: Recipe, megabytes: number): Source {
  const { before = '', after = '' } = recipe;
  return {
    path: 'made-up',
    name: 'made-up',
    async *bytes() {
      let text = before;
      let bytes = 0;
      for (let number = 0; bytes + text.length < megabytes * 1e6; number += 1) {
        text += recipe.record(number);
        if (text.length < chunkBytes) continue;
        bytes += text.length;
        yield Buffer.from(text);
        text = '';
      }
      yield Buffer.from(text + after);
    },
    sibling: () => Promise.resolve(undefined),
  };
}

/** What reading took. */
export interface ReadingCost {
  readonly documents: number;
  readonly errors: number;
  readonly megabytesPerSecond: number;
  readonly peakMegabytes: number;
}

async function measure(recipe: Recipe, megabytes: number): Promise<ReadingCost> {
  const parser = { parse: () => Promise.reject(new Error('No format here needs a parser.')) };
  const started = performance.now();
  let documents = 0;
  let errors = 0;
  for await (const result of recipe.format.read(madeUp(recipe, megabytes), { parser })) {
    if ('value' in result) documents += 1;
    else errors += 1;
  }
  const seconds = (performance.now() - started) / 1_000;
  return {
    documents,
    errors,
    megabytesPerSecond: megabytes / seconds,
    peakMegabytes: peakMemoryBytes() / 1e6,
  };
}

/** Reads in a process of its own, whose memory nothing else has grown. */
export function readingCost(format: string, megabytes: number): ReadingCost {
  const file = fileURLToPath(import.meta.url);
  const printed = execFileSync(
    process.execPath,
    ['--import', 'tsx', file, format, String(megabytes)],
    { encoding: 'utf8' },
  );
  return JSON.parse(printed) as ReadingCost;
}

/** Figures of every format for 200 MB. */
export function run(): Promise<Readonly<Record<string, number>>> {
  const figures: Record<string, number> = {};
  for (const format of Object.keys(recipes)) {
    const { megabytesPerSecond, peakMegabytes } = readingCost(format, 200);
    figures[`${format}, MB/s`] = megabytesPerSecond;
    figures[`${format}, MB of memory`] = peakMegabytes;
  }
  return Promise.resolve(figures);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , format = 'jsonl', megabytes = '200'] = process.argv;
  const recipe = recipes[format];
  if (recipe === undefined)
    throw new Error(`A format must be one of ${Object.keys(recipes).join(', ')}.`);
  console.log(JSON.stringify(await measure(recipe, Number(megabytes))));
}
