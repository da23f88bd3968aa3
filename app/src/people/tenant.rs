//! An organisation on this server: its people, and what they share, are nobody else's business.
//!
//! Every account belongs to one. Who was never put into another is in the first, whose common scope is that of
//! everybody, as it was before there were tenants.

use serde::{Deserialize, Serialize};

/// Longest name of a tenant.
const MAX: usize = 40;

/// Names an organisation: lower-case letters, digits and hyphens, a letter first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tenant(String);

impl Tenant {
    /// The one that everybody is in who was put into no other.
    pub const FIRST: &str = "default";
    /// Among tenants, the scopes of accounts and of sessions.
    const TAKEN: [&str; 2] = ["people", "sessions"];

    /// The tenant of this name.
    pub fn parse(text: &str) -> Option<Self> {
        let is_fine = text.len() <= MAX
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !Self::TAKEN.contains(&text);
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
    use super::Tenant;

    #[test]
    fn a_tenants_name_is_no_other_scope() {
        for fine in ["default", "lab-2", "a"] {
            assert_eq!(Tenant::parse(fine).as_ref().map(Tenant::as_str), Some(fine));
        }
        let long = "a".repeat(41);
        for wrong in [
            "", "people", "Lab", "2lab", "-a", "a.shares", "a b", "a/b", "ä", &long,
        ] {
            assert_eq!(Tenant::parse(wrong), None, "{wrong:?}");
        }
        assert!(Tenant::default().is_first());
    }
}
