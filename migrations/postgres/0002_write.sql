-- Writes one group of requests: decides each by guard and quota, all or nothing and in order, appends
-- what was admitted to the log, and answers. One call is one transaction and one round trip.
--
-- A request is one or more neighbouring rows with the same number in `request_of`. A row without a state
-- is a guard: it is only compared, and comes before its request's writes. For each row
-- `place_of` and `book_of` name the first write of the group with the same address, or scope: there the
-- books are kept, as if what was admitted were written already (the same as `Ledger` in Rust).
--
-- The answer: the revision of the first write that was admitted (the others follow in order), and
-- of each refused request its number, the reason (1 stale, 2 too many states, 3 too many bytes),
-- the row to blame, and the size it would have made. `found_state` is what is stored where `found_at`
-- says, for the stale ones.
CREATE FUNCTION holdfast_write(
    writer        bigint,
    group_number  bigint,
    request_of    integer[],
    place_of      integer[],
    book_of       integer[],
    scope_of      text[],
    id_of         text[],
    seen_of       bigint[],  -- the version its writer saw; 0: nothing
    version_of    bigint[],
    live_of       boolean[],
    bytes_of      bigint[],
    max_states_of bigint[],
    max_bytes_of  bigint[],
    transition_of text[],
    actor_of      text[],
    client_of     text[],
    at_of         bigint[],
    kind_of       text[],
    due_of        bigint[],
    state_of      text[],
    OUT first_revision bigint,
    OUT refused   integer[],
    OUT reason    integer[],
    OUT culprit_of integer[],
    OUT size_of   bigint[],
    OUT found_at  integer[],
    OUT found_state text[]
) LANGUAGE plpgsql AS $$
DECLARE
    total integer := cardinality(request_of);
    newest bigint;
    last_number bigint;
    is_known boolean;
    -- The books of each place and of each scope.
    head_version bigint[]; head_live boolean[]; head_bytes bigint[]; head_revision bigint[];
    book_states bigint[]; book_bytes bigint[];
    -- Where each write goes in the log, and what stood in the books before it.
    revision_of bigint[] := array_fill(NULL::bigint, ARRAY[total]);
    previous_of bigint[]; old_version bigint[]; old_live boolean[]; old_bytes bigint[];
    old_book_states bigint[]; old_book_bytes bigint[];
    w integer := 1; start integer; place integer; book integer; verdict integer;
    new_states bigint; new_bytes bigint; would_be bigint;
