-- What an imported mention denotes, as whoever gave it says.
ALTER TABLE "mentions" ADD COLUMN "stated_concept" TEXT;
