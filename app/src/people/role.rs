//! Who may do what to which kind: one table. The engine's door holds every write of a person against it
//! (`authority`), and the Account page shows it. Plain data: it compiles to WASM.

use serde::{Deserialize, Serialize};

/// What a person may do. Each role may do what those before it may.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks, filters and plots.
    #[default]
    Viewer,
    /// Imports, merges and runs in a workspace of their own.
    Analyst,
    /// Changes what several people share.
    Editor,
    /// Decides who may do what, and runs the server.
    Admin,
}

impl Role {
    /// All of them, from the least to the most.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Analyst, Self::Editor, Self::Admin];

    /// Its name in settings, on the command line and in states.
    pub fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Analyst => "analyst",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    /// The role with this name.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Whether this role may do this to a state of this kind. What no row names needs what the last row for that
    /// place asks.
    pub fn may(self, kind: &str, place: Place, transition: &str) -> bool {
        ROWS.iter()
            .find(|row| row.is_about(kind, place, transition))
            .is_some_and(|row| self >= row.least)
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// Whose a state is, as a role sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the person's own workspace.
    Own,
    /// Everybody's on this server.
    Shared,
    /// Among the accounts.
    People,
    /// Among the accounts, and about the person only: their own tokens.
    Mine,
    /// Where it is written who of the tenant shares what: the person's own.
    Sharing,
    /// The same, and somebody else's.
    SharedByOthers,
    /// Somebody else's workspace: never.
    Others,
}

/// One line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// What it is about, in words.
    pub words: &'static str,
    /// Which kinds; empty: all that no line above names.
    kinds: &'static [&'static str],
    /// Where.
    places: &'static [Place],
    /// What is done; empty: anything.
    transitions: &'static [&'static str],
    /// From which role on.
    pub least: Role,
}

impl Row {
    fn is_about(&self, kind: &str, place: Place, transition: &str) -> bool {
        let is_one = |list: &[&str], what: &str| list.is_empty() || list.contains(&what);
        self.places.contains(&place)
            && is_one(self.kinds, kind)
            && is_one(self.transitions, transition)
    }
}

/// The table. The first line that is about a write decides; what no line is about is refused.
pub const ROWS: &[Row] = &[
    Row {
        words: "See data, count, filter and plot in one's own workspace",
        kinds: &["store", "session"],
        places: &[Place::Own],
        transitions: &[],
        least: Role::Viewer,
    },
    Row {
        words: "Import tables, merge, run simulations, go back to older versions of one's own",
        kinds: &[],
        places: &[Place::Own],
        transitions: &[],
        least: Role::Analyst,
    },
    Row {
        words: "Switch features and change everybody's webhooks",
        kinds: &["feature", "webhook", "user", "token"],
        places: &[Place::Shared],
        transitions: &[],
        least: Role::Admin,
    },
    Row {
        words: "Edit, roll back and restore what everybody shares: configurations, runs, datasets",
        kinds: &[],
        places: &[Place::Shared],
        transitions: &[],
        least: Role::Editor,
    },
    Row {
        words: "Take back what one shared",
        kinds: &["share"],
        places: &[Place::Sharing],
        transitions: &["delete"],
        least: Role::Viewer,
    },
    Row {
        words: "Share one's own queries, tables, results and runs with others",
        kinds: &["share"],
        places: &[Place::Sharing],
        transitions: &[],
        least: Role::Analyst,
    },
    Row {
        words: "Take back what others shared",
        kinds: &["share"],
        places: &[Place::SharedByOthers],
        transitions: &["delete"],
        least: Role::Admin,
    },
    Row {
        words: "One's own password, sessions and API tokens",
        kinds: &["token"],
        places: &[Place::Mine],
        transitions: &[],
        least: Role::Viewer,
    },
    Row {
        words: "Users, roles and invitations",
        kinds: &[],
        places: &[Place::People],
        transitions: &[],
        least: Role::Admin,
    },
];

#[cfg(test)]
mod tests {
    use super::{Place, ROWS, Role};

