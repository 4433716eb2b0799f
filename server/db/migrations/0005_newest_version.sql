DROP INDEX "messages_parent_idx";--> statement-breakpoint
CREATE INDEX "messages_parent_idx" ON "messages" USING btree ("parent_id","id");