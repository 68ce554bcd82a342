-- Spans of texts that are mentions of a type, or are none: a JSON array of objects with text, start, end and
-- isPositive.
ALTER TABLE "entity_types" ADD COLUMN "examples" TEXT NOT NULL DEFAULT '[]';
