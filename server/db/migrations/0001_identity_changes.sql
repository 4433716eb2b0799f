-- Whoever changes what decides about a caller, the instances hear whose it was.
CREATE FUNCTION switchboard_identity_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('switchboard_identities', to_jsonb(old) ->> TG_ARGV[0]);
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER users_identity_changed AFTER DELETE OR UPDATE OF role, banned, ban_expires, is_anonymous ON users
  FOR EACH ROW EXECUTE FUNCTION switchboard_identity_changed('id');--> statement-breakpoint
CREATE TRIGGER sessions_identity_changed AFTER DELETE OR UPDATE OF user_id, token, expires_at ON sessions
  FOR EACH ROW EXECUTE FUNCTION switchboard_identity_changed('user_id');--> statement-breakpoint
CREATE TRIGGER api_keys_identity_changed AFTER DELETE OR UPDATE OF user_id, hash, scope, expires_at ON api_keys
  FOR EACH ROW EXECUTE FUNCTION switchboard_identity_changed('user_id');
