//! What the address of the page says: what is looked for, and which state is open. So a search and a state
//! survive the back button and a refresh, and can be sent to somebody.

use leptos_router::params::ParamsMap;

use super::server::Wanted;
use crate::components::address::address;

/// How the address says that everybody's states are meant, not the workspace's own.
pub(super) const EVERYONE: &str = "everyone";

/// What is on screen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) wanted: Wanted,
    /// The id of the open state.
    pub(super) open: Option<String>,
}

impl Place {
    /// What these parameters say.
    pub(super) fn of(map: &ParamsMap) -> Self {
        let text = |name| map.get(name).unwrap_or_default();
        Self {
            wanted: Wanted {
                text: text("q"),
                kind: text("kind"),
                status: text("status"),
                sort: text("sort"),
                is_shared: text("of") == EVERYONE,
            },
            open: map.get("id").filter(|id| !id.is_empty()),
        }
    }

    /// The same search with another state open.
    pub(super) fn with_open(&self, open: Option<&str>) -> Self {
        Self {
            wanted: self.wanted.clone(),
            open: open.map(str::to_owned),
        }
    }

    /// Its address.
    pub(super) fn address(&self) -> String {
        let Wanted {
            text,
            kind,
            status,
            sort,
            is_shared,
        } = &self.wanted;
        let of = if *is_shared { EVERYONE } else { "" };
        let open = self.open.as_deref().unwrap_or_default();
        let said = [
            ("q", text.as_str()),
            ("kind", kind),
            ("status", status),
            ("sort", sort),
            ("of", of),
            ("id", open),
        ];
        address("/states", &said)
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, Wanted};

    #[test]
    fn an_id_of_any_letters_fits_into_an_address() {
        let place = Place::default().with_open(Some("query.filters@session:a b&c=ä"));
        assert_eq!(
            place.address(),
            "/states?id=query.filters%40session%3Aa%20b%26c%3D%C3%A4"
        );
    }

    #[test]
    fn a_search_is_in_the_address_and_nothing_else_is() {
        let place = Place {
            wanted: Wanted {
                text: "data.age >= 50".into(),
                is_shared: true,
                ..Wanted::default()
            },
            open: None,
        };
        assert_eq!(
            place.address(),
            "/states?q=data.age%20%3E%3D%2050&of=everyone"
        );
        assert_eq!(Place::default().address(), "/states");
    }
}
