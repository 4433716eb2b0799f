CREATE TABLE "search_pieces" (
	"chat_id" text NOT NULL,
	"message_id" text NOT NULL,
	"piece" integer NOT NULL,
	"user_id" text NOT NULL,
	"start" integer NOT NULL,
	"size" integer NOT NULL,
	"text" text NOT NULL,
	CONSTRAINT "search_pieces_chat_id_message_id_piece_pk" PRIMARY KEY("chat_id","message_id","piece")
);
--> statement-breakpoint
DROP INDEX "chats_search_idx";--> statement-breakpoint
DROP INDEX "messages_search_idx";--> statement-breakpoint
DROP INDEX "users_search_idx";--> statement-breakpoint
ALTER TABLE "chats" ADD COLUMN "title_folded" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "name_folded" text;--> statement-breakpoint
ALTER TABLE "search_pieces" ADD CONSTRAINT "search_pieces_chat_id_chats_id_fk" FOREIGN KEY ("chat_id") REFERENCES "public"."chats"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "search_pieces_user_idx" ON "search_pieces" USING btree ("user_id","message_id") WHERE "search_pieces"."piece" = 0;--> statement-breakpoint
CREATE INDEX "chats_unfolded_idx" ON "chats" USING btree ("id") WHERE "chats"."title_folded" is null and "chats"."user_id" is not null;--> statement-breakpoint
CREATE INDEX "users_unfolded_idx" ON "users" USING btree ("id") WHERE "users"."name_folded" is null;--> statement-breakpoint
ALTER TABLE "messages" DROP COLUMN "text";--> statement-breakpoint
-- A piece has at most 2,400 characters, which fit into a page of the table.
ALTER TABLE "search_pieces" ALTER COLUMN "text" SET STORAGE PLAIN;--> statement-breakpoint
-- Messages that are there are folded by upkeep, the newest first. The value is the id from which on it is done.
INSERT INTO "installation" ("fact", "value") SELECT 'search-folded-from', '' WHERE EXISTS (SELECT FROM "messages");