BEGIN
    SELECT h.revision INTO newest FROM head h WHERE h.only_row FOR UPDATE;
    -- From here on nobody else writes, and each statement sees what was committed until now.
    SELECT g.number, g.first, g.refused, g.why, g.culprit, g.size
    INTO last_number, first_revision, refused, reason, culprit_of, size_of
    FROM writers g WHERE g.id = writer;
    IF last_number > group_number THEN
        RAISE 'this group was given up, and a later one was written';
    END IF;
    is_known := coalesce(last_number = group_number, false);

    IF NOT is_known THEN
        refused := '{}'; reason := '{}'; culprit_of := '{}'; size_of := '{}';
        first_revision := newest + 1;
        SELECT array_agg(coalesce(s.version, 0) ORDER BY k.n), array_agg(coalesce(s.live, false) ORDER BY k.n),
               array_agg(coalesce(s.bytes, 0) ORDER BY k.n), array_agg(coalesce(s.revision, 0) ORDER BY k.n)
        INTO head_version, head_live, head_bytes, head_revision
        FROM unnest(scope_of, id_of, place_of) WITH ORDINALITY k (scope, id, place, n)
        LEFT JOIN states s ON s.scope = k.scope AND s.id = k.id AND k.place = k.n;
        SELECT array_agg(coalesce(u.states, 0) ORDER BY k.n), array_agg(coalesce(u.bytes, 0) ORDER BY k.n)
        INTO book_states, book_bytes
        FROM unnest(scope_of, book_of) WITH ORDINALITY k (scope, book, n)
        LEFT JOIN scopes u ON u.scope = k.scope AND k.book = k.n;
        previous_of := head_revision; old_version := head_version;
        old_live := head_live; old_bytes := head_bytes;
        old_book_states := book_states; old_book_bytes := book_bytes;

        WHILE w <= total LOOP
            start := w;
            verdict := 0;
            LOOP
                place := place_of[w]; book := book_of[w];
                IF head_version[place] <> seen_of[w] THEN
                    verdict := 1; would_be := 0;
                    EXIT;
                END IF;
                IF state_of[w] IS NULL THEN
                    w := w + 1;
                    EXIT WHEN w > total OR request_of[w] <> request_of[start];
                    CONTINUE;
                END IF;
                new_states := book_states[book]; new_bytes := book_bytes[book];
                IF head_live[place] THEN
                    new_states := greatest(new_states - 1, 0);
                    new_bytes := greatest(new_bytes - head_bytes[place], 0);
                END IF;
                IF live_of[w] THEN
                    new_states := new_states + 1; new_bytes := new_bytes + bytes_of[w];
                END IF;
                IF new_states > max_states_of[w] AND new_states > book_states[book] THEN
                    verdict := 2; would_be := new_states;
                    EXIT;
                END IF;
                IF new_bytes > max_bytes_of[w] AND new_bytes > book_bytes[book] THEN
                    verdict := 3; would_be := new_bytes;
                    EXIT;
                END IF;
                newest := newest + 1;
                revision_of[w] := newest;
                previous_of[w] := head_revision[place]; head_revision[place] := newest;
                old_version[w] := head_version[place]; head_version[place] := version_of[w];
                old_live[w] := head_live[place]; head_live[place] := live_of[w];
                old_bytes[w] := head_bytes[place]; head_bytes[place] := bytes_of[w];
                old_book_states[w] := book_states[book]; book_states[book] := new_states;
                old_book_bytes[w] := book_bytes[book]; book_bytes[book] := new_bytes;
                w := w + 1;
                EXIT WHEN w > total OR request_of[w] <> request_of[start];
            END LOOP;
            CONTINUE WHEN verdict = 0;

            refused := refused || request_of[start]; reason := reason || verdict;
            culprit_of := culprit_of || w; size_of := size_of || would_be;
            FOR undone IN REVERSE w - 1 .. start LOOP
                CONTINUE WHEN state_of[undone] IS NULL;
                place := place_of[undone]; book := book_of[undone];
                newest := newest - 1;
                revision_of[undone] := NULL;
                head_revision[place] := previous_of[undone]; head_version[place] := old_version[undone];
                head_live[place] := old_live[undone]; head_bytes[place] := old_bytes[undone];
                book_states[book] := old_book_states[undone]; book_bytes[book] := old_book_bytes[undone];
            END LOOP;
            WHILE w <= total AND request_of[w] = request_of[start] LOOP
                w := w + 1;
            END LOOP;
        END LOOP;
    END IF;

    IF NOT is_known AND newest >= first_revision THEN
        INSERT INTO log (revision, previous, scope, id, version, transition, actor, client, at, state)
        SELECT n.revision, nullif(n.previous, 0), n.scope, n.id, n.version, n.transition, n.actor,
               n.client, n.at, n.state
        FROM unnest(revision_of, previous_of, scope_of, id_of, version_of, transition_of, actor_of,
                    client_of, at_of, state_of)
             n (revision, previous, scope, id, version, transition, actor, client, at, state)
        WHERE n.revision IS NOT NULL;
        -- A state that was written twice is pointed to its last record only.
        INSERT INTO states AS s (scope, id, kind, version, revision, live, due, bytes)
        SELECT n.scope, n.id, n.kind, n.version, n.revision, n.live, n.due, n.bytes
        FROM unnest(scope_of, id_of, kind_of, version_of, revision_of, live_of, due_of, bytes_of, place_of)
             n (scope, id, kind, version, revision, live, due, bytes, place)
        WHERE n.revision = head_revision[n.place]
        ON CONFLICT (scope, id) DO UPDATE SET
            kind = excluded.kind, version = excluded.version, revision = excluded.revision,
            live = excluded.live, due = excluded.due, bytes = excluded.bytes;
        INSERT INTO scopes AS u (scope, states, bytes)
        SELECT n.scope, n.states, n.bytes
        FROM unnest(scope_of, book_of, book_states, book_bytes) WITH ORDINALITY
             n (scope, book, states, bytes, place)
        WHERE n.book = n.place
        ON CONFLICT (scope) DO UPDATE SET states = excluded.states, bytes = excluded.bytes
        WHERE (u.states, u.bytes) IS DISTINCT FROM (excluded.states, excluded.bytes);
        UPDATE head SET revision = newest WHERE only_row;
        INSERT INTO writers AS g (id, number, first, refused, why, culprit, size)
        VALUES (writer, group_number, first_revision, holdfast_write.refused, reason, culprit_of, size_of)
        ON CONFLICT (id) DO UPDATE SET
            number = excluded.number, first = excluded.first, refused = excluded.refused,
            why = excluded.why, culprit = excluded.culprit, size = excluded.size, at = excluded.at;
        PERFORM pg_notify('holdfast', newest::text);
    END IF;

    -- Each place once, however many came too late for it: states may be large.
    SELECT coalesce(array_agg(k.place), '{}'), coalesce(array_agg(l.state), '{}') INTO found_at, found_state
    FROM (SELECT DISTINCT place_of[c.write] AS place
          FROM unnest(reason, culprit_of) c (verdict, write) WHERE c.verdict = 1) k
    JOIN states s ON s.scope = scope_of[k.place] AND s.id = id_of[k.place]
    JOIN log l ON l.revision = s.revision;
END
$$;
