//! Configuration files: the three-way merge over a table of cases, its laws on random files, and what it refuses.
#![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

#[path = "configurations/answers.rs"]
mod answers;
#[path = "configurations/cases.rs"]
mod cases;
#[path = "configurations/documents.rs"]
mod documents;
#[path = "configurations/folder.rs"]
mod folder;
#[path = "configurations/forms.rs"]
mod forms;
#[path = "configurations/laws.rs"]
mod laws;
#[path = "configurations/places.rs"]
mod places;
#[path = "configurations/refusals.rs"]
mod refusals;
#[path = "configurations/writers.rs"]
mod writers;
