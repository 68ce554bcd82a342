-- Sums that were a scan, text that was a scan, versions that wait, and what was purged.

-- Documents and coverage by collection and state. Kept by triggers, so in the transaction of the
-- document whatever statement changed it. Coverage counts once a document has been read.
CREATE TABLE "collection_totals" (
  "collection_id" INTEGER NOT NULL REFERENCES "collections" ("id") ON DELETE CASCADE,
  "state" TEXT NOT NULL,
  "documents" INTEGER NOT NULL DEFAULT 0,
  "characters" INTEGER NOT NULL DEFAULT 0,
  "characters_read" INTEGER NOT NULL DEFAULT 0,
  "tokens" INTEGER NOT NULL DEFAULT 0,
  "unknown_tokens" INTEGER NOT NULL DEFAULT 0,
  "dropped_parts" INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY ("collection_id", "state")
) WITHOUT ROWID;

INSERT INTO "collection_totals"
  SELECT "collection_id", "state", count(*),
    coalesce(sum("characters") FILTER (WHERE "read_at" IS NOT NULL), 0),
    coalesce(sum("characters_read") FILTER (WHERE "read_at" IS NOT NULL), 0),
    coalesce(sum("tokens") FILTER (WHERE "read_at" IS NOT NULL), 0),
    coalesce(sum("unknown_tokens") FILTER (WHERE "read_at" IS NOT NULL), 0),
    coalesce(sum(json_array_length("dropped")) FILTER (WHERE "read_at" IS NOT NULL), 0)
  FROM "documents" GROUP BY "collection_id", "state";

CREATE TRIGGER "documents_counted" AFTER INSERT ON "documents" BEGIN
  INSERT INTO "collection_totals" ("collection_id", "state", "documents", "characters",
    "characters_read", "tokens", "unknown_tokens", "dropped_parts")
  VALUES (NEW."collection_id", NEW."state", 1,
    iif(NEW."read_at" IS NULL, 0, NEW."characters"),
    iif(NEW."read_at" IS NULL, 0, NEW."characters_read"),
    iif(NEW."read_at" IS NULL, 0, NEW."tokens"),
    iif(NEW."read_at" IS NULL, 0, NEW."unknown_tokens"),
    iif(NEW."read_at" IS NULL, 0, json_array_length(NEW."dropped")))
  ON CONFLICT ("collection_id", "state") DO UPDATE SET
    "documents" = "documents" + 1,
    "characters" = "characters" + excluded."characters",
    "characters_read" = "characters_read" + excluded."characters_read",
    "tokens" = "tokens" + excluded."tokens",
    "unknown_tokens" = "unknown_tokens" + excluded."unknown_tokens",
    "dropped_parts" = "dropped_parts" + excluded."dropped_parts";
END;

CREATE TRIGGER "documents_uncounted" AFTER DELETE ON "documents" BEGIN
  UPDATE "collection_totals" SET
    "documents" = "documents" - 1,
    "characters" = "characters" - iif(OLD."read_at" IS NULL, 0, OLD."characters"),
    "characters_read" = "characters_read" - iif(OLD."read_at" IS NULL, 0, OLD."characters_read"),
    "tokens" = "tokens" - iif(OLD."read_at" IS NULL, 0, OLD."tokens"),
    "unknown_tokens" = "unknown_tokens" - iif(OLD."read_at" IS NULL, 0, OLD."unknown_tokens"),
    "dropped_parts" = "dropped_parts"
      - iif(OLD."read_at" IS NULL, 0, json_array_length(OLD."dropped"))
  WHERE "collection_id" = OLD."collection_id" AND "state" = OLD."state";
END;

