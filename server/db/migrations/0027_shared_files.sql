-- works with 0.1.0
ALTER TABLE "shares" ADD COLUMN "file_ids" text[];