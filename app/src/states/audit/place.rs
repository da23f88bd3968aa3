//! What the address says: what is looked for, and which change is open.

use leptos_router::params::ParamsMap;

use super::server::Question;
use crate::components::address::{address, encoded};

const PAGE: &str = "/states/audit";
/// What programs get: the same question as a file.
const FILE: &str = "/api/v1/audit";

/// What is on screen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) question: Question,
    /// The open change.
    pub(super) open: Option<u64>,
}

impl Place {
    /// What these parameters say.
    pub(super) fn of(map: &ParamsMap) -> Self {
        let text = |name| map.get(name).unwrap_or_default();
        Self {
            question: Question {
                q: text("q"),
                kind: text("kind"),
                did: text("did"),
                who: text("who"),
                address: text("address"),
                since: text("since"),
                until: text("until"),
            },
            open: map.get("revision").and_then(|text| text.parse().ok()),
        }
    }

    /// The same search with another change open.
    pub(super) fn with_open(&self, open: Option<u64>) -> Self {
        Self {
            question: self.question.clone(),
            open,
        }
    }

    /// Its address.
    pub(super) fn address(&self) -> String {
        let open = self.open.map(|it| it.to_string()).unwrap_or_default();
        let mut said = self.question.said();
        said.push(("revision", &open));
        address(PAGE, &said)
    }
}

impl Question {
    fn said(&self) -> Vec<(&'static str, &str)> {
        let Self {
            q,
            kind,
            did,
            who,
            address,
            since,
            until,
        } = self;
        vec![
            ("q", q),
            ("kind", kind),
            ("did", did),
            ("who", who),
            ("address", address),
            ("since", since),
            ("until", until),
        ]
    }

    /// Where what was found can be downloaded, all of it.
    pub(super) fn download(&self, format: &str) -> String {
        let mut said = self.said();
        said.push(("format", format));
        address(FILE, &said)
    }
}

/// The same question by somebody alone.
pub(super) fn only_by(actor: &str) -> String {
    [PAGE, "?who=", &encoded(actor)].concat()
}
