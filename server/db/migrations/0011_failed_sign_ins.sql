ALTER TABLE "audit_events" ADD COLUMN "count" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "request_id" text;--> statement-breakpoint
CREATE UNIQUE INDEX "audit_events_failed_key" ON "audit_events" USING btree ("user_id",coalesce(ip, ''),date_trunc('hour', created_at at time zone 'utc')) WHERE action = 'sign-in.fail';