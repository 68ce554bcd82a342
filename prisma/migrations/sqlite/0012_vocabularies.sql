-- Vocabularies: things with an id and names, and which of them is proposed for each mention.

CREATE TABLE "vocabularies" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  "collection_id" INTEGER NOT NULL REFERENCES "collections" ("id") ON DELETE CASCADE,
  "name" TEXT NOT NULL,
  -- Counts the imports under the name.
  "version" INTEGER NOT NULL DEFAULT 1,
  -- 1: it is for mentions of the types in vocabulary_types only.
  "is_limited" INTEGER NOT NULL CHECK ("is_limited" IN (0, 1)),
  "created_at" DATETIME NOT NULL,
  "updated_at" DATETIME NOT NULL
);
CREATE UNIQUE INDEX "vocabularies_collection_id_name_key"
  ON "vocabularies" ("collection_id", "name");

CREATE TABLE "vocabulary_types" (
  "vocabulary_id" INTEGER NOT NULL REFERENCES "vocabularies" ("id") ON DELETE CASCADE,
  "entity_type_id" INTEGER NOT NULL REFERENCES "entity_types" ("id") ON DELETE CASCADE,
  PRIMARY KEY ("vocabulary_id", "entity_type_id")
);
CREATE INDEX "vocabulary_types_entity_type_id_idx" ON "vocabulary_types" ("entity_type_id");

CREATE TABLE "concepts" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  "vocabulary_id" INTEGER NOT NULL REFERENCES "vocabularies" ("id") ON DELETE CASCADE,
  -- The id that the vocabulary has for it.
  "key" TEXT NOT NULL,
  "name" TEXT NOT NULL
);
CREATE UNIQUE INDEX "concepts_vocabulary_id_key_key" ON "concepts" ("vocabulary_id", "key");
CREATE INDEX "concepts_key_idx" ON "concepts" ("key");

-- Each name and synonym of a vocabulary once, as a surface form, with the concept it stands for.
CREATE TABLE "concept_names" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  "vocabulary_id" INTEGER NOT NULL REFERENCES "vocabularies" ("id") ON DELETE CASCADE,
  "form" TEXT NOT NULL,
  "concept_id" INTEGER NOT NULL REFERENCES "concepts" ("id") ON DELETE CASCADE,
  "method" TEXT NOT NULL CHECK ("method" IN ('NAME', 'SYNONYM')),
  -- Null until it is encoded.
  "meaning_vector" BLOB
);
CREATE UNIQUE INDEX "concept_names_vocabulary_id_form_key"
  ON "concept_names" ("vocabulary_id", "form");
CREATE INDEX "concept_names_concept_id_idx" ON "concept_names" ("concept_id");
CREATE INDEX "concept_names_to_encode" ON "concept_names" ("vocabulary_id", "id")
  WHERE "meaning_vector" IS NULL;

CREATE TABLE "mention_concepts" (
  "mention_id" INTEGER PRIMARY KEY NOT NULL REFERENCES "mentions" ("id") ON DELETE CASCADE,
  "concept_id" INTEGER NOT NULL REFERENCES "concepts" ("id") ON DELETE CASCADE,
  "matched_by" TEXT NOT NULL CHECK ("matched_by" IN ('NAME', 'SYNONYM', 'ABBREVIATION', 'MEANING')),
  "similarity" REAL NOT NULL
);
CREATE INDEX "mention_concepts_by_concept" ON "mention_concepts" ("concept_id", "mention_id");

-- Documents whose mentions wait for proposals. What changes meanwhile has another revision.
CREATE TABLE "unlinked_documents" (
  "document_id" INTEGER PRIMARY KEY NOT NULL REFERENCES "documents" ("id") ON DELETE CASCADE,
  "collection_id" INTEGER NOT NULL,
  "revision" INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX "unlinked_documents_collection_id_idx" ON "unlinked_documents" ("collection_id");

-- Whatever statement makes a mention.
CREATE TRIGGER "mention_unlinked" AFTER INSERT ON "mentions"
WHEN EXISTS (SELECT 1 FROM "vocabularies") BEGIN
  INSERT INTO "unlinked_documents" ("document_id", "collection_id")
    SELECT d."id", d."collection_id" FROM "documents" d WHERE d."id" = NEW."document_id"
    AND EXISTS (SELECT 1 FROM "vocabularies" v WHERE v."collection_id" = d."collection_id")
    ON CONFLICT ("document_id") DO UPDATE SET "revision" = "revision" + 1;
END;