    /// Kind, place, transition, the least role; row by row, with the edges between rows.
    const CASES: &[(&str, Place, &str, Option<Role>)] = &[
        ("store", Place::Own, "create", Some(Role::Viewer)),
        ("store", Place::Own, "update", Some(Role::Viewer)),
        ("store", Place::Own, "rollback", Some(Role::Viewer)),
        ("session", Place::Own, "create", Some(Role::Viewer)),
        ("dataset", Place::Own, "create", Some(Role::Analyst)),
        ("dataset", Place::Own, "delete", Some(Role::Analyst)),
        ("dataset", Place::Own, "rollback", Some(Role::Analyst)),
        ("transaction", Place::Own, "activate", Some(Role::Analyst)),
        ("simulation", Place::Own, "create", Some(Role::Analyst)),
        ("webhook", Place::Own, "create", Some(Role::Analyst)),
        ("configuration", Place::Own, "update", Some(Role::Analyst)),
        ("sample", Place::Own, "store", Some(Role::Analyst)),
        ("configuration", Place::Shared, "create", Some(Role::Editor)),
        ("configuration", Place::Shared, "update", Some(Role::Editor)),
        (
            "configuration",
            Place::Shared,
            "rollback",
            Some(Role::Editor),
        ),
        ("configuration", Place::Shared, "delete", Some(Role::Editor)),
        ("simulation", Place::Shared, "create", Some(Role::Editor)),
        ("dataset", Place::Shared, "update", Some(Role::Editor)),
        ("store", Place::Shared, "update", Some(Role::Editor)),
        ("feature", Place::Shared, "activate", Some(Role::Admin)),
        ("feature", Place::Shared, "update", Some(Role::Admin)),
        ("webhook", Place::Shared, "create", Some(Role::Admin)),
        ("user", Place::Shared, "create", Some(Role::Admin)),
        ("token", Place::Shared, "create", Some(Role::Admin)),
        ("share", Place::Sharing, "create", Some(Role::Analyst)),
        ("share", Place::Sharing, "update", Some(Role::Analyst)),
        ("share", Place::Sharing, "rollback", Some(Role::Analyst)),
        ("share", Place::Sharing, "delete", Some(Role::Viewer)),
        ("share", Place::SharedByOthers, "create", None),
        ("share", Place::SharedByOthers, "update", None),
        ("share", Place::SharedByOthers, "rollback", None),
        ("share", Place::SharedByOthers, "delete", Some(Role::Admin)),
        ("store", Place::Sharing, "create", None),
        ("user", Place::SharedByOthers, "delete", None),
        ("token", Place::Mine, "create", Some(Role::Viewer)),
        ("token", Place::Mine, "delete", Some(Role::Viewer)),
        ("user", Place::Mine, "update", None),
        ("user", Place::People, "update", Some(Role::Admin)),
        ("user", Place::People, "suspend", Some(Role::Admin)),
        ("user", Place::People, "create", Some(Role::Admin)),
        ("token", Place::People, "delete", Some(Role::Admin)),
        ("store", Place::Others, "update", None),
        ("dataset", Place::Others, "create", None),
        ("user", Place::Others, "update", None),
    ];

    #[test]
    fn every_row_holds_for_every_role() {
        for (kind, place, transition, least) in CASES {
            for role in Role::ALL {
                let expected = least.is_some_and(|least| role >= least);
                let may = role.may(kind, *place, transition);
                assert_eq!(may, expected, "{role}: {transition} a {kind} in {place:?}");
            }
        }
    }

    #[test]
    fn every_row_is_met_by_a_case() {
        for row in ROWS {
            let met = CASES.iter().any(|(kind, place, transition, _)| {
                let first = ROWS
                    .iter()
                    .find(|row| row.is_about(kind, *place, transition));
                first == Some(row)
            });
            assert!(met, "{}", row.words);
        }
    }

    #[test]
    fn a_role_is_known_by_its_word_only() {
        for role in Role::ALL {
            assert_eq!(Role::of(role.word()), Some(role));
        }
        assert_eq!(Role::of("Admin"), None);
        assert_eq!(Role::of("root"), None);
        assert!(Role::Viewer < Role::Analyst && Role::Editor < Role::Admin);
    }
}
