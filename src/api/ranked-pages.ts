/**
 * The pages of a ranking that were answered, so that the next ones fit whatever is stored, changed or
 * deleted meanwhile: each with the moment that its first page was of, and with what was shown on the way
 * to it. A page is kept when somebody asks for a cursor of it, and as long as it is among the last ones;
 * a cursor of another one has expired.
 */
import { createHash } from 'node:crypto';
import { appError } from '../core/errors.ts';
import type { FusedRanking } from '../search/hybrid-documents.ts';
import type { RankingMoment, RankPage, RankPosition } from '../search/search-parts.ts';
import { pageRequest, printCursor } from './page.ts';

/** An item of a ranking, and what it is shown for, once. */
export interface ShownItem extends RankPosition {
  readonly key: number;
}

/** A page that was answered. */
interface AnsweredPage<Moment> {
  /** What was asked, so that a cursor is not used for something else. */
  readonly asked: string;
  readonly moment: Moment;
  readonly items: readonly ShownItem[];
  readonly before: Place<Moment> | null;
}

/** Behind so many items of a page. */
interface Place<Moment> {
  readonly page: AnsweredPage<Moment>;
  readonly count: number;
}

/** Which page is asked for, and of what. */
interface RankedArguments {
  readonly first: number;
  readonly after?: string | null | undefined;
  /** Everything else that was asked, as a text. */
  readonly asked: string;
}

/** A page that is asked for. */
export interface RequestedPage<Moment> {
  readonly page: RankPage<Moment>;
  /** Makes the cursors of its items, by their places, once they are there. */
  readonly cursors: (moment: Moment, items: readonly ShownItem[]) => (place: number) => string;
}

/** Enough for hours of reading; some 10 MB for each ranking. */
const maxPages = 2_000;

/** Numbers of pages begin anew with each start, where no other start has them. */
const randomStart = (): number => Math.floor(Math.random() * 2 ** 20) * 2 ** 32;

/** The keys of everything that was shown up to there. */
function shownUpTo<Moment>(place: Place<Moment> | null): ReadonlySet<number> {
  const shown = new Set<number>();
  for (let at = place; at !== null; at = at.page.before) {
    for (const { key } of at.page.items.slice(0, at.count)) shown.add(key);
  }
  return shown;
}

/** The last pages of one kind of ranking. */
export class RankedPages<Moment> {
  readonly #list: string;
  readonly #pages = new Map<number, AnsweredPage<Moment>>();
  #lastId = randomStart();

  constructor(list: string) {
    this.#list = list;
  }

  /** Throws: PAGE_SIZE_INVALID, CURSOR_INVALID, CURSOR_EXPIRED. */
  request({ first, after, asked }: RankedArguments): RequestedPage<Moment> {
    const list = { name: this.#list, positionLength: 2 };
    const { limit, after: position } = pageRequest(list, { first, after });
    const before = position && this.#find(position, asked, after ?? '');
    const last = before?.page.items[before.count - 1];
    const page = {
      limit,
      after: last ? { similarity: last.similarity, id: last.id } : null,
      moment: before?.page.moment,
      shown: shownUpTo(before),
    };
    const cursors = (moment: Moment, items: readonly ShownItem[]) => {
      let id: number | undefined;
      return (place: number): string => {
        id ??= this.#keep({ asked, moment, items, before });
        return printCursor(this.#list, [id, place + 1]);
      };
    };
    return { page, cursors };
  }

  #find([id = 0, count = 0]: readonly number[], asked: string, cursor: string): Place<Moment> {
    const page = this.#pages.get(id);
    if (!page) throw appError('CURSOR_EXPIRED', { pages: maxPages });
    if (page.asked === asked && page.items[count - 1]) return { page, count };
    throw appError('CURSOR_INVALID', { cursor });
  }

  #keep(page: AnsweredPage<Moment>): number {
    this.#lastId += 1;
    this.#pages.set(this.#lastId, page);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > maxPages && oldest !== undefined) this.#pages.delete(oldest);
    return this.#lastId;
  }
}

/** The last pages of every ranking. */
export const createRankings = () => ({
  similarMentions: new RankedPages<RankingMoment>('similarMentions'),
  mentionsOfType: new RankedPages<RankingMoment>('mentionsOfType'),
  searchDocuments: new RankedPages<number>('searchDocuments'),
  hybridDocuments: new RankedPages<FusedRanking>('hybridDocuments'),
});

/** The last pages of every ranking, by its query. */
export type Rankings = ReturnType<typeof createRankings>;

/** Tells what was asked from anything else that could be. */
export const fingerprint = (collectionId: number, query: object): string =>
  createHash('sha256')
    .update(JSON.stringify([collectionId, query]))
    .digest('hex');
