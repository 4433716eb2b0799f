-- An installation that has an admin must not give the role to its next account.
INSERT INTO "installation" ("fact", "value")
SELECT 'first-account', "id" FROM "users" WHERE "role" = 'admin' ORDER BY "created_at", "id" LIMIT 1
ON CONFLICT DO NOTHING;
