-- The open fields beside sealed ones are found now: what was indexed without them is indexed again.
DELETE FROM search_entries WHERE EXISTS (SELECT FROM notes WHERE starts_with(name, 'key/'));
UPDATE search_head SET revision = 0, goal = 0
WHERE EXISTS (SELECT FROM notes WHERE starts_with(name, 'key/'));
