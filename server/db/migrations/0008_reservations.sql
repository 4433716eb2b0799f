CREATE TABLE "address_days" (
	"day" date NOT NULL,
	"address" text NOT NULL,
	"tokens" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "address_days_day_address_pk" PRIMARY KEY("day","address")
);
--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "day" date DEFAULT (now() at time zone 'utc')::date NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "address" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "reserved_input" integer;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "reserved_output" integer;--> statement-breakpoint
CREATE INDEX "runs_active_address_idx" ON "runs" USING btree ("address") WHERE "runs"."status" = 'active' and "runs"."address" is not null;--> statement-breakpoint
UPDATE "runs" SET "day" = (created_at at time zone 'utc')::date WHERE status = 'active';--> statement-breakpoint
-- Reserves tokens for an answer: `input`, and up to `at_most` of output. Returns how much output fits into the quotas, or
-- fails if not even 200 tokens do. What is used and what active runs reserve is read after the row of the day is locked,
-- so that calls for one user, and those of guests of one address, see what the one before has reserved. The lock is a
-- changed row and not an advisory lock, because a transaction with a snapshot from before the change then fails.
CREATE FUNCTION switchboard_reserve(
  owner text, on_day date, quota bigint, guest_address text, quota_there bigint, input integer, at_most integer
) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  rest bigint;
  rest_there bigint;
BEGIN
  INSERT INTO usage_days AS d (user_id, day) VALUES (owner, on_day)
    ON CONFLICT (user_id, day) DO UPDATE SET runs = d.runs;
  SELECT coalesce(u.daily_tokens, quota) - d.input_tokens - d.output_tokens - (
      SELECT coalesce(sum(r.reserved_input + r.reserved_output), 0) FROM runs r
      WHERE r.user_id = owner AND r.status = 'active' AND r.day = on_day
    ) INTO rest
    FROM users u JOIN usage_days d ON d.user_id = u.id WHERE u.id = owner AND d.day = on_day;
  IF guest_address IS NOT NULL THEN
    INSERT INTO address_days AS d (day, address) VALUES (on_day, guest_address)
      ON CONFLICT (day, address) DO UPDATE SET tokens = d.tokens;
    SELECT quota_there - d.tokens - (
        SELECT coalesce(sum(r.reserved_input + r.reserved_output), 0) FROM runs r
        WHERE r.address = guest_address AND r.status = 'active' AND r.day = on_day
      ) INTO rest_there
      FROM address_days d WHERE d.day = on_day AND d.address = guest_address;
    rest := least(rest, rest_there);
  END IF;
  IF rest < input + 200 THEN RAISE EXCEPTION 'no tokens left' USING ERRCODE = 'SB002'; END IF;
  RETURN least(at_most, rest - input);
END $$;--> statement-breakpoint
-- Pays for a call of a model before it is made. Returns how much output is paid for; fails as switchboard_reserve does.
CREATE FUNCTION switchboard_pay(
  owner text, on_day date, quota bigint, guest_address text, quota_there bigint, input integer, at_most integer
) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  granted integer := switchboard_reserve(owner, on_day, quota, guest_address, quota_there, input, at_most);
BEGIN
  UPDATE usage_days SET input_tokens = input_tokens + input, output_tokens = output_tokens + granted
    WHERE user_id = owner AND day = on_day;
  UPDATE address_days SET tokens = tokens + input + granted WHERE day = on_day AND address = guest_address;
  RETURN granted;
END $$;
