-- Writes one write that came alone, as a lone writer's do: the same as `holdfast_write`, but quicker,
-- because it has no arrays to take apart and no books to keep.
--
-- The answer is its revision; or nothing, when it was not written here: because it is refused, or was
-- written under this number already. Then `holdfast_write` is asked under the same number, and says so.
CREATE FUNCTION holdfast_write_one(
    writer         bigint,
    group_number   bigint,
    new_scope      text,
    new_id         text,
    seen           bigint,  -- the version its writer saw; 0: nothing
    new_version    bigint,
    is_live        boolean,
    new_bytes      bigint,
    max_states     bigint,
    max_bytes      bigint,
    new_transition text,
    new_actor      text,
    new_client     text,
    new_at         bigint,
    new_kind       text,
    new_due        bigint,
    new_state      text
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    newest bigint;
    last_number bigint;
    old_version bigint; old_revision bigint; old_live boolean; old_bytes bigint;
    held_states bigint; held_bytes bigint;
    would_states bigint; would_bytes bigint;
BEGIN
    UPDATE head h SET revision = h.revision + 1 WHERE h.only_row RETURNING h.revision INTO newest;
    -- From here on nobody else writes, and each statement sees what was committed until now.
    SELECT g.number, s.version, s.revision, coalesce(s.live, false), coalesce(s.bytes, 0),
           coalesce(u.states, 0), coalesce(u.bytes, 0)
    INTO last_number, old_version, old_revision, old_live, old_bytes, held_states, held_bytes
    FROM (VALUES (true)) one (row)
    LEFT JOIN writers g ON g.id = writer
    LEFT JOIN states s ON s.scope = new_scope AND s.id = new_id
    LEFT JOIN scopes u ON u.scope = new_scope;
    would_states := held_states; would_bytes := held_bytes;
    IF old_live THEN
        would_states := greatest(would_states - 1, 0);
        would_bytes := greatest(would_bytes - old_bytes, 0);
    END IF;
    IF is_live THEN
        would_states := would_states + 1; would_bytes := would_bytes + new_bytes;
    END IF;
    IF last_number >= group_number OR coalesce(old_version, 0) <> seen
        OR (would_states > max_states AND would_states > held_states)
        OR (would_bytes > max_bytes AND would_bytes > held_bytes)
    THEN
        UPDATE head SET revision = newest - 1 WHERE only_row;
        RETURN NULL;
    END IF;

    INSERT INTO log (revision, previous, scope, id, version, transition, actor, client, at, state)
    VALUES (newest, old_revision, new_scope, new_id, new_version, new_transition, new_actor, new_client,
            new_at, new_state);
    -- Nobody else writes, so what is there is known: an update costs less than an insert that may find it.
    IF old_version IS NULL THEN
        INSERT INTO states (scope, id, kind, version, revision, live, due, bytes)
        VALUES (new_scope, new_id, new_kind, new_version, newest, is_live, new_due, new_bytes);
    ELSE
        UPDATE states SET kind = new_kind, version = new_version, revision = newest, live = is_live,
            due = new_due, bytes = new_bytes
        WHERE scope = new_scope AND id = new_id;
    END IF;
    IF (would_states, would_bytes) <> (held_states, held_bytes) THEN
        INSERT INTO scopes (scope, states, bytes) VALUES (new_scope, would_states, would_bytes)
        ON CONFLICT (scope) DO UPDATE SET states = excluded.states, bytes = excluded.bytes;
    END IF;
    IF last_number IS NULL THEN
        INSERT INTO writers (id, number, first, refused, why, culprit, size)
        VALUES (writer, group_number, newest, '{}', '{}', '{}', '{}');
    ELSE
        UPDATE writers SET number = group_number, first = newest, refused = '{}', why = '{}',
            culprit = '{}', size = '{}', at = now()
        WHERE id = writer;
    END IF;
    PERFORM pg_notify('holdfast', newest::text);
    RETURN newest;
END
$$;
