/**
 * Everything that must hold of a database, looked at in one moment of it. Reads only, so that it can
 * run beside the server.
 */
import type { SqlConnection } from '../connection.ts';
import { checkConcepts } from './check-concepts.ts';
import { checkDatabase, checkForeignKeys, checkTextIndex } from './check-database.ts';
import { checkMentions, checkTexts } from './check-documents.ts';
import { checkFullText } from './check-full-text.ts';
import { checkLedgers } from './check-ledgers.ts';
import { checkMetadata } from './check-metadata.ts';
import { checkPages } from './check-pages.ts';
import { checkPlaces } from './check-places.ts';
import { checkReviews } from './check-reviews.ts';
import { checkSums } from './check-sums.ts';
import { checkVectors } from './check-vectors.ts';
import type { Check } from './fault.ts';

const checks = [
  checkForeignKeys,
  checkTexts,
  checkPages,
  checkMentions,
  checkReviews,
  checkVectors,
  checkLedgers,
  checkSums,
  checkTextIndex,
  checkFullText,
  checkPlaces,
  checkMetadata,
  checkConcepts,
] as const;

/**
 * Checks a database. In a file that is damaged itself nothing more is looked at.
 *
 * Cost: reads everything; about 10 s per 100,000 mentions.
 */
export function verifyDatabase(
  connection: SqlConnection,
  onCheck: (check: Check) => void = () => undefined,
): Check[] {
  return connection.snapshot(() => {
    const database = checkDatabase(connection);
    onCheck(database);
    if (database.faults.length > 0) return [database];
    const others = checks.map((check) => {
      const result = check(connection);
      onCheck(result);
      return result;
    });
    return [database, ...others];
  });
}

/** True when no check has found anything. */
export const isWhole = (results: readonly Check[]): boolean =>
  results.every(({ faults }) => faults.length === 0);
