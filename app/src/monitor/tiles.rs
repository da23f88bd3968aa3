//! The figures, in one strip. No colour unless one is beyond its bar.

use leptos::prelude::*;

use super::server::{Overview, Tile};

/// The strip.
#[component]
pub(super) fn Tiles(shown: Memo<Overview>) -> impl IntoView {
    // Six of them, always the same: each changes its own text.
    let count = shown.with_untracked(|it| it.tiles.len());
    let tile = move |index: usize| {
        let tile =
            Memo::new(move |_| shown.with(|it| it.tiles.get(index).cloned().unwrap_or_default()));
        view! { <One tile/> }
    };
    view! {
        <dl class="hf-card grid grid-cols-2 md:grid-cols-3 xl:grid-cols-6" aria-label="Figures" data-testid="monitor-tiles">
            {(0..count).map(tile).collect_view()}
        </dl>
    }
    .into_any()
}

#[component]
fn One(tile: Memo<Tile>) -> impl IntoView {
    let part = move |of: fn(&Tile) -> String| move || tile.with(of);
    view! {
        <div class="px-4 py-3 border-line border-b xl:border-b-0 xl:border-r xl:last:border-r-0">
            <dt class="text-xs text-muted">{part(|tile| tile.title.clone())}</dt>
            <dd class="mt-1">
                <span class="text-xl font-semibold num tracking-[-0.015em]" class=("text-err-text", move || tile.with(|tile| tile.is_broken))>
                    {part(|tile| tile.figure.clone())}
                </span>
                <span class="ml-1 text-xs text-muted">{part(|tile| tile.unit.clone())}</span>
                <span class="block text-2xs text-faint num mt-0.5">{part(|tile| tile.note.clone())}</span>
            </dd>
        </div>
    }
    .into_any()
}
