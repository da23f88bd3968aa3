//! A figure's place on a page: its name, what it says in a sentence, the picture or its table, and its menu.

use leptos::{html, prelude::*};

use super::{
    bridge::{self, FIGURE},
    menu::Menu,
    table::FigureTable,
    types::Figure,
};

/// A figure. It fills the place it is given, and is never lower than 14 rem; names are unique on a page.
///
/// **Server-side rendering.** The server renders everything but the picture itself.
#[component]
pub(crate) fn FigureView(#[prop(into)] figure: Signal<Figure>) -> impl IntoView {
    let element = NodeRef::<html::Div>::new();
    let handle = RwSignal::new(None::<u32>);
    let has_failed = RwSignal::new(false);
    let is_table = RwSignal::new(false);
    // Names change with what is chosen; what other elements refer to does not.
    let id = figure.with_untracked(|figure| file_name(&figure.name));
    let summary_id = ["summary-", &id].concat();
    draw(figure, element, handle, has_failed);
    let name = move || figure.with(|figure| figure.name.clone());
    let summary = move || figure.with(|figure| figure.summary.clone());
    view! {
        <section class="h-full min-w-0 min-h-0 flex flex-col bg-base-100" aria-label=name>
            <div class="h-9 shrink-0 flex items-center gap-2 pl-4 pr-2">
                <h2 class="font-semibold truncate">{name}</h2>
                <span class="flex-1"></span>
                <Menu figure id handle is_table/>
            </div>
            <p id=summary_id.clone() class="shrink-0 px-4 text-2xs text-muted">{summary}</p>
            <div class="relative flex-1 min-h-56">
                <div
                    class="absolute inset-0" class:invisible=is_table role="img"
                    aria-label=name aria-describedby=summary_id node_ref=element
                ></div>
                <FigureTable figure is_shown=is_table/>
                <Show when=move || has_failed.get() && !is_table.get()>
                    <p class="absolute inset-0 grid place-items-center p-6 text-center text-muted" role="alert">
                        "The chart could not be loaded. Reload the page; its table is right."
                    </p>
                </Show>
            </div>
        </section>
    }
    .into_any()
}

fn draw(
    figure: Signal<Figure>,
    element: NodeRef<html::Div>,
    handle: RwSignal<Option<u32>>,
    has_failed: RwSignal<bool>,
) {
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        FIGURE.load(move |is_there| {
            let made = is_there.then(|| bridge::make(&element)).flatten();
            // The page may have been left in the meantime.
            if handle.try_set(made).is_some() {
                made.into_iter().for_each(bridge::dispose);
                return;
            }
            has_failed.try_set(made.is_none());
        });
    });
    Effect::new(move |_| {
        if let Some(handle) = handle.get() {
            figure.with(|figure| bridge::draw(handle, figure));
        }
    });
    on_cleanup(move || {
        if let Some(handle) = handle.try_get_untracked().flatten() {
            bridge::dispose(handle);
        }
    });
}

/// `mean-vision`: safe as a file's name and as an id.
fn file_name(name: &str) -> String {
    let mut safe = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            letter if letter.is_alphanumeric() => safe.extend(letter.to_lowercase()),
            _ if safe.ends_with('-') || safe.is_empty() => {}
            _ => safe.push('-'),
        }
    }
    safe.truncate(safe.trim_end_matches('-').len());
    safe
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn files_are_called_as_the_figure_is() {
        assert_eq!(file_name("Mean vision, 95 % CI"), "mean-vision-95-ci");
        assert_eq!(file_name("../Ärger"), "ärger");
    }
}
