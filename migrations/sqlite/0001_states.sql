-- One record for each change, in the order of commit. It holds the state after the change; the
-- state before is the record at `previous`. A state's history is that chain, so that appending
-- touches the end of one table and no index.
CREATE TABLE log (
    revision   INTEGER PRIMARY KEY,
    previous   INTEGER,
    scope      TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    version    INTEGER NOT NULL CHECK (version > 0),
    transition TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    client     TEXT,
    at         INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    live       INTEGER NOT NULL,
    due        INTEGER,
    bytes      INTEGER NOT NULL,
    state      TEXT    NOT NULL
) STRICT;

-- Where in the log each state stands: a state's content is kept once, in its newest record.
CREATE TABLE states (
    scope    TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    live     INTEGER NOT NULL,
    due      INTEGER,
    bytes    INTEGER NOT NULL,
    PRIMARY KEY (scope, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX states_by_due ON states (due) WHERE due IS NOT NULL;

-- What each scope holds, for its quota.
CREATE TABLE scopes (
    scope  TEXT PRIMARY KEY,
    states INTEGER NOT NULL,
    bytes  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