CREATE TRIGGER "documents_recounted" AFTER UPDATE OF "collection_id", "state", "characters",
  "characters_read", "tokens", "unknown_tokens", "dropped", "read_at" ON "documents" BEGIN
  UPDATE "collection_totals" SET
    "documents" = "documents" - 1,
    "characters" = "characters" - iif(OLD."read_at" IS NULL, 0, OLD."characters"),
    "characters_read" = "characters_read" - iif(OLD."read_at" IS NULL, 0, OLD."characters_read"),
    "tokens" = "tokens" - iif(OLD."read_at" IS NULL, 0, OLD."tokens"),
    "unknown_tokens" = "unknown_tokens" - iif(OLD."read_at" IS NULL, 0, OLD."unknown_tokens"),
    "dropped_parts" = "dropped_parts"
      - iif(OLD."read_at" IS NULL, 0, json_array_length(OLD."dropped"))
  WHERE "collection_id" = OLD."collection_id" AND "state" = OLD."state";
  INSERT INTO "collection_totals" ("collection_id", "state", "documents", "characters",
    "characters_read", "tokens", "unknown_tokens", "dropped_parts")
  VALUES (NEW."collection_id", NEW."state", 1,
    iif(NEW."read_at" IS NULL, 0, NEW."characters"),
    iif(NEW."read_at" IS NULL, 0, NEW."characters_read"),
    iif(NEW."read_at" IS NULL, 0, NEW."tokens"),
    iif(NEW."read_at" IS NULL, 0, NEW."unknown_tokens"),
    iif(NEW."read_at" IS NULL, 0, json_array_length(NEW."dropped")))
  ON CONFLICT ("collection_id", "state") DO UPDATE SET
    "documents" = "documents" + 1,
    "characters" = "characters" + excluded."characters",
    "characters_read" = "characters_read" + excluded."characters_read",
    "tokens" = "tokens" + excluded."tokens",
    "unknown_tokens" = "unknown_tokens" + excluded."unknown_tokens",
    "dropped_parts" = "dropped_parts" + excluded."dropped_parts";
END;

-- Which forms contain a string of three characters or more. "secure-delete": a form that is deleted
-- leaves nothing of itself in the index.
CREATE VIRTUAL TABLE "surface_forms_text" USING fts5(
  "text", content = 'surface_forms', content_rowid = 'id',
  tokenize = 'trigram case_sensitive 1', columnsize = 0);
INSERT INTO "surface_forms_text" ("surface_forms_text", "rank") VALUES ('secure-delete', 1);
INSERT INTO "surface_forms_text" ("surface_forms_text") VALUES ('rebuild');
CREATE TRIGGER "surface_forms_indexed" AFTER INSERT ON "surface_forms" BEGIN
  INSERT INTO "surface_forms_text" ("rowid", "text") VALUES (NEW."id", NEW."text");
END;
CREATE TRIGGER "surface_forms_unindexed" AFTER DELETE ON "surface_forms" BEGIN
  INSERT INTO "surface_forms_text" ("surface_forms_text", "rowid", "text")
    VALUES ('delete', OLD."id", OLD."text");
END;
-- The text index passes over NUL: strings that have one are looked for here.
CREATE INDEX "surface_forms_with_nul" ON "surface_forms" ("id")
  WHERE instr("text", char(0)) > 0;

CREATE INDEX "surface_forms_unencoded" ON "surface_forms" ("id")
  WHERE "meaning_vector" IS NULL;

-- The next version of a document that was read: it takes the place of the old one, which can be
-- searched until then, in the transaction in which it has been read.
CREATE TABLE "document_replacements" (
  "document_id" INTEGER PRIMARY KEY NOT NULL REFERENCES "documents" ("id") ON DELETE CASCADE,
  "text_hash" TEXT NOT NULL,
  "title" TEXT,
  "metadata" TEXT,
  "mentions" TEXT,
  "created_at" DATETIME NOT NULL,
  "text" TEXT NOT NULL
);

-- What was purged, as hashes: a backup from before is purged of it when it is restored.
CREATE TABLE "purges" (
  "id" TEXT PRIMARY KEY NOT NULL,
  "kind" TEXT NOT NULL CHECK ("kind" IN ('EXTERNAL_ID', 'TEXT')),
  "hash" TEXT NOT NULL,
  "purged_at" DATETIME NOT NULL,
  "is_erased" INTEGER NOT NULL DEFAULT 0
);
