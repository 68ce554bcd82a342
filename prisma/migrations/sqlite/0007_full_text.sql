-- The words of documents' titles and texts.

-- What is shown of a text is cut off at a NUL. A space in its place changes neither words nor offsets.
-- nul_as_space is a function of src/store/connection.ts.
CREATE VIEW "searchable_documents" AS
  SELECT "id", nul_as_space("title") AS "title", nul_as_space("text") AS "text" FROM "documents";

-- The texts stay where they are: the index refers to them. It is kept by triggers, so in the
-- transaction of the document, and built anew by a purge, because it keeps words of deleted texts.
CREATE VIRTUAL TABLE "documents_text" USING fts5("title", "text",
  content = 'searchable_documents', content_rowid = 'id',
  tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO "documents_text" ("documents_text") VALUES ('rebuild');

CREATE TRIGGER "documents_text_added" AFTER INSERT ON "documents" BEGIN
  INSERT INTO "documents_text" ("rowid", "title", "text")
  VALUES (NEW."id", NEW."title", NEW."text");
END;
CREATE TRIGGER "documents_text_removed" AFTER DELETE ON "documents" BEGIN
  INSERT INTO "documents_text" ("documents_text", "rowid", "title", "text")
  VALUES ('delete', OLD."id", OLD."title", OLD."text");
END;
CREATE TRIGGER "documents_text_changed" AFTER UPDATE OF "title", "text" ON "documents"
WHEN OLD."title" IS NOT NEW."title" OR OLD."text" IS NOT NEW."text" BEGIN
  INSERT INTO "documents_text" ("documents_text", "rowid", "title", "text")
  VALUES ('delete', OLD."id", OLD."title", OLD."text");
  INSERT INTO "documents_text" ("rowid", "title", "text")
  VALUES (NEW."id", NEW."title", NEW."text");
END;
