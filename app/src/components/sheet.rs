//! A part of a page that lies over the rest on a phone: what is behind is out of reach, Escape closes, the focus goes
//! back. From 768 px on it stands where it is, and none of this applies.
//!
//! **Server-side rendering.** Nothing is out of reach and nothing has the focus there. Without WASM the button that opens
//! a sheet is a link to it, and the cross is a link away from it.

use leptos::{ev::KeyboardEvent, prelude::*};

use super::icon::Icon;

#[cfg(feature = "hydrate")]
pub(crate) use self::browser::{focus, set_inert};
#[cfg(not(feature = "hydrate"))]
pub(crate) use self::server::{focus, set_inert};

/// What a sheet is called on its page.
#[derive(Debug)]
pub(crate) struct Names {
    /// The id of the part itself.
    pub(crate) id: &'static str,
    /// The id of the button that opens it.
    pub(crate) opener: &'static str,
    /// The id of its cross, and what it does in words.
    pub(crate) close: (&'static str, &'static str),
    /// What lies behind it.
    pub(crate) behind: &'static [&'static str],
}

/// One sheet. Copies are one.
#[derive(Clone, Copy)]
pub(crate) struct Sheet {
    names: &'static Names,
    is_open: RwSignal<bool>,
}

impl Sheet {
    /// A closed one; it closes with the page.
    pub(crate) fn new(names: &'static Names) -> Self {
        let is_open = RwSignal::new(false);
        let sheet = Self { names, is_open };
        on_cleanup(move || sheet.close());
        sheet
    }

    /// Whether it lies over the page.
    pub(crate) fn is_open(self) -> bool {
        self.is_open.get()
    }

    fn open(self) {
        self.is_open.set(true);
        set_inert(self.names.behind, true);
        request_animation_frame(move || focus(self.names.close.0));
    }

    /// Closes it, and gives the focus back.
    pub(crate) fn close(self) {
        if self.is_open.try_get_untracked() != Some(true) {
            return;
        }
        self.is_open.set(false);
        set_inert(self.names.behind, false);
        focus(self.names.opener);
    }

    /// Keeps the focus in it where what had it goes.
    pub(crate) fn keep_focus(self) {
        if self.is_open.get_untracked() {
            focus(self.names.close.0);
        }
    }

    /// Escape closes.
    pub(crate) fn follow(self, event: &KeyboardEvent) {
        if event.key() == "Escape" && !event.default_prevented() {
            self.close();
        }
    }
}

/// The cross at its head.
#[component]
pub(crate) fn SheetClose(sheet: Sheet) -> impl IntoView {
    let (id, label) = sheet.names.close;
    let close = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        sheet.close();
    };
    view! {
        <a id=id class="btn btn-ghost btn-square size-10 -mr-2 md:hidden" role="button" href="#main" aria-label=label on:click=close>
            <Icon name="x"/>
        </a>
    }
    .into_any()
}

/// The button that opens it.
#[component]
pub(crate) fn SheetOpen(sheet: Sheet, class: &'static str, children: Children) -> impl IntoView {
    let (opener, id) = (sheet.names.opener, sheet.names.id);
    let open = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        sheet.open();
    };
    view! {
        <a id=opener class=class role="button" href=["#", id].concat() on:click=open>{children()}</a>
    }
    .into_any()
}

/// The shade over what is behind.
#[component]
pub(crate) fn Shade(sheet: Sheet) -> impl IntoView {
    view! { <div class="hf-shade" hidden=move || !sheet.is_open() on:click=move |_| sheet.close()></div> }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::document;
    use wasm_bindgen::JsCast as _;
    use web_sys::HtmlElement;

    /// Takes the first match of each out of reach, or gives it back.
    pub(crate) fn set_inert(selectors: &[&str], is_inert: bool) {
        for selector in selectors {
            if let Ok(Some(element)) = document().query_selector(selector) {
                drop(element.toggle_attribute_with_force("inert", is_inert));
            }
        }
    }

    /// Moves the focus.
    pub(crate) fn focus(id: &str) {
        let element = document().get_element_by_id(id);
        if let Some(element) = element.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            drop(element.focus());
        }
    }
}

#[cfg(not(feature = "hydrate"))]
mod server {
    pub(crate) fn set_inert(_: &[&str], _: bool) {}
    pub(crate) fn focus(_: &str) {}
}
