//! A distribution in the size of a word.

use leptos::prelude::*;

const WIDTH: f64 = 80.0;
const HEIGHT: f64 = 18.0;

/// Bars over equal widths; the highest fills the height, and no bar that counts something vanishes.
#[component]
pub(crate) fn Sketch(counts: Vec<u32>) -> impl IntoView {
    let highest = f64::from(counts.iter().copied().max().unwrap_or(0).max(1));
    let step = WIDTH / f64::from(u32::try_from(counts.len().max(1)).unwrap_or(1));
    let path: String = (0_u32..)
        .zip(&counts)
        .filter(|(_, count)| **count > 0)
        .map(|(index, count)| {
            let height = (f64::from(*count) / highest * (HEIGHT - 1.0)).max(0.75);
            let (left, top) = (f64::from(index) * step, HEIGHT - height);
            let width = (step - 1.0).max(0.5);
            format!("M{left:.1} {top:.1}h{width:.1}v{height:.1}h-{width:.1}z")
        })
        .collect();
    view! {
        <svg viewBox="0 0 80 18" preserveAspectRatio="none" class="block w-full h-4.5" aria-hidden="true">
            <path d=path fill="var(--color-primary)"></path>
        </svg>
    }
}
