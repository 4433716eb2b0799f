CREATE TABLE "import_chats" (
	"import_id" text NOT NULL,
	"position" integer NOT NULL,
	"title" text NOT NULL,
	"content" text,
	"size" integer NOT NULL,
	"reason" text,
	CONSTRAINT "import_chats_import_id_position_pk" PRIMARY KEY("import_id","position")
);
--> statement-breakpoint
CREATE TABLE "imports" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"pending" integer DEFAULT 0 NOT NULL,
	"imported" integer DEFAULT 0 NOT NULL,
	"skipped" integer DEFAULT 0 NOT NULL,
	"failed" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"turn_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "import_chats" ADD CONSTRAINT "import_chats_import_id_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."imports"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "imports" ADD CONSTRAINT "imports_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "import_chats_pending_idx" ON "import_chats" USING btree ("import_id","position","size") WHERE "import_chats"."reason" is null;--> statement-breakpoint
CREATE INDEX "import_chats_failed_idx" ON "import_chats" USING btree ("import_id","position") WHERE "import_chats"."reason" is not null;--> statement-breakpoint
CREATE INDEX "imports_user_idx" ON "imports" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "imports_created_idx" ON "imports" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "imports_pending_idx" ON "imports" USING btree ("turn_at") WHERE "imports"."pending" > 0;