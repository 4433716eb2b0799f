-- Any table with a user_id can have a limit of rows by owner. The names in the code are still planned once.
CREATE OR REPLACE FUNCTION switchboard_place(kind text, owner text, at_most integer) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE owned integer;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(kind || ' of ' || owner, 0));
  IF kind = 'chats' THEN SELECT count(*) INTO owned FROM chats WHERE user_id = owner;
  ELSIF kind = 'api_keys' THEN SELECT count(*) INTO owned FROM api_keys WHERE user_id = owner;
  ELSE EXECUTE format('SELECT count(*) FROM %I WHERE user_id = $1', kind) INTO owned USING owner;
  END IF;
  IF owned >= at_most THEN RAISE EXCEPTION 'no place for more %', kind USING ERRCODE = 'SB001'; END IF;
  RETURN owner;
END $$;
