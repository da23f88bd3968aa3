//! The one suite that every backend must pass: a new backend only plugs in.
//!
//! ```ignore
//! async fn fresh() -> (TempDir, Arc<dyn Backend>) { .. } // whatever must outlive it, and an empty backend
//! holdfast::conformance_suite!(fresh);
//! ```
//!
//! A backend that keeps everything sealed says `(sealed: fresh)`: nothing is found by its content there.
//! Each sentence becomes one test. The suite speaks to the trait only: what it says about guards,
//! order and scopes is what the manager above relies on.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "these are assertions: they run in tests only"
)]

mod guards;
mod notes;
mod order;
mod quotas;
mod reading;
mod searching;
mod thinning;

use std::{net::IpAddr, sync::Arc};

use serde_json::{Value, json};

pub use self::{guards::*, notes::*, order::*, quotas::*, reading::*, searching::*, thinning::*};
use super::{Backend, Held, Outcome, Quota, Text, Write};
use crate::{
    Actor, Change, Digest, Kind, Scope, State, StateId, Status, Timestamp, Transition, Version,
};

/// Makes one test of each sentence. `$fresh` is an async function without parameters that returns
/// a guard and an empty `Arc<dyn Backend>`.
#[macro_export]
macro_rules! conformance_suite {
    (sealed: $fresh:path) => {
        $crate::conformance_suite! { $fresh;
            a_new_backend_is_empty
            what_was_written_is_read_back_whole
            a_large_state_is_read_back_whole
            a_write_that_saw_nothing_is_refused_when_something_is_there
            a_write_that_saw_an_old_version_is_refused_with_what_is_there
            a_write_that_saw_something_is_refused_when_nothing_is_there
            of_many_writers_that_saw_the_same_version_exactly_one_wins
            a_batch_is_written_whole_or_not_at_all
            a_batch_may_write_one_state_twice
            a_batch_is_written_only_if_what_it_relies_on_is_still_so
            of_two_batches_that_rely_on_each_others_states_one_is_refused
            a_deleted_state_stays_as_a_tombstone
            a_full_scope_takes_no_more_states_until_one_is_deleted
            a_full_scope_takes_smaller_content_but_not_larger
            a_quota_holds_under_concurrent_writers
            what_is_held_is_counted_over_all_scopes
            the_same_id_in_two_scopes_is_two_states
            a_scan_reads_one_scope_by_id_page_by_page
            history_is_newest_first_and_survives_delete
            a_long_history_goes_on_where_its_last_page_ended
            what_is_due_comes_longest_overdue_first_until_it_changes
            revisions_have_no_gaps_and_each_before_is_the_last_after
            the_log_is_read_from_any_place
            announcements_come_in_the_order_of_the_log
            old_records_lose_their_content_and_nothing_else
            what_is_not_old_is_never_thinned
            a_thinned_log_is_read_from_any_place
            a_note_is_written_by_whom_saw_the_last_one
            of_many_writers_of_a_note_exactly_one_wins
            notes_are_listed_by_the_beginning_of_their_names
            pages_follow_each_other_in_every_order
            pages_are_stable_while_others_write
        }
    };
    ($fresh:path) => {
        $crate::conformance_suite!(sealed: $fresh);
        $crate::conformance_suite! { $fresh;
            filters_find_exactly_what_matches
            text_finds_words_without_case_and_accents
            a_search_sees_every_write_before_it
            what_is_deleted_expired_sealed_or_anothers_is_never_found
            totals_are_exact_up_to_a_bound
            large_states_are_found_like_others
        }
    };
    ($fresh:path; $($sentence:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $sentence() {
                let (_guard, backend) = $fresh().await;
                $crate::backend::conformance::$sentence(backend).await;
            }
        )*
    };
}

type Shared = Arc<dyn Backend>;

fn ada() -> Scope {
    Scope::User("ada".into())
}

fn bob() -> Scope {
    Scope::User("bob".into())
}

/// A write of `data` on top of `before`.
fn write(scope: &Scope, id: &str, before: Option<&Arc<State>>, data: Value) -> Write {
    let version = before.map_or(1, |state| state.version.0 + 1);
    let bytes = data.to_string().len() as u64;
    Write {
        before: before.cloned(),
        after: Arc::new(State {
            id: StateId::new(id),
            kind: Kind::STORE,
            name: format!("the state {id}"),
            status: Status::ACTIVE,
            data,
            metadata: json!({"tags": ["a", "b"]}),
            version: Version(version),
            schema_version: 1,
            scope: scope.clone(),
            created_at: Timestamp(1_000),
            updated_at: Timestamp(1_000 + version as i64),
            expires_at: None,
            digest: Digest::default(),
            removed: None,
        }),
        transition: if version == 1 {
            Transition::CREATE
        } else {
            Transition::UPDATE
        },
        actor: Actor {
            address: Some(IpAddr::from([192, 0, 2, 7])),
            ..Actor::new("user:ada").on("tab 1")
        },
        bytes,
        due: None,
        quota: Quota {
            states: 1_000_000,
            bytes: 1_000_000_000,
        },
        text: Text::default(),
    }
}

/// A write that deletes `before`.
fn tombstone(before: &Arc<State>) -> Write {
    let mut write = write(&before.scope, before.id.as_str(), Some(before), Value::Null);
    write.after = Arc::new(State {
        status: Status::DELETED,
        ..(*write.after).clone()
    });
    write.transition = Transition::DELETE;
    write
}

/// Applies a batch that must succeed, and returns its changes.
async fn applied(backend: &Shared, batch: Vec<Write>) -> Vec<Change> {
    match backend.apply(batch.into()).await.unwrap() {
        Outcome::Applied(changes) => changes,
        other => panic!("should have been applied, but {other:?}"),
    }
}

/// Applies one write that must succeed, and returns what is there after it.
async fn stored(backend: &Shared, write: Write) -> Arc<State> {
    let changes = applied(backend, vec![write]).await;
    Arc::clone(&changes.first().unwrap().after)
}

/// Applies a batch that must be refused as stale, and returns what is there instead.
async fn stale(backend: &Shared, batch: Vec<Write>) -> Option<Arc<State>> {
    match backend.apply(batch.into()).await.unwrap() {
        Outcome::Stale(current) => current,
        other => panic!("should have been stale, but {other:?}"),
    }
}
