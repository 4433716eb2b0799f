-- UNLOGGED, because these counts are needed for minutes, at most an hour, and their writes must cost as little as
-- possible. A crash of Postgres empties the table. The rows of busy callers are updated twice a second. With some space
-- in each page, their new versions are written to the same page, and to no index.
CREATE UNLOGGED TABLE "rate_counts" (
	"name" text NOT NULL,
	"key" text NOT NULL,
	"instance_id" text NOT NULL,
	"used" bigint NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "rate_counts_name_key_instance_id_pk" PRIMARY KEY("name","key","instance_id")
) WITH (fillfactor = 50);
--> statement-breakpoint
CREATE INDEX "rate_counts_ended_idx" ON "rate_counts" USING btree ("ends_at");