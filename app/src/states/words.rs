//! Statuses in colours.

/// The colour of a status: good, waiting, bad, over.
pub(super) fn tone(status: &str) -> &'static str {
    match status {
        "active" | "enabled" | "completed" => "background:var(--hf-ok-text)",
        "pending" | "suspended" | "inactive" => "background:var(--hf-warn-text)",
        "failed" => "background:var(--hf-err-text)",
        _ => "background:var(--hf-faint)",
    }
}

/// The class of a status's chip.
pub(super) fn chip(status: &str) -> &'static str {
    match status {
        "active" | "enabled" | "completed" => "hf-chip hf-chip-ok h-5.5!",
        "pending" | "suspended" | "inactive" => "hf-chip hf-chip-warn h-5.5!",
        "failed" => "hf-chip hf-chip-err h-5.5!",
        _ => "hf-chip h-5.5!",
    }
}
