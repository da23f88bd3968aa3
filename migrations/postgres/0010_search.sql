-- Where states are found by their terms. All of it is derived from the log and follows it: one
-- server at a time brings it forward, and a search first has it catch up.

-- A scope's number is part of all its terms.
CREATE TABLE search_scopes (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope  text   COLLATE "C" NOT NULL UNIQUE
);

-- One row for each state that can be found, under the revision of its newest change.
CREATE TABLE search_entries (
    revision bigint   PRIMARY KEY,
    ends     bigint,
    wide     boolean  NOT NULL,
    created  bigint   NOT NULL,
    name     text     COLLATE "C" NOT NULL,
    id       text     COLLATE "C" NOT NULL,
    terms    tsvector NOT NULL
);

-- What is new waits in a list that every search reads; so it is kept short.
CREATE INDEX search_by_terms ON search_entries USING gin (terms) WITH (gin_pending_list_limit = 1024);

-- How far the index is. Up to the goal it may pass over what the goal replaces: until it is there it
-- has holes. Whoever brings it forward holds this row.
CREATE TABLE search_head (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    revision bigint  NOT NULL,
    goal     bigint  NOT NULL
) WITH (fillfactor = 10);

INSERT INTO search_head (revision, goal) VALUES (0, 0);
