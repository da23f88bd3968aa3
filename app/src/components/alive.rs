//! Tells that a page answers: its code has come and its handlers are in place.

#[cfg(feature = "hydrate")]
use leptos::{mount::hydrate_from_async, prelude::*, tachys::dom::body};

/// Whether the page that the server rendered is taken over to its last element. Its own code comes while its frame is
/// alive already; until it is there nothing may differ from what the server wrote.
#[cfg(feature = "hydrate")]
#[derive(Clone)]
struct Whole(ArcRwSignal<bool>);

/// Takes over the page that the server has rendered.
#[cfg(feature = "hydrate")]
pub async fn take_over() {
    let is_whole = ArcRwSignal::new(false);
    let whole = Whole(is_whole.clone());
    let page = hydrate_from_async(body(), move || {
        provide_context(whole);
        crate::App()
    });
    page.await.forget();
    is_whole.set(true);
}

/// Runs this once the page is taken over: now, where it is already. What changes the screen by itself, such as news from
/// another tab, starts here.
#[cfg(feature = "hydrate")]
pub(crate) fn when_whole(run: impl Fn() + 'static) {
    let whole = use_context::<Whole>();
    Effect::new(move |_| {
        if whole.as_ref().is_none_or(|Whole(is_whole)| is_whole.get()) {
            untrack(&run);
        }
    });
}

/// Marks the document once this page is alive. Each page calls it in the component that holds its
/// controls; tests and assistive scripts wait for the mark.
pub(crate) fn mark_alive() {
    #[cfg(feature = "hydrate")]
    when_whole(|| {
        drop(
            document()
                .body()
                .map(|body| body.set_attribute("data-alive", "true")),
        );
    });
}
