-- What was asked for at once and is followed as one: an ingestion or a reading again. The work itself
-- is in the documents' rows; a job counts how it ended for each, kept by triggers in the transaction of
-- the document whatever statement ended it.

CREATE TABLE "jobs" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  "collection_id" INTEGER NOT NULL REFERENCES "collections" ("id") ON DELETE CASCADE,
  "kind" TEXT NOT NULL CHECK ("kind" IN ('INGEST', 'RERUN')),
  -- More documents may come.
  "is_open" INTEGER NOT NULL DEFAULT 1,
  "is_paused" INTEGER NOT NULL DEFAULT 0,
  "created_at" DATETIME NOT NULL,
  "cancelled_at" DATETIME,
  "finished_at" DATETIME,
  -- What became of the drafts.
  "created" INTEGER NOT NULL DEFAULT 0,
  "replaced" INTEGER NOT NULL DEFAULT 0,
  "retried" INTEGER NOT NULL DEFAULT 0,
  "unchanged" INTEGER NOT NULL DEFAULT 0,
  "refused" INTEGER NOT NULL DEFAULT 0,
  -- What became of the documents.
  "pending" INTEGER NOT NULL DEFAULT 0,
  "done" INTEGER NOT NULL DEFAULT 0,
  "failed" INTEGER NOT NULL DEFAULT 0,
  "cancelled" INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX "jobs_collection_id_idx" ON "jobs" ("collection_id");

CREATE TABLE "job_documents" (
  "job_id" INTEGER NOT NULL REFERENCES "jobs" ("id") ON DELETE CASCADE,
  "document_id" INTEGER NOT NULL REFERENCES "documents" ("id") ON DELETE CASCADE,
  "state" TEXT NOT NULL CHECK ("state" IN ('PENDING', 'DONE', 'FAILED', 'CANCELLED')),
  "error_code" TEXT,
  "error_message" TEXT,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "ended_at" DATETIME,
  PRIMARY KEY ("job_id", "document_id")
) WITHOUT ROWID;
CREATE INDEX "job_documents_by_document" ON "job_documents" ("document_id", "state");
CREATE INDEX "job_documents_by_end" ON "job_documents" ("job_id", "ended_at");
CREATE INDEX "job_documents_failed" ON "job_documents" ("job_id", "document_id")
  WHERE "state" = 'FAILED';

-- Drafts and files that never became a document; of each job the first 1,000.
CREATE TABLE "job_refusals" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  "job_id" INTEGER NOT NULL REFERENCES "jobs" ("id") ON DELETE CASCADE,
  "place" TEXT,
  "error_code" TEXT NOT NULL,
  "error_message" TEXT NOT NULL,
  "created_at" DATETIME NOT NULL
);
CREATE INDEX "job_refusals_job_id_idx" ON "job_refusals" ("job_id", "id");

CREATE TRIGGER "job_documents_added" AFTER INSERT ON "job_documents" BEGIN
  UPDATE "jobs" SET "pending" = "pending" + 1 WHERE "id" = NEW."job_id";
END;
CREATE TRIGGER "job_documents_ended" AFTER UPDATE OF "state" ON "job_documents"
WHEN OLD."state" = 'PENDING' AND NEW."state" <> 'PENDING' BEGIN
  UPDATE "jobs" SET "pending" = "pending" - 1,
    "done" = "done" + (NEW."state" = 'DONE'),
    "failed" = "failed" + (NEW."state" = 'FAILED'),
    "cancelled" = "cancelled" + (NEW."state" = 'CANCELLED'),
    "finished_at" = iif("pending" = 1 AND "is_open" = 0, NEW."ended_at", "finished_at")
  WHERE "id" = NEW."job_id";
END;

-- The same document once more in one job: a file that has it twice, or that changed while it was read.
CREATE TRIGGER "job_documents_again" AFTER UPDATE OF "state" ON "job_documents"
WHEN OLD."state" <> 'PENDING' AND NEW."state" = 'PENDING' BEGIN
  UPDATE "jobs" SET "pending" = "pending" + 1,
    "done" = "done" - (OLD."state" = 'DONE'),
    "failed" = "failed" - (OLD."state" = 'FAILED'),
    "cancelled" = "cancelled" - (OLD."state" = 'CANCELLED')
  WHERE "id" = NEW."job_id";
END;

-- A document is done when the types it is complete for are known again; -1 stands for none.
CREATE TRIGGER "documents_read_for_jobs" AFTER UPDATE OF "types_revision" ON "documents"
WHEN OLD."types_revision" < 0 AND NEW."types_revision" >= 0 BEGIN
  UPDATE "job_documents" SET "state" = iif(NEW."error_code" IS NULL, 'DONE', 'FAILED'),
    "error_code" = NEW."error_code", "error_message" = NEW."error_message",
    "attempts" = OLD."attempts", "ended_at" = CAST(unixepoch('subsec') * 1000 AS INTEGER)
  WHERE "document_id" = NEW."id" AND "state" = 'PENDING';
END;
CREATE TRIGGER "documents_given_up_for_jobs" AFTER UPDATE OF "state" ON "documents"
WHEN NEW."state" = 'FAILED' AND OLD."state" <> 'FAILED' BEGIN
  UPDATE "job_documents" SET "state" = 'FAILED', "error_code" = NEW."error_code",
    "error_message" = NEW."error_message", "attempts" = NEW."attempts",
    "ended_at" = CAST(unixepoch('subsec') * 1000 AS INTEGER)
  WHERE "document_id" = NEW."id" AND "state" = 'PENDING';
END;
-- Before, because the row that says so goes with the document.
CREATE TRIGGER "documents_deleted_for_jobs" BEFORE DELETE ON "documents" BEGIN
  UPDATE "job_documents" SET "state" = 'CANCELLED',
    "ended_at" = CAST(unixepoch('subsec') * 1000 AS INTEGER)
  WHERE "document_id" = OLD."id" AND "state" = 'PENDING';
END;

-- How many words a document has. Beside the documents, not in their rows: there they would come
-- after the text, and SQLite would read all of it to get to them.
CREATE TABLE "document_words" (
  "document_id" INTEGER PRIMARY KEY NOT NULL REFERENCES "documents" ("id") ON DELETE CASCADE,
  "collection_id" INTEGER NOT NULL REFERENCES "collections" ("id") ON DELETE CASCADE,
  "words" INTEGER NOT NULL
);
ALTER TABLE "collections" ADD COLUMN "words" INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER "words_counted" AFTER INSERT ON "document_words" BEGIN
  UPDATE "collections" SET "words" = "words" + NEW."words" WHERE "id" = NEW."collection_id";
END;
CREATE TRIGGER "words_recounted" AFTER UPDATE OF "words" ON "document_words" BEGIN
  UPDATE "collections" SET "words" = "words" - OLD."words" + NEW."words"
  WHERE "id" = NEW."collection_id";
END;
CREATE TRIGGER "words_uncounted" AFTER DELETE ON "document_words" BEGIN
  UPDATE "collections" SET "words" = "words" - OLD."words" WHERE "id" = OLD."collection_id";
END;
