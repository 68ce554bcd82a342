-- A mention's place says which span it is of, and the index by type has that and the form: what a filter of
-- types leaves is listed, with what has its vectors, out of one run of the index and no row.
DROP TRIGGER "mention_placed";
DROP TRIGGER "mention_moved";
DROP VIEW "places_of_mentions";
DROP TABLE "mention_places";

CREATE TABLE "mention_places" (
  "id" INTEGER PRIMARY KEY NOT NULL REFERENCES "mentions" ("id") ON DELETE CASCADE,
  "document_id" INTEGER NOT NULL,
  "entity_type_id" INTEGER NOT NULL,
  "span_id" INTEGER NOT NULL,
  "surface_form_id" INTEGER NOT NULL,
  -- Where the sentence begins that the mention begins in.
  "sentence" INTEGER NOT NULL,
  "start" INTEGER NOT NULL,
  "end" INTEGER NOT NULL
);
CREATE INDEX "mention_places_by_form" ON "mention_places"
  ("surface_form_id", "document_id", "sentence", "entity_type_id", "start", "end");
CREATE INDEX "mention_places_by_document" ON "mention_places"
  ("document_id", "sentence", "surface_form_id", "entity_type_id", "start", "end");
CREATE INDEX "mention_places_by_type" ON "mention_places"
  ("entity_type_id", "document_id", "surface_form_id", "span_id");

-- The rows that there should be. Kept by triggers, whatever statement changed a mention.
CREATE VIEW "places_of_mentions" AS
  SELECT m."id", m."document_id", m."entity_type_id", m."span_id", s."surface_form_id",
    coalesce((SELECT max(c."start") FROM "sentences" c
      WHERE c."document_id" = s."document_id" AND c."start" <= s."start"), 0) AS "sentence",
    s."start", s."end"
  FROM "mentions" m JOIN "spans" s ON s."id" = m."span_id";
INSERT INTO "mention_places" SELECT * FROM "places_of_mentions";
CREATE TRIGGER "mention_placed" AFTER INSERT ON "mentions" BEGIN
  INSERT INTO "mention_places" SELECT * FROM "places_of_mentions" WHERE "id" = NEW."id";
END;
CREATE TRIGGER "mention_moved" AFTER UPDATE OF "span_id", "document_id", "entity_type_id"
ON "mentions" BEGIN
  DELETE FROM "mention_places" WHERE "id" = NEW."id";
  INSERT INTO "mention_places" SELECT * FROM "places_of_mentions" WHERE "id" = NEW."id";
END;
