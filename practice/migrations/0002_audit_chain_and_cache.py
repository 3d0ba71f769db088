"""The audit trail is written by the database: numbered, chained, and closed to changes.

``practice_refuse`` is the one trigger function for rows that must not change.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION practice_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is not allowed: these rows do not change', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION practice_chain_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
BEGIN
    -- One writer a practice at a time, until its transaction ends: a chain has no branches.
    PERFORM pg_advisory_xact_lock(hashtextextended('audit ' || NEW.practice_id::text, 0));
    SELECT number, hash INTO last FROM practice_auditevent
        WHERE practice_id = NEW.practice_id ORDER BY number DESC LIMIT 1;
    NEW.number := coalesce(last.number, 0) + 1;
    NEW.previous := coalesce(last.hash, ''::bytea);
    NEW.hash := sha256(NEW.previous || convert_to(jsonb_build_array(
        NEW.id, NEW.practice_id, NEW.number,
        to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        NEW.actor_id, NEW.action, NEW.record_type, NEW.record_id, NEW.client_id,
        host(NEW.address), NEW.detail
    )::text, 'UTF8'));
    RETURN NEW;
END $$;

CREATE TRIGGER audit_chain BEFORE INSERT ON practice_auditevent
    FOR EACH ROW EXECUTE FUNCTION practice_chain_audit();
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON practice_auditevent
    FOR EACH ROW EXECUTE FUNCTION practice_refuse();

-- What createcachetable would make: rate limits of the sign-in live here.
CREATE TABLE IF NOT EXISTS cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX IF NOT EXISTS cache_expires ON cache (expires);
"""

BACK = """
DROP TABLE cache;
DROP TRIGGER audit_append_only ON practice_auditevent;
DROP TRIGGER audit_chain ON practice_auditevent;
DROP FUNCTION practice_chain_audit();
DROP FUNCTION practice_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("practice", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
