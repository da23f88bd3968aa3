//! Tells that a page answers: its code has come and its handlers are in place.

#[cfg(feature = "hydrate")]
use leptos::prelude::*;

/// Marks the document once this page is alive. Each page calls it in the component that holds its
/// controls; tests and assistive scripts wait for the mark.
pub(crate) fn mark_alive() {
    #[cfg(feature = "hydrate")]
    Effect::new(|_| {
        drop(
            document()
                .body()
                .map(|body| body.set_attribute("data-alive", "true")),
        );
    });
}
