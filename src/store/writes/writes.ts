/**
 * Everything that changes the database: the one place outside Prisma's client that writes. Each runs
 * in the writer's thread, on the one connection that writes, and is one transaction.
 */
import {
  claimDocuments,
  claimSomeRescores,
  extendLease,
  failClaim,
  returnClaims,
} from './claims.ts';
import { ensureCollection } from './collections.ts';
import { deleteDocument } from './delete-document.ts';
import {
  createEntityType,
  deleteEntityType,
  keepTypeVector,
  updateEntityType,
} from './entity-types.ts';
import { finishClaim } from './finish-claim.ts';
import { finishRescores } from './finish-rescores.ts';
import { forgetLog } from './forget-log.ts';
import {
  addRefusals,
  cancelJob,
  closeJob,
  createJob,
  pauseJob,
  rerunDocuments,
  resumeJob,
} from './ingest-jobs.ts';
import { deleteLedgers, keepLedgers } from './ledgers.ts';
import { eraseDeleted, finishPurges, purgeRows } from './purge.ts';
import { putDocuments } from './put-documents.ts';
import { putMeanings } from './put-meanings.ts';
import { addMention, reviewMentions, undoReview } from './reviews.ts';
import {
  deleteVocabulary,
  importVocabulary,
  putNameMeanings,
  putProposals,
} from './vocabularies.ts';

export const writes = {
  putDocuments,
  deleteDocument,
  claimDocuments,
  claimSomeRescores,
  extendLease,
  finishClaim,
  failClaim,
  returnClaims,
  createEntityType,
  updateEntityType,
  deleteEntityType,
  keepTypeVector,
  putMeanings,
  forgetLog,
  ensureCollection,
  keepLedgers,
  deleteLedgers,
  finishRescores,
  reviewMentions,
  addMention,
  undoReview,
  importVocabulary,
  deleteVocabulary,
  putNameMeanings,
  putProposals,
  createJob,
  closeJob,
  addRefusals,
  pauseJob,
  resumeJob,
  cancelJob,
  rerunDocuments,
  purgeRows,
  eraseDeleted,
  finishPurges,
} as const;

/** The writes by name. */
export type Writes = typeof writes;
