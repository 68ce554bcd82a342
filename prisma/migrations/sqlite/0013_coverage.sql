-- What coverage sums up beside characters and tokens: windows, and what was dropped for which reason. Kept by
-- triggers, so in the transaction of the document whatever statement changed it.

ALTER TABLE "collections" ADD COLUMN "windows" INTEGER NOT NULL DEFAULT 0;
UPDATE "collections" SET "windows" = (SELECT count(*) FROM "windows" w
  JOIN "documents" d ON d."id" = w."document_id" WHERE d."collection_id" = "collections"."id");
CREATE TRIGGER "windows_counted" AFTER INSERT ON "windows" BEGIN
  UPDATE "collections" SET "windows" = "windows" + 1
  WHERE "id" = (SELECT "collection_id" FROM "documents" WHERE "id" = NEW."document_id");
END;
CREATE TRIGGER "windows_uncounted" AFTER DELETE ON "windows" BEGIN
  UPDATE "collections" SET "windows" = "windows" - 1
  WHERE "id" = (SELECT "collection_id" FROM "documents" WHERE "id" = OLD."document_id");
END;
-- Before, because the row that says of which collection they were goes with the document.
CREATE TRIGGER "documents_deleted_for_windows" BEFORE DELETE ON "documents" BEGIN
  DELETE FROM "windows" WHERE "document_id" = OLD."id";
END;

-- What a document's file holds that is not in its text, as the file's parser has told: a JSON object with
-- "sums", of all of it by reason, and "parts", the first of it. Beside the documents, not in their rows: few
-- questions are about it, and it may be longer than they are.
CREATE TABLE "file_drops" (
  "document_id" INTEGER PRIMARY KEY NOT NULL REFERENCES "documents" ("id") ON DELETE CASCADE,
  "drops" TEXT NOT NULL
);
-- The same of a version that waits; null for nothing.
ALTER TABLE "document_replacements" ADD COLUMN "drops" TEXT;

-- By reason, what was not read of a document and its file.
CREATE TABLE "document_drops" (
  "document_id" INTEGER NOT NULL REFERENCES "documents" ("id") ON DELETE CASCADE,
  "reason" TEXT NOT NULL,
  "collection_id" INTEGER NOT NULL,
  "parts" INTEGER NOT NULL,
  "characters" INTEGER NOT NULL,
  -- Of what is no text.
  "bytes" INTEGER NOT NULL,
  PRIMARY KEY ("document_id", "reason")
) WITHOUT ROWID;

-- The same of a collection.
CREATE TABLE "collection_drops" (
  "collection_id" INTEGER NOT NULL REFERENCES "collections" ("id") ON DELETE CASCADE,
  "reason" TEXT NOT NULL,
  "parts" INTEGER NOT NULL DEFAULT 0,
  "characters" INTEGER NOT NULL DEFAULT 0,
  "bytes" INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY ("collection_id", "reason")
) WITHOUT ROWID;
CREATE TRIGGER "drops_counted" AFTER INSERT ON "document_drops" BEGIN
  INSERT INTO "collection_drops" ("collection_id", "reason", "parts", "characters", "bytes")
  VALUES (NEW."collection_id", NEW."reason", NEW."parts", NEW."characters", NEW."bytes")
  ON CONFLICT ("collection_id", "reason") DO UPDATE SET
    "parts" = "parts" + excluded."parts",
    "characters" = "characters" + excluded."characters",
    "bytes" = "bytes" + excluded."bytes";
END;
CREATE TRIGGER "drops_uncounted" AFTER DELETE ON "document_drops" BEGIN
  UPDATE "collection_drops" SET
    "parts" = "parts" - OLD."parts",
    "characters" = "characters" - OLD."characters",
    "bytes" = "bytes" - OLD."bytes"
  WHERE "collection_id" = OLD."collection_id" AND "reason" = OLD."reason";
END;

-- The rows that there should be. Like the rest of coverage they count once a document has been read.
CREATE VIEW "drops_of_documents" AS
  SELECT d."id" AS "document_id", p."value" ->> 'reason' AS "reason", d."collection_id",
    count(*) AS "parts", sum((p."value" ->> 'end') - (p."value" ->> 'start')) AS "characters",
    0 AS "bytes"
  FROM "documents" d JOIN json_each(d."dropped") p
  WHERE d."read_at" IS NOT NULL GROUP BY 1, 2
  UNION ALL
  SELECT d."id", s."value" ->> 'reason', d."collection_id", s."value" ->> 'parts',
    s."value" ->> 'characters', s."value" ->> 'bytes'
  FROM "documents" d JOIN "file_drops" f ON f."document_id" = d."id"
  JOIN json_each(f."drops", '$.sums') s
  WHERE d."read_at" IS NOT NULL;
INSERT INTO "document_drops" SELECT * FROM "drops_of_documents";

CREATE TRIGGER "dropped_given" AFTER INSERT ON "documents" WHEN NEW."read_at" IS NOT NULL BEGIN
  INSERT INTO "document_drops" SELECT * FROM "drops_of_documents" WHERE "document_id" = NEW."id";
END;
CREATE TRIGGER "dropped_changed" AFTER UPDATE OF "collection_id", "dropped", "read_at" ON "documents"
WHEN NEW."collection_id" <> OLD."collection_id" OR NEW."dropped" <> OLD."dropped"
  OR (NEW."read_at" IS NULL) <> (OLD."read_at" IS NULL) BEGIN
  DELETE FROM "document_drops" WHERE "document_id" = NEW."id";
  INSERT INTO "document_drops" SELECT * FROM "drops_of_documents" WHERE "document_id" = NEW."id";
END;
CREATE TRIGGER "file_dropped" AFTER INSERT ON "file_drops" BEGIN
  DELETE FROM "document_drops" WHERE "document_id" = NEW."document_id";
  INSERT INTO "document_drops"
    SELECT * FROM "drops_of_documents" WHERE "document_id" = NEW."document_id";
END;
CREATE TRIGGER "file_dropped_other" AFTER UPDATE OF "drops" ON "file_drops" BEGIN
  DELETE FROM "document_drops" WHERE "document_id" = NEW."document_id";
  INSERT INTO "document_drops"
    SELECT * FROM "drops_of_documents" WHERE "document_id" = NEW."document_id";
END;
CREATE TRIGGER "file_dropped_nothing" AFTER DELETE ON "file_drops" BEGIN
  DELETE FROM "document_drops" WHERE "document_id" = OLD."document_id";
  INSERT INTO "document_drops"
    SELECT * FROM "drops_of_documents" WHERE "document_id" = OLD."document_id";
END;
