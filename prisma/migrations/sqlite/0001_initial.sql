-- The tables of prisma/models.prisma. Every id is AUTOINCREMENT: an id that was deleted is never
-- given again, so cursors, global ids and the vector index cannot mistake a new row for an old one.

CREATE TABLE "collections" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  "name" TEXT NOT NULL,
  "types_revision" INTEGER NOT NULL DEFAULT 0,
  "created_at" DATETIME NOT NULL
);
CREATE UNIQUE INDEX "collections_name_key" ON "collections" ("name");

-- "text" comes last: SQLite reads a row up to the last column asked for, and a text can be long.
CREATE TABLE "documents" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  "collection_id" INTEGER NOT NULL REFERENCES "collections" ("id") ON DELETE CASCADE,
  "external_id" TEXT,
  "text_hash" TEXT NOT NULL,
  "title" TEXT,
  "metadata" TEXT,
  "state" TEXT NOT NULL CHECK ("state" IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED')),
  "priority" INTEGER NOT NULL DEFAULT 0,
  "queued_at" DATETIME NOT NULL,
  "available_at" DATETIME NOT NULL,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "lease_token" TEXT,
  "lease_until" DATETIME,
  "error_code" TEXT,
  "error_message" TEXT,
  "types_revision" INTEGER NOT NULL DEFAULT -1,
  "characters" INTEGER NOT NULL DEFAULT 0,
  "characters_read" INTEGER NOT NULL DEFAULT 0,
  "tokens" INTEGER NOT NULL DEFAULT 0,
  "unknown_tokens" INTEGER NOT NULL DEFAULT 0,
  "dropped" TEXT NOT NULL DEFAULT '[]',
  "created_at" DATETIME NOT NULL,
  "updated_at" DATETIME NOT NULL,
  "read_at" DATETIME,
  "text" TEXT NOT NULL
);
CREATE UNIQUE INDEX "documents_by_external_id" ON "documents" ("collection_id", "external_id")
  WHERE "external_id" IS NOT NULL;
CREATE UNIQUE INDEX "documents_by_text" ON "documents" ("collection_id", "text_hash")
  WHERE "external_id" IS NULL;
CREATE INDEX "documents_collection_id_idx" ON "documents" ("collection_id");
CREATE INDEX "documents_queue" ON "documents" ("state", "priority" DESC, "queued_at", "id");
CREATE INDEX "documents_rescore" ON "documents" ("collection_id", "state", "types_revision");

CREATE TABLE "windows" (
  "document_id" INTEGER NOT NULL REFERENCES "documents" ("id") ON DELETE CASCADE,
  "position" INTEGER NOT NULL,
  "start" INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  "tokens" INTEGER NOT NULL,
  "threshold_vector" BLOB,
  PRIMARY KEY ("document_id", "position"),
  CHECK ("start" <= "end")
);

CREATE TABLE "entity_types" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  "collection_id" INTEGER NOT NULL REFERENCES "collections" ("id") ON DELETE CASCADE,
  "name" TEXT NOT NULL,
  "description" TEXT NOT NULL,
  "version" INTEGER NOT NULL DEFAULT 1,
  "vector" BLOB,
  "created_at" DATETIME NOT NULL,
  "updated_at" DATETIME NOT NULL
);
CREATE UNIQUE INDEX "entity_types_collection_id_name_key"
  ON "entity_types" ("collection_id", "name");

CREATE TABLE "document_types" (
  "document_id" INTEGER NOT NULL REFERENCES "documents" ("id") ON DELETE CASCADE,
  "entity_type_id" INTEGER NOT NULL REFERENCES "entity_types" ("id") ON DELETE CASCADE,
  "version" INTEGER NOT NULL,
  PRIMARY KEY ("document_id", "entity_type_id")
) WITHOUT ROWID;
CREATE INDEX "document_types_entity_type_id_version_idx"
  ON "document_types" ("entity_type_id", "version");

CREATE TABLE "surface_forms" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  "text" TEXT NOT NULL,
  "meaning_vector" BLOB
);
CREATE UNIQUE INDEX "surface_forms_text_key" ON "surface_forms" ("text");

CREATE TABLE "spans" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  "document_id" INTEGER NOT NULL REFERENCES "documents" ("id") ON DELETE CASCADE,
  "start" INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  "window" INTEGER NOT NULL,
  "surface" TEXT NOT NULL,
  "surface_form_id" INTEGER NOT NULL REFERENCES "surface_forms" ("id"),
  "type_vector" BLOB,
  CHECK ("start" < "end")
);
CREATE UNIQUE INDEX "spans_document_id_start_end_window_key"
  ON "spans" ("document_id", "start", "end", "window");
CREATE INDEX "spans_surface_form_id_idx" ON "spans" ("surface_form_id");

CREATE TABLE "mentions" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  "span_id" INTEGER NOT NULL REFERENCES "spans" ("id") ON DELETE CASCADE,
  "document_id" INTEGER NOT NULL REFERENCES "documents" ("id") ON DELETE CASCADE,
  "entity_type_id" INTEGER NOT NULL REFERENCES "entity_types" ("id") ON DELETE CASCADE,
  "type_version" INTEGER NOT NULL,
  "score" REAL NOT NULL,
  "threshold" REAL NOT NULL,
  "margin" REAL NOT NULL,
  "source" TEXT NOT NULL CHECK ("source" IN ('MODEL', 'HUMAN', 'IMPORT')),
  "created_at" DATETIME NOT NULL
);
CREATE UNIQUE INDEX "mentions_span_id_entity_type_id_key"
  ON "mentions" ("span_id", "entity_type_id");
CREATE INDEX "mentions_document_id_id_idx" ON "mentions" ("document_id", "id");
CREATE INDEX "mentions_entity_type_id_id_idx" ON "mentions" ("entity_type_id", "id");

CREATE TABLE "index_log" (
  "sequence" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  "space" TEXT NOT NULL CHECK ("space" IN ('TYPE', 'MEANING')),
  "op" TEXT NOT NULL CHECK ("op" IN ('PUT', 'REMOVE')),
  "vector_id" INTEGER NOT NULL
);
CREATE INDEX "index_log_space_sequence_idx" ON "index_log" ("space", "sequence");

CREATE TABLE "index_spaces" (
  "space" TEXT PRIMARY KEY NOT NULL,
  "pruned_through" INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "index_spaces" ("space") VALUES ('TYPE'), ('MEANING');

CREATE TABLE "model" (
  "id" INTEGER PRIMARY KEY NOT NULL CHECK ("id" = 1),
  "bundle_id" TEXT NOT NULL,
  "state" TEXT NOT NULL CHECK ("state" IN ('CLEARING', 'READY')),
  "changed_at" DATETIME NOT NULL
);

INSERT INTO "collections" ("name", "created_at")
  VALUES ('default', CAST(unixepoch('subsec') * 1000 AS INTEGER));
