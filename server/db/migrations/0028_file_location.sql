-- works with 0.1.0
ALTER TABLE "files" ADD COLUMN "location" text DEFAULT 'database' NOT NULL;