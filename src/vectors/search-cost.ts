/**
 * What ways to search cost: which one is taken under a filter follows from this.
 *
 * Units: microseconds of processor time, measured by `npm run bench -- filters` on the machine of
 *        bench/RESULTS.md; only their ratio matters.
 */

/** Up to so many multiplications (about 4 ms) everything is compared: small indexes are exact. */
export const exactProducts = 1_280_000;

/** A graph looks at no fewer candidates than this, however few are asked for. */
const fewestCandidates = 200;
const microsPerCandidate = 3;
const productsPerMicro = 300;

/**
 * Times as many candidates as a filter of independent choice would need: half of the answers would be
 * one short without, and the last candidates of a graph are the least sure.
 */
const overFetch = 2;

/** Comparing so many vectors. */
export const scanMicros = (vectors: number, dimensions: number): number =>
  (vectors * dimensions) / productsPerMicro;

/** How many candidates a graph looks at when it is asked for so many neighbours: hnswlib's ef. */
export const candidatesLookedAt = (limit: number): number => Math.max(fewestCandidates, limit);

/** Asking a graph for so many candidates. */
export const graphMicros = (candidates: number): number =>
  microsPerCandidate * candidatesLookedAt(candidates);

/** Recall@10 of the graph alone: `npm run bench -- vectors`, 100,000 surface forms (bench/RESULTS.md). */
const measuredRecall = 0.997;

/** What fewer vectors tell of a graph is chance. */
export const fewestAudited = 1_000;

/**
 * The share of the right answers that a graph is expected to find, 0 to 1: what was measured of a whole
 * one, less the share of its vectors that the last audits have not found.
 */
export const expectedRecall = ({ audited, missed }: Audited): number =>
  audited < fewestAudited ? measuredRecall : measuredRecall * Math.max(0, 1 - missed / audited);

/** What audits have found of a graph. */
interface Audited {
  /** Vectors that were asked for. */
  readonly audited: number;
  /** Those of them that were not found. */
  readonly missed: number;
}

/** How many candidates to ask for, to have `limit` of the share of all that may be found. */
export const candidatesFor = (limit: number, share: number): number =>
  Math.ceil((overFetch * limit) / share);
