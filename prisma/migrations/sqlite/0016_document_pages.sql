-- Where the pages of a document's text begin, for a text that has pages: a JSON array of offsets. Beside the
-- documents, not in their rows: most texts have no pages, and a book has thousands.
CREATE TABLE "document_pages" (
  "document_id" INTEGER PRIMARY KEY NOT NULL REFERENCES "documents" ("id") ON DELETE CASCADE,
  "starts" TEXT NOT NULL
);
-- The same of a version that waits; null for a text without pages.
ALTER TABLE "document_replacements" ADD COLUMN "page_starts" TEXT;
