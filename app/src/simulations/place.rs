//! What the address says: what is looked for, and whether a new run is being ordered.

use leptos_router::params::ParamsMap;
use workbench::simulation::RunStatus;

use super::server::Sought;
use crate::components::address::address;

const PAGE: &str = "/simulations";

/// The statuses as the address and the menu have them.
pub(super) const STATUSES: [(RunStatus, &str); 3] = [
    (RunStatus::Completed, "completed"),
    (RunStatus::Pending, "pending"),
    (RunStatus::Failed, "failed"),
];

/// What these parameters look for.
pub(super) fn sought(map: &ParamsMap) -> Sought {
    let text = |name| map.get(name).unwrap_or_default();
    Sought {
        text: text("q"),
        tag: text("tag"),
        status: status(&text("status")),
    }
}

/// The status of this name.
pub(super) fn status(name: &str) -> Option<RunStatus> {
    let known = STATUSES.into_iter().find(|(_, known)| *known == name);
    known.map(|(status, _)| status)
}

/// Its name.
pub(super) fn word(status: RunStatus) -> &'static str {
    let known = STATUSES.into_iter().find(|(known, _)| *known == status);
    known.map_or("", |(_, name)| name)
}

/// Where this is looked for.
pub(super) fn of(sought: &Sought) -> String {
    let status = sought.status.map(word).unwrap_or_default();
    address(
        PAGE,
        &[
            ("q", &sought.text),
            ("tag", &sought.tag),
            ("status", status),
        ],
    )
}

/// Where a run is.
pub(super) fn of_run(id: &str) -> String {
    // Ids are letters, digits, underscores and hyphens.
    [PAGE, "/", id].concat()
}
