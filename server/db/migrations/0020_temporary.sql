DROP INDEX "chats_list_idx";--> statement-breakpoint
ALTER TABLE "chats" ADD COLUMN "temporary" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "chats_temporary_idx" ON "chats" USING btree ("active_at") WHERE "chats"."temporary" and "chats"."user_id" is not null;--> statement-breakpoint
CREATE INDEX "chats_list_idx" ON "chats" USING btree ("user_id","archived","pinned","active_at","id") WHERE not "chats"."temporary";