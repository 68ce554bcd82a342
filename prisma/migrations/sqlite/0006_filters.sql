-- What filters go by: metadata of documents, value by value, and the length and source of mentions.

-- A row for each value of each key at the top of a document's metadata; an array has one for each of
-- its elements. Kept by triggers, so in the transaction of the document whatever statement changed it.
CREATE TABLE "document_metadata" (
  "document_id" INTEGER NOT NULL REFERENCES "documents" ("id") ON DELETE CASCADE,
  "key" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  "collection_id" INTEGER NOT NULL,
  "kind" TEXT NOT NULL CHECK ("kind" IN ('TEXT', 'NUMBER', 'BOOLEAN', 'NULL', 'OTHER')),
  -- The first 1,501 bytes at most: enough to compare with anything shorter.
  "text" TEXT,
  -- Of a boolean 0 or 1.
  "number" REAL,
  -- When the text is a date: its beginning. Units: milliseconds since 1970.
  "date" INTEGER,
  PRIMARY KEY ("document_id", "key", "position")
) WITHOUT ROWID;
CREATE INDEX "document_metadata_by_text" ON "document_metadata" ("collection_id", "key", "text")
  WHERE "text" IS NOT NULL;
CREATE INDEX "document_metadata_by_number"
  ON "document_metadata" ("collection_id", "key", "number") WHERE "number" IS NOT NULL;
CREATE INDEX "document_metadata_by_date" ON "document_metadata" ("collection_id", "key", "date")
  WHERE "date" IS NOT NULL;

-- The rows that there should be. What SQLite takes for no JSON, because it is nested too deeply, has none.
CREATE VIEW "metadata_values" AS
  SELECT "document_id", "key", "position", "collection_id",
    CASE "type" WHEN 'text' THEN 'TEXT' WHEN 'integer' THEN 'NUMBER' WHEN 'real' THEN 'NUMBER'
      WHEN 'true' THEN 'BOOLEAN' WHEN 'false' THEN 'BOOLEAN' WHEN 'null' THEN 'NULL'
      ELSE 'OTHER' END AS "kind",
    CASE WHEN "type" <> 'text' THEN NULL WHEN octet_length("value") <= 1501 THEN "value"
      ELSE CAST(substr(CAST("value" AS BLOB), 1, 1501) AS TEXT) END AS "text",
    CASE WHEN "type" IN ('integer', 'real', 'true', 'false') THEN CAST("value" AS REAL) END
      AS "number",
    CASE WHEN "type" <> 'text' THEN NULL
      WHEN "value" GLOB '[0-9][0-9][0-9][0-9]' THEN 1000 * unixepoch("value" || '-01-01')
      WHEN "value" GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]' THEN 1000 * unixepoch("value" || '-01')
      WHEN "value" GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'
        THEN CAST(round(1000 * unixepoch("value", 'subsec')) AS INTEGER) END AS "date"
  FROM (
    SELECT d."id" AS "document_id", d."collection_id", m."key",
      coalesce(e."key", 0) AS "position",
      iif(m."type" = 'array' AND m."value" <> '[]', e."type", m."type") AS "type",
      iif(m."type" = 'array' AND m."value" <> '[]', e."value", m."value") AS "value"
    FROM "documents" d
    JOIN json_each(iif(json_valid(d."metadata"), d."metadata", '{}')) m
    JOIN json_each(iif(m."type" = 'array' AND m."value" <> '[]', m."value", '[null]')) e
    WHERE d."metadata" IS NOT NULL
  );

INSERT INTO "document_metadata" SELECT * FROM "metadata_values";
CREATE TRIGGER "metadata_given" AFTER INSERT ON "documents" WHEN NEW."metadata" IS NOT NULL BEGIN
  INSERT INTO "document_metadata" SELECT * FROM "metadata_values" WHERE "document_id" = NEW."id";
END;
CREATE TRIGGER "metadata_changed" AFTER UPDATE OF "metadata" ON "documents"
WHEN NEW."metadata" IS NOT OLD."metadata" BEGIN
  DELETE FROM "document_metadata" WHERE "document_id" = NEW."id";
  INSERT INTO "document_metadata" SELECT * FROM "metadata_values" WHERE "document_id" = NEW."id";
END;

-- A text with few changes has nearly the same length; the length of one with NUL ends there.
CREATE INDEX "surface_forms_by_length" ON "surface_forms" (length("text"));

-- Few mentions are not the model's.
CREATE INDEX "mentions_by_source" ON "mentions" ("source", "id") WHERE "source" <> 'MODEL';
