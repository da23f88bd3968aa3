//! Short notices of what happened, with the way back where there is one.

use std::{sync::Arc, time::Duration};

use leptos::{html::Div, prelude::*};

use super::icon::Icon;

/// A notice without an action goes after this time.
const PLAIN: Duration = Duration::from_secs(6);
/// A notice with an action, such as undo, stays longer.
const WITH_ACTION: Duration = Duration::from_secs(20);
/// How much longer those stay that somebody points at or has the focus in.
const ATTENDED: Duration = Duration::from_secs(2);
/// Notices at a time; an older one makes room.
const MAX_SHOWN: usize = 4;

#[derive(Clone)]
struct Toast {
    id: u64,
    text: String,
    is_error: bool,
    action: Option<(String, Arc<dyn Fn() + Send + Sync>)>,
}

/// Says things to the person. Copies share one list.
#[derive(Clone, Copy)]
pub(crate) struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    next: StoredValue<u64>,
    area: NodeRef<Div>,
}

impl Toasts {
    /// Something happened.
    pub(crate) fn say(&self, text: impl Into<String>) {
        self.show(text.into(), false, None);
    }

    /// Something failed. It stays until it is closed.
    pub(crate) fn error(&self, text: impl Into<String>) {
        self.show(text.into(), true, None);
    }

    /// Something happened that can be answered: `Undo`, `Use mine`.
    pub(crate) fn offer(
        &self,
        text: impl Into<String>,
        label: impl Into<String>,
        action: impl Fn() + Send + Sync + 'static,
    ) {
        self.show(text.into(), false, Some((label.into(), Arc::new(action))));
    }

    fn show(
        &self,
        text: String,
        is_error: bool,
        action: Option<(String, Arc<dyn Fn() + Send + Sync>)>,
    ) {
        let this = *self;
        let id = this.next.try_update_value(|next| {
            *next += 1;
            *next
        });
        let Some(id) = id else { return };
        let stays = if action.is_some() { WITH_ACTION } else { PLAIN };
        this.shown.update(|shown| {
            shown.push(Toast {
                id,
                text,
                is_error,
                action,
            });
            let surplus = shown.len().saturating_sub(MAX_SHOWN);
            shown.drain(..surplus);
        });
        if !is_error {
            this.close_after(id, stays);
        }
    }

    fn close_after(self, id: u64, time: Duration) {
        let close = move || match self.is_attended() {
            true => self.close_after(id, ATTENDED),
            false => self.close(id),
        };
        set_timeout(close, time);
    }

    fn is_attended(&self) -> bool {
        let area = self.area.try_get_untracked().flatten();
        area.is_some_and(|area| area.matches(":hover, :focus-within").unwrap_or(false))
    }

    fn close(&self, id: u64) {
        self.shown
            .try_update(|shown| shown.retain(|toast| toast.id != id));
    }
}

/// Provides the notices to every component below.
pub(crate) fn provide_toasts() -> Toasts {
    let toasts = Toasts {
        shown: RwSignal::new(Vec::new()),
        next: StoredValue::new(0),
        area: NodeRef::new(),
    };
    provide_context(toasts);
    toasts
}

/// The notices.
pub(crate) fn use_toasts() -> Toasts {
    use_context::<Toasts>().unwrap_or_else(provide_toasts)
}

/// Where notices appear: at the foot, above the dock.
#[component]
pub(crate) fn ToastArea() -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <div class="fixed bottom-16 lg:bottom-4 right-4 left-4 md:left-auto z-50 flex flex-col gap-2 md:w-96" role="region" aria-label="Notices" node_ref=toasts.area>
            <div aria-live="polite" class="contents">
                <For each=move || toasts.shown.get() key=|toast| toast.id let:toast>
                    <ToastView toast toasts/>
                </For>
            </div>
        </div>
    }
}

#[component]
fn ToastView(toast: Toast, toasts: Toasts) -> impl IntoView {
    let id = toast.id;
    let (role, icon, tone) = if toast.is_error {
        ("alert", "circle-alert", "text-err-text")
    } else {
        ("status", "info", "text-primary")
    };
    view! {
        <div class="hf-pop flex items-start gap-2 p-3" role=role>
            <Icon name=icon class=format!("{tone} mt-0.5")/>
            <p class="flex-1 min-w-0 break-words">{toast.text}</p>
            {toast
                .action
                .map(|(label, action)| {
                    view! {
                        <button class="btn btn-xs" on:click=move |_| { action(); toasts.close(id); }>
                            {label}
                        </button>
                    }
                })}
            <button class="btn btn-xs btn-ghost btn-square" aria-label="Close" on:click=move |_| toasts.close(id)>
                <Icon name="x" small=true/>
            </button>
        </div>
    }
}
