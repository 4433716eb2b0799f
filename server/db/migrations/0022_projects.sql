CREATE TABLE "projects" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"name" text NOT NULL,
	"instructions" text DEFAULT '' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "projects_owner_key" UNIQUE("id","user_id")
);
--> statement-breakpoint
ALTER TABLE "chats" ADD COLUMN "project_id" text;--> statement-breakpoint
CREATE INDEX "projects_user_idx" ON "projects" USING btree ("user_id","id");--> statement-breakpoint
ALTER TABLE "chats" ADD CONSTRAINT "chats_project_fk" FOREIGN KEY ("project_id","user_id") REFERENCES "public"."projects"("id","user_id") ON DELETE set null ("project_id") ON UPDATE no action DEFERRABLE INITIALLY IMMEDIATE;--> statement-breakpoint
CREATE INDEX "chats_project_idx" ON "chats" USING btree ("user_id","project_id","archived","pinned","active_at","id") WHERE "chats"."project_id" is not null;--> statement-breakpoint
CREATE INDEX "chats_no_project_idx" ON "chats" USING btree ("user_id","archived","pinned","active_at","id") WHERE "chats"."project_id" is null and not "chats"."temporary";--> statement-breakpoint
ALTER TABLE "chats" ADD CONSTRAINT "chats_project_check" CHECK ("chats"."project_id" is null or not "chats"."temporary");