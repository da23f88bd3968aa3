-- What the engine itself remembers: subscribers' positions, wrapped keys, schema versions. Not in the
-- log, because it is not news to anybody.
CREATE TABLE notes (
    name    text   COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    value   text   NOT NULL
);
