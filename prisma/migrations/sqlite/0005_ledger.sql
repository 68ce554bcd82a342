-- What is kept of each document so that later types are scored without the encoder, as an extractor gave
-- it. Beside the documents, not in their rows: it is as long as a hundred texts.
CREATE TABLE "ledgers" (
  "document_id" INTEGER PRIMARY KEY NOT NULL REFERENCES "documents" ("id") ON DELETE CASCADE,
  -- CRC-32 of the rows, as a signed number.
  "checksum" INTEGER NOT NULL,
  "rows" BLOB NOT NULL
);

-- 0: its documents get none.
ALTER TABLE "collections" ADD COLUMN "keeps_ledgers" INTEGER NOT NULL DEFAULT 1;
