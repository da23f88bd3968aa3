//! An answer of the server that stays right: rendered with the page, asked for again when something changed, and the
//! old one stays on screen until the new one is there. What is typed and opened meanwhile is not made anew.

use leptos::{prelude::*, task::spawn_local};
use serde::{Serialize, de::DeserializeOwned};

use crate::{AppError, boot::use_boot, json::Plain};

/// The answer. Copies share one.
pub(crate) struct Live<T: Send + Sync + 'static> {
    /// The last good answer.
    pub(crate) good: RwSignal<Option<T>>,
    /// What was wrong the last time it was asked for.
    pub(crate) problem: RwSignal<Option<AppError>>,
    /// The answer that comes with the page. A visitor without a session has nothing to be asked for yet.
    first: Option<OnceResource<Result<T, AppError>, Plain>>,
    /// Whether what is not there any more leaves the screen.
    forgets: StoredValue<bool>,
}

impl<T: Send + Sync + 'static> Clone for Live<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Live<T> {}

impl<T> Live<T>
where
    T: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    /// Asks now and whenever `key` changes, one question at a time.
    pub(crate) fn new<K, Answer>(
        key: Memo<K>,
        ask: impl Fn(K) -> Answer + Clone + Send + Sync + 'static,
    ) -> Self
    where
        K: Clone + PartialEq + Send + Sync + 'static,
        Answer: Future<Output = Result<T, AppError>> + Send + 'static,
    {
        let has_session = use_boot().with_value(|boot| boot.has_session);
        let live = Self {
            good: RwSignal::new(None),
            problem: RwSignal::new(None),
            forgets: StoredValue::new(false),
            first: has_session
                .then(|| OnceResource::new_with_options(ask(key.get_untracked()), false)),
        };
        let is_asking = StoredValue::new(false);
        Effect::new(move |before: Option<()>| {
            key.track();
            let is_known = before.is_none() && has_session;
            if is_known || is_asking.try_get_value() != Some(false) {
                return;
            }
            is_asking.set_value(true);
            let ask = ask.clone();
            spawn_local(async move {
                while let Some(asked) = key.try_get_untracked() {
                    let answer = ask(asked.clone()).await;
                    if key.try_get_untracked().as_ref() == Some(&asked) {
                        live.take(answer);
                        break;
                    }
                }
                is_asking.try_set_value(false);
            });
        });
        live
    }

    /// What is gone, or not theirs any more, does not stay on screen. Without it the last good answer does: somebody
    /// may be in the middle of it.
    pub(crate) fn forgetting(self) -> Self {
        self.forgets.set_value(true);
        self
    }

    fn take(self, answer: Result<T, AppError>) {
        match answer {
            Ok(new) => {
                self.problem.try_set(None);
                if self
                    .good
                    .try_with_untracked(|old| old.as_ref() == Some(&new))
                    == Some(false)
                {
                    self.good.set(Some(new));
                }
            }
            Err(problem) => {
                let is_gone = matches!(problem, AppError::NotFound(_) | AppError::Forbidden(_));
                if is_gone && self.forgets.try_get_value() == Some(true) {
                    self.good.try_set(None);
                }
                self.problem.try_set(Some(problem));
            }
        }
    }

    /// `view` once there is a good answer, which it reads from `good`; above it, or alone, what is wrong.
    pub(crate) fn show(
        self,
        view: impl Fn() -> AnyView + Clone + Send + Sync + 'static,
    ) -> AnyView {
        let has_good = Memo::new(move |_| self.good.with(Option::is_some));
        let shown = move || {
            let view = has_good.get().then(&view);
            let is_waiting = move || !has_good.get() && self.problem.with(Option::is_none);
            view! {
                {move || self.problem.get().map(|error| view! { <Problem error/> })}
                {view}
                <Show when=is_waiting><Waiting/></Show>
            }
            .into_any()
        };
        let Some(first) = self.first else {
            return shown.into_any();
        };
        view! {
            <Suspense fallback=Waiting>
                {Suspend::new(async move {
                    let first = first.await;
                    // Something changed meanwhile, and the answer to that was quicker.
                    if self.good.with_untracked(Option::is_none) {
                        self.take(first);
                    }
                    shown
                })}
            </Suspense>
        }
        .into_any()
    }
}

/// What went wrong, in words.
#[component]
pub(crate) fn Problem(error: AppError) -> impl IntoView {
    view! { <p class="p-6 text-muted" role="alert">{error.to_string()}</p> }.into_any()
}

/// Lines to come.
#[component]
pub(crate) fn Waiting() -> impl IntoView {
    let bar = || view! { <span class="hf-late skeleton block h-4 m-3 rounded-selector bg-base-300"></span> };
    view! { <div role="status" aria-label="Loading">{[(); 8].map(|()| bar())}</div> }.into_any()
}
