-- What the engine itself remembers: subscribers' positions, wrapped keys, schema versions. Not in the
-- log, because it is not news to anybody.
CREATE TABLE notes (
    name    TEXT    PRIMARY KEY,
    version INTEGER NOT NULL,
    value   TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
