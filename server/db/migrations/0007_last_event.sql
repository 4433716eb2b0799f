ALTER TABLE "runs" ADD COLUMN "last_seq" integer;--> statement-breakpoint
UPDATE "runs" SET "last_seq" = (SELECT max("seq") FROM "run_events" WHERE "run_id" = "runs"."id") WHERE "status" <> 'active' AND NOT "pruned";
