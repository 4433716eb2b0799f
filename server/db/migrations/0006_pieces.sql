CREATE TABLE "adoptions" (
	"guest_id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);--> statement-breakpoint
CREATE TABLE "removed_accounts" (
	"user_id" text PRIMARY KEY NOT NULL,
	"swept" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);--> statement-breakpoint
ALTER TABLE "runs" DROP CONSTRAINT "runs_request_key";--> statement-breakpoint
ALTER TABLE "audit_events" DROP CONSTRAINT "audit_events_user_id_users_id_fk";--> statement-breakpoint
ALTER TABLE "chats" DROP CONSTRAINT "chats_user_id_users_id_fk";--> statement-breakpoint
ALTER TABLE "idempotency_keys" DROP CONSTRAINT "idempotency_keys_user_id_users_id_fk";--> statement-breakpoint
ALTER TABLE "messages" DROP CONSTRAINT "messages_chat_fk";--> statement-breakpoint
ALTER TABLE "runs" DROP CONSTRAINT "runs_chat_fk";--> statement-breakpoint
ALTER TABLE "chats" DROP CONSTRAINT "chats_owner_key";--> statement-breakpoint
DROP INDEX "chats_user_idx";--> statement-breakpoint
ALTER TABLE "chats" ALTER COLUMN "user_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "chats" ADD COLUMN "message_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "chats" ADD COLUMN "size" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE "chats" SET "message_count" = sums.messages, "size" = sums.bytes
FROM (SELECT chat_id, count(*) AS messages, sum("size") AS bytes FROM "messages" GROUP BY chat_id) sums
WHERE sums.chat_id = "chats"."id";--> statement-breakpoint
ALTER TABLE "adoptions" ADD CONSTRAINT "adoptions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "adoptions_user_idx" ON "adoptions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "removed_accounts_idx" ON "removed_accounts" USING btree ("swept","created_at");--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_chat_id_chats_id_fk" FOREIGN KEY ("chat_id") REFERENCES "public"."chats"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_chat_id_chats_id_fk" FOREIGN KEY ("chat_id") REFERENCES "public"."chats"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_events_created_idx" ON "audit_events" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "chats_deleted_idx" ON "chats" USING btree ("id") WHERE "chats"."user_id" is null;--> statement-breakpoint
CREATE INDEX "sessions_expired_idx" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "users_guests_idx" ON "users" USING btree ("created_at") WHERE "users"."is_anonymous";--> statement-breakpoint
CREATE INDEX "chats_user_idx" ON "chats" USING btree ("user_id","id","size");--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_request_key" UNIQUE("chat_id","client_request_id");--> statement-breakpoint
-- Deletes of any kind, also those of better-auth, leave word of what is still to be removed.
CREATE FUNCTION switchboard_account_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO removed_accounts (user_id) VALUES (old.id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER users_removed AFTER DELETE ON users
  FOR EACH ROW EXECUTE FUNCTION switchboard_account_removed();--> statement-breakpoint
-- Gives back the owner for a new row, or fails where they have too many. Calls for one owner wait for each other, as with
-- switchboard_running_answers. The SQLSTATE is of a class that PostgreSQL leaves to applications.
CREATE FUNCTION switchboard_place(kind text, owner text, at_most integer) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE owned integer;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(kind || ' of ' || owner, 0));
  IF kind = 'chats' THEN SELECT count(*) INTO owned FROM chats WHERE user_id = owner;
  ELSIF kind = 'api_keys' THEN SELECT count(*) INTO owned FROM api_keys WHERE user_id = owner;
  END IF;
  IF owned >= at_most THEN RAISE EXCEPTION 'no place for more %', kind USING ERRCODE = 'SB001'; END IF;
  RETURN owner;
END $$;
