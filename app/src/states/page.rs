//! Where the list and the open state stand. The address says which is open, so that the back
//! button, a refresh and a link find it again.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_query_map, lazy_route};

use super::{detail::Detail, list::List};
use crate::components::alive::mark_alive;

/// The route.
pub(crate) struct StatesPage;

#[lazy_route]
impl LazyRoute for StatesPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! {
            <Title text="States"/>
            <Page/>
        }
        .into_any()
    }
}

#[component]
fn Page() -> impl IntoView {
    mark_alive();
    let map = use_query_map();
    let open = Memo::new(move |_| map.with(|map| map.get("id")));
    view! {
        <div class="flex min-h-0 min-w-0 flex-1">
            <List open/>
            <Detail open/>
        </div>
    }
    .into_any()
}

/// The address of a state's detail.
pub(super) fn address(id: &str) -> String {
    format!("/states?id={}", percent(id))
}

/// An id as part of an address.
fn percent(id: &str) -> String {
    let mut text = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_id_of_any_letters_fits_into_an_address() {
        assert_eq!(
            address("query.filters@session:a b&c=ä"),
            "/states?id=query.filters%40session%3Aa%20b%26c%3D%C3%A4"
        );
    }
}
