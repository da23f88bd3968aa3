-- Where in the log each state stands, by a number of its own and no longer by scope and id: a write finds its row
-- once and changes it in its place, and states that came into being together share pages, so a group of
-- writes has fewer of them to put on disk.
CREATE TABLE numbered_states (
    number   INTEGER PRIMARY KEY,
    scope    TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    live     INTEGER NOT NULL,
    due      INTEGER,
    bytes    INTEGER NOT NULL
) STRICT;

INSERT INTO numbered_states (scope, id, kind, version, revision, live, due, bytes)
SELECT scope, id, kind, version, revision, live, due, bytes FROM states ORDER BY revision;

DROP TABLE states;

ALTER TABLE numbered_states RENAME TO states;

CREATE UNIQUE INDEX states_by_id ON states (scope, id);

CREATE INDEX states_by_due ON states (due) WHERE due IS NOT NULL;
