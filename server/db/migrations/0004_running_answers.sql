ALTER TABLE "runs" ADD COLUMN "takeovers" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "runs_active_user_idx" ON "runs" USING btree ("user_id") WHERE "runs"."status" = 'active';--> statement-breakpoint
-- The statement that starts a run counts with it. Calls for one user wait for each other here, and each then counts what
-- the one before has committed: a volatile function sees it, the snapshot of the statement itself does not.
CREATE FUNCTION switchboard_running_answers(owner text) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('running answers of ' || owner, 0));
  RETURN (SELECT count(*) FROM runs WHERE user_id = owner AND status = 'active');
END $$;
