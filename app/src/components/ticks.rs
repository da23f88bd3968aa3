//! A signal that counts up in even steps, for what no live event tells of.

use std::time::Duration;

use leptos::prelude::*;

/// Counts up every so often, as long as the component is there. On the server it stays 0.
pub(crate) fn use_ticks(every: Duration) -> ReadSignal<u32> {
    let (ticks, tick) = signal(0_u32);
    Effect::new(move |_| {
        let count = move || {
            tick.try_update(|ticks| *ticks = ticks.wrapping_add(1));
        };
        if let Ok(handle) = set_interval_with_handle(count, every) {
            on_cleanup(move || handle.clear());
        }
    });
    ticks
}
