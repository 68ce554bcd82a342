-- What people decide about mentions: a log to which rows are only added. A verdict is about a place, which
-- is a span of one version of a document's text, and a type; it says what the mention was then.

CREATE TABLE "reviews" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  "collection_id" INTEGER NOT NULL REFERENCES "collections" ("id") ON DELETE CASCADE,
  "decision" TEXT NOT NULL CHECK ("decision" IN ('ACCEPT', 'REJECT', 'RETYPE', 'MOVE', 'ADD')),
  "reviewer" TEXT NOT NULL,
  "note" TEXT,
  -- How many mentions it was made about.
  "mentions" INTEGER NOT NULL,
  -- The model whose scores its verdicts keep.
  "model_id" TEXT,
  "created_at" DATETIME NOT NULL
);
CREATE INDEX "reviews_collection_id_idx" ON "reviews" ("collection_id", "id");

CREATE TABLE "review_undos" (
  "review_id" INTEGER PRIMARY KEY NOT NULL REFERENCES "reviews" ("id") ON DELETE CASCADE,
  "reviewer" TEXT NOT NULL,
  "created_at" DATETIME NOT NULL
);

CREATE TABLE "verdicts" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  "review_id" INTEGER NOT NULL REFERENCES "reviews" ("id") ON DELETE CASCADE,
  "document_id" INTEGER NOT NULL REFERENCES "documents" ("id") ON DELETE CASCADE,
  "text_hash" TEXT NOT NULL,
  "start" INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  "surface" TEXT NOT NULL,
  -- Null once the type is deleted, of which the name is kept.
  "entity_type_id" INTEGER REFERENCES "entity_types" ("id") ON DELETE SET NULL,
  "type" TEXT NOT NULL,
  "state" TEXT NOT NULL CHECK ("state" IN ('ACCEPTED', 'REJECTED')),
  -- Who had said that it is a mention, and the model's scores; 0 where the model had none.
  "source" TEXT NOT NULL CHECK ("source" IN ('MODEL', 'HUMAN', 'IMPORT')),
  "score" REAL NOT NULL,
  "threshold" REAL NOT NULL,
  "margin" REAL NOT NULL,
  CHECK ("start" < "end")
);
CREATE INDEX "verdicts_by_place"
  ON "verdicts" ("document_id", "text_hash", "start", "end", "entity_type_id");
CREATE INDEX "verdicts_by_review" ON "verdicts" ("review_id", "id");
CREATE INDEX "verdicts_by_type" ON "verdicts" ("entity_type_id", "id");

-- What the standing verdict about its place says.
ALTER TABLE "mentions" ADD COLUMN "state" TEXT NOT NULL DEFAULT 'UNREVIEWED'
  CHECK ("state" IN ('UNREVIEWED', 'ACCEPTED', 'REJECTED'));
CREATE INDEX "mentions_reviewed" ON "mentions" ("state", "id") WHERE "state" <> 'UNREVIEWED';
