//! How a state may change: a table from (status, transition) to status, one for each kind.
//!
//! What is not in the table is refused. This module only answers what is allowed; the manager
//! asks, counts the refusals and writes. Plain data: it compiles to WASM, so that a page offers
//! exactly the transitions that the engine would accept.

use crate::{Kind, Status, Transition};

/// The table of one kind.
///
/// Two rows are in every table: `create` leads to the first status, and `delete` leads from any
/// status to [`Status::DELETED`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifecycle {
    first: Status,
    rows: Vec<(Status, Transition, Status)>,
    is_renewed: bool,
}

impl Lifecycle {
    /// A lifecycle in which `create` leads to `first` and nothing else is allowed but `delete`.
    pub fn starting(first: Status) -> Self {
        Self {
            first,
            rows: Vec::new(),
            is_renewed: false,
        }
    }

    /// Allows `transition` to lead from each of `from` to `to`.
    #[must_use]
    pub fn step(
        mut self,
        transition: Transition,
        from: impl IntoIterator<Item = Status>,
        to: Status,
    ) -> Self {
        for from in from {
            self.rows.push((from, transition.clone(), to.clone()));
        }
        self
    }

    /// Allows the data to change in each of `during`; the status stays.
    #[must_use]
    pub fn update(mut self, during: impl IntoIterator<Item = Status>) -> Self {
        for status in during {
            self.rows.push((status.clone(), Transition::UPDATE, status));
        }
        self
    }

    /// Lets every update start the state's time to live again, as a store needs it. Without this
    /// a state ends when it was said to end, however often it changes.
    #[must_use]
    pub fn renewed_by_updates(mut self) -> Self {
        self.is_renewed = true;
        self
    }

    /// The lifecycle of a kind that comes with the engine; `None` for an application's own.
    pub fn built_in(kind: &Kind) -> Option<Self> {
        use Status as S;
        use Transition as T;
        Some(match kind.as_str() {
            "user" => Self::starting(S::PENDING)
                .step(T::ACTIVATE, [S::PENDING], S::ACTIVE)
                .step(T::SUSPEND, [S::ACTIVE], S::SUSPENDED)
                .step(T::RESUME, [S::SUSPENDED], S::ACTIVE)
                .step(T::EXPIRE, [S::PENDING, S::ACTIVE, S::SUSPENDED], S::EXPIRED)
                .update([S::PENDING, S::ACTIVE, S::SUSPENDED]),
            "transaction" => Self::starting(S::PENDING)
                .step(T::ACTIVATE, [S::PENDING], S::COMPLETED)
                .step(T::EXPIRE, [S::PENDING], S::FAILED)
                .update([S::PENDING]),
            "subscription" => Self::starting(S::INACTIVE)
                .step(T::ACTIVATE, [S::INACTIVE, S::EXPIRED], S::ACTIVE)
                .step(T::SUSPEND, [S::ACTIVE], S::SUSPENDED)
                .step(T::RESUME, [S::SUSPENDED], S::ACTIVE)
                .step(T::EXPIRE, [S::ACTIVE, S::SUSPENDED], S::EXPIRED)
                .update([S::INACTIVE, S::ACTIVE, S::SUSPENDED]),
            "feature" => Self::starting(S::DISABLED)
                .step(T::ACTIVATE, [S::DISABLED], S::ENABLED)
                .step(T::SUSPEND, [S::ENABLED], S::DISABLED)
                .step(T::EXPIRE, [S::ENABLED], S::EXPIRED)
                .update([S::DISABLED, S::ENABLED]),
            "session" => Self::starting(S::ACTIVE)
                .step(T::SUSPEND, [S::ACTIVE], S::SUSPENDED)
                .step(T::RESUME, [S::SUSPENDED], S::ACTIVE)
                .step(T::EXPIRE, [S::ACTIVE, S::SUSPENDED], S::EXPIRED)
                .update([S::ACTIVE]),
            "store" => Self::starting(S::ACTIVE)
                .step(T::EXPIRE, [S::ACTIVE], S::EXPIRED)
                .update([S::ACTIVE])
                .renewed_by_updates(),
            "dataset" => Self::starting(S::ACTIVE)
                .step(T::EXPIRE, [S::ACTIVE], S::EXPIRED)
                .update([S::ACTIVE]),
            "webhook" => Self::starting(S::ENABLED)
                .step(T::SUSPEND, [S::ENABLED], S::DISABLED)
                .step(T::ACTIVATE, [S::DISABLED], S::ENABLED)
                .update([S::ENABLED, S::DISABLED]),
            "compaction" => Self::starting(S::ACTIVE).update([S::ACTIVE]),
            _ => return None,
        })
    }

    /// Where `create` leads.
    pub fn first(&self) -> &Status {
        &self.first
    }

    /// Every status there is, in the order of the table, [`Status::DELETED`] left out.
    pub fn statuses(&self) -> Vec<Status> {
        let mut statuses = vec![self.first.clone()];
        for (_, _, to) in &self.rows {
            if !statuses.contains(to) {
                statuses.push(to.clone());
            }
        }
        statuses
    }

    /// Where `transition` leads from `status`; `None` when it is refused.
    pub fn next(&self, status: &Status, transition: &Transition) -> Option<Status> {
        if *status == Status::DELETED {
            return None;
        }
        if *transition == Transition::DELETE {
            return Some(Status::DELETED);
        }
        self.rows
            .iter()
            .find(|(from, by, _)| from == status && by == transition)
            .map(|(_, _, to)| to.clone())
    }

    /// Everything that may be done in `status`, in the order of the table, `delete` last.
    pub fn allowed(&self, status: &Status) -> Vec<Transition> {
        if *status == Status::DELETED {
            return Vec::new();
        }
        let steps = self.rows.iter().filter(|(from, _, _)| from == status);
        steps
            .map(|(_, by, _)| by.clone())
            .chain([Transition::DELETE])
            .collect()
    }

    /// Whether a time to live ends a state in `status`.
    pub fn can_expire(&self, status: &Status) -> bool {
        self.next(status, &Transition::EXPIRE).is_some()
    }

    /// Whether each update starts the time to live again.
    pub fn is_renewed(&self) -> bool {
        self.is_renewed
    }
}
