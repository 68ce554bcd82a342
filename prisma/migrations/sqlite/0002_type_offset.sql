-- How far above its threshold a span must score to be a mention of the type.

ALTER TABLE "entity_types" ADD COLUMN "offset" REAL NOT NULL DEFAULT 0;
