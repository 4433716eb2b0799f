-- Every five seconds, the lease of each run in progress is renewed. Without the time of the lease in an index, and with
-- some space in each page, most new versions of these rows are written to the same page, and to none of the indexes.
-- Runs in progress are found by the other partial indexes.
DROP INDEX "runs_lease_idx";--> statement-breakpoint
ALTER TABLE "runs" SET (fillfactor = 70);
