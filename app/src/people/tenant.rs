//! An organisation on this server: its people, and what they share, are nobody else's business.
//!
//! Every account belongs to one. Who was never put into another is in the first, whose common scope is that of
//! everybody, as it was before there were tenants.

use serde::{Deserialize, Serialize};

/// Longest name of a tenant.
const MAX: usize = 40;

/// A scope among the tenants' that is the program's own: nobody's, so nobody reads or searches it, and no tenant is called so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// What requests with a key were answered.
    Answers,
    /// Accounts, tokens and tenants.
    People,
    /// Browsers' sessions.
    Sessions,
}

impl Reserved {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Answers, Self::People, Self::Sessions];

    /// Its name among the tenants.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::People => "people",
            Self::Sessions => "sessions",
        }
    }
}

/// Names an organisation: lower-case letters, digits and hyphens, a letter first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tenant(String);

impl Tenant {
    /// The one that everybody is in who was put into no other.
    pub const FIRST: &str = "default";

    /// The tenant of this name.
    pub fn parse(text: &str) -> Option<Self> {
        let is_fine = text.len() <= MAX
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && Reserved::ALL.iter().all(|reserved| reserved.word() != text);
        is_fine.then(|| Self(text.to_owned()))
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the one that was there first. Its administrators are those of the whole server.
    pub fn is_first(&self) -> bool {
        self.0 == Self::FIRST
    }
}

impl Default for Tenant {
    fn default() -> Self {
        Self(Self::FIRST.into())
    }
}

impl TryFrom<String> for Tenant {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
            .ok_or("a tenant's name is lower-case letters, digits and hyphens, 40 at most")
    }
}

impl From<Tenant> for String {
    fn from(tenant: Tenant) -> Self {
        tenant.0
    }
}

impl std::fmt::Display for Tenant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(feature = "ssr")]
impl Reserved {
    /// The scope.
    pub fn scope(self) -> holdfast::Scope {
        holdfast::Scope::Tenant(self.word().into())
    }
}

#[cfg(feature = "ssr")]
impl Tenant {
    /// What everybody of it sees: flags, webhooks, states.
    pub fn common(&self) -> holdfast::Scope {
        match self.is_first() {
            true => holdfast::Scope::Shared,
            false => holdfast::Scope::Tenant(self.0.clone()),
        }
    }

    /// Where it is written who shares what with whom. No page reads there: a name has no dot, so it is no tenant's own.
    pub fn sharing(&self) -> holdfast::Scope {
        holdfast::Scope::Tenant(format!("{}.shares", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::{Reserved, Tenant};

    #[test]
    fn a_tenants_name_is_no_other_scope() {
        for fine in ["default", "lab-2", "a"] {
            assert_eq!(Tenant::parse(fine).as_ref().map(Tenant::as_str), Some(fine));
        }
        let long = "a".repeat(41);
        for wrong in [
            "", "Lab", "2lab", "-a", "a.shares", "a b", "a/b", "ä", &long,
        ] {
            assert_eq!(Tenant::parse(wrong), None, "{wrong:?}");
        }
        for reserved in Reserved::ALL {
            assert_eq!(Tenant::parse(reserved.word()), None, "{reserved:?}");
        }
        assert!(Tenant::default().is_first());
    }

    /// A scope that is made elsewhere could be one that a tenant may be called.
    #[cfg(feature = "ssr")]
    #[test]
    fn scopes_of_tenants_are_made_here_only() {
        use std::path::{Path, PathBuf};

        /// Here, and where the operator names any scope.
        const KNOWN: [&str; 2] = ["app/src/people/tenant.rs", "server/src/commands/state.rs"];

        fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                match path.is_dir() {
                    true => sources(&path, found),
                    false => found.push(path),
                }
            }
        }

        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut found = Vec::new();
        for folder in ["app/src", "server/src", "workbench/src"] {
            sources(&root.join(folder), &mut found);
        }
        let makes_one = |path: &PathBuf| {
            std::fs::read_to_string(path).is_ok_and(|text| text.contains("Scope::Tenant("))
        };
        found.retain(makes_one);
        let mut places: Vec<String> = found
            .iter()
            .filter_map(|path| Some(path.strip_prefix(&root).ok()?.to_string_lossy().into()))
            .collect();
        places.sort_unstable();
        assert_eq!(places, KNOWN);
    }
}
