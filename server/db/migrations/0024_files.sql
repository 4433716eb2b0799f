CREATE TABLE "chat_files" (
	"chat_id" text NOT NULL,
	"file_id" text NOT NULL,
	CONSTRAINT "chat_files_chat_id_file_id_pk" PRIMARY KEY("chat_id","file_id")
);
--> statement-breakpoint
CREATE TABLE "file_contents" (
	"file_id" text NOT NULL,
	"kind" text NOT NULL,
	"piece" integer NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "file_contents_file_id_kind_piece_pk" PRIMARY KEY("file_id","kind","piece")
);
--> statement-breakpoint
CREATE TABLE "files" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text,
	"filename" text NOT NULL,
	"media_type" text NOT NULL,
	"size" integer NOT NULL,
	"tokens" integer NOT NULL,
	"text_tokens" integer NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "chat_files" ADD CONSTRAINT "chat_files_chat_id_chats_id_fk" FOREIGN KEY ("chat_id") REFERENCES "public"."chats"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chat_files" ADD CONSTRAINT "chat_files_file_id_files_id_fk" FOREIGN KEY ("file_id") REFERENCES "public"."files"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "file_contents" ADD CONSTRAINT "file_contents_file_id_files_id_fk" FOREIGN KEY ("file_id") REFERENCES "public"."files"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "chat_files_file_idx" ON "chat_files" USING btree ("file_id","chat_id");--> statement-breakpoint
CREATE INDEX "files_user_idx" ON "files" USING btree ("user_id","id","size");--> statement-breakpoint
CREATE INDEX "files_unsent_idx" ON "files" USING btree ("created_at") WHERE "files"."sent_at" is null and "files"."user_id" is not null;--> statement-breakpoint
CREATE INDEX "files_deleted_idx" ON "files" USING btree ("id") WHERE "files"."user_id" is null;