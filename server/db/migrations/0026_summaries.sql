ALTER TABLE "chats" ADD COLUMN "summarizing_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "summary" text;--> statement-breakpoint
CREATE INDEX "messages_summary_idx" ON "messages" USING btree ("chat_id") WHERE "messages"."summary" is not null;