//! An account: a `user` state in a scope that no page reads from.

use holdfast::{Kind, New, Scope, State, StateId, Status};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Reserved, Role, Tenant};
use crate::AppError;

/// The scope of accounts and tokens. Neither a workspace nor what everybody sees, so that nobody finds out by
/// looking who has an account.
pub fn people() -> Scope {
    Reserved::People.scope()
}

/// Longest e-mail address (RFC 5321, a path is 256 with its brackets).
const MAX_EMAIL: usize = 254;
/// Longest name of a person, in characters.
const MAX_NAME: usize = 80;

/// A person's account, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Names it for ever.
    pub id: String,
    /// What the person is called.
    pub name: String,
    /// How they log in.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// The organisation they belong to.
    pub tenant: Tenant,
    /// Whether it may be used.
    pub is_active: bool,
    /// Counts its changes.
    pub version: u64,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
    /// When its password was last changed; 0: never. Logins from before are over.
    pub password_changed_at: i64,
    /// The second factor that is asked for, if any.
    pub factor: Option<StateId>,
    /// When somebody else took their second factor away; 0: never. Logins from before are over, too.
    pub factor_removed_at: i64,
}

impl Account {
    /// The account that a state is. One whose role cannot be read is a viewer's; one whose tenant cannot be read is none.
    pub fn of(state: &State) -> Option<Self> {
        if state.kind != Kind::USER {
            return None;
        }
        let text = |field: &str| state.data.get(field).and_then(serde_json::Value::as_str);
        let moment = |field: &str| state.data.get(field).and_then(serde_json::Value::as_i64);
        Some(Self {
            id: state.id.to_string(),
            name: state.name.clone(),
            email: text("email")?.to_owned(),
            role: text("role").and_then(Role::of).unwrap_or_default(),
            tenant: match state.data.get("tenant") {
                Some(name) => Tenant::parse(name.as_str()?)?,
                None => Tenant::default(),
            },
            is_active: state.status == Status::ACTIVE,
            version: state.version.0,
            created_at: state.created_at.0,
            password_changed_at: moment("password_changed_at").unwrap_or_default(),
            factor: text("factor").map(StateId::new),
            factor_removed_at: moment("factor_removed_at").unwrap_or_default(),
        })
    }

    /// Whether a login from this moment still counts.
    pub fn knows_login_of(&self, since: i64) -> bool {
        since >= self.password_changed_at && since >= self.factor_removed_at
    }

    /// The person's workspace.
    pub fn scope(&self) -> Scope {
        Scope::User(self.id.clone())
    }

    /// How the log names what they do.
    pub fn actor_name(&self) -> String {
        format!("user:{}", self.id)
    }
}

/// A new account's state.
pub(super) fn new(id: &str, name: &str, email: &Email, post: &Post, made_by: &str) -> New {
    let mut data = json!({ "email": email.as_str(), "role": post.role.word() });
    if !post.tenant.is_first() {
        data["tenant"] = json!(post.tenant);
    }
    New {
        metadata: json!({ "created_by": made_by }),
        ..New::of(Kind::USER, name, people(), data)
    }
    .with_id(StateId::new(id))
}

/// Where somebody stands: what they may do, and in which organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// What they may do.
    pub role: Role,
    /// Where.
    pub tenant: Tenant,
}

impl From<Role> for Post {
    /// In the first tenant.
    fn from(role: Role) -> Self {
        Self {
            role,
            tenant: Tenant::default(),
        }
    }
}

/// An e-mail address in the one form in which addresses are compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// Reads what a person typed. It is never written to, so only what would be ambiguous is refused.
    pub fn parse(typed: &str) -> Option<Self> {
        let text = typed.trim().to_lowercase();
        let (local, host) = text.rsplit_once('@')?;
        let is_word = |part: &str| {
            !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control())
        };
        let is_fine = text.len() <= MAX_EMAIL && is_word(local) && is_word(host);
        (is_fine && !host.contains('@')).then_some(Self(text))
    }

    /// What stands for everything that is no address.
    pub(super) fn nobody() -> Self {
        Self("nobody".into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands for the address where the address itself is not needed.
    pub(super) fn digest(&self) -> String {
        let hash = Sha256::new()
            .chain_update(b"holdfast/account/email\0")
            .chain_update(self.0.as_bytes());
        hex::encode(hash.finalize())
    }
}

/// A person's name as they typed it, without what would break a line.
pub(super) fn name(typed: &str) -> Result<String, AppError> {
    let name: String = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_fine =
        !name.is_empty() && name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control);
    is_fine.then_some(name).ok_or_else(|| AppError::Invalid {
        path: "name".into(),
        problem: format!("give a name of at most {MAX_NAME} characters"),
    })
}

#[cfg(test)]
mod tests {
    use super::{Email, name};

    #[test]
    fn addresses_are_compared_without_case_and_spaces() {
        let one = Email::parse("  A.Kondo@Clinic.example ");
        assert_eq!(one, Email::parse("a.kondo@clinic.example"));
        assert!(one.is_some());
    }

    #[test]
    fn what_is_no_address_is_none() {
        let long = format!("{}@a.b", "x".repeat(260));
        for typed in [
            "",
            "@",
            "a@",
            "@b",
            "a b@c",
            "a@b c",
            "a\n@b",
            long.as_str(),
        ] {
            assert_eq!(Email::parse(typed), None, "{typed:?}");
        }
    }

    #[test]
    fn a_digest_does_not_hold_the_address() {
        let email = Email::parse("ada@lab.org");
        let digest = email.map(|email| email.digest()).unwrap_or_default();
        assert_eq!(digest.len(), 64);
        assert!(!digest.contains("ada"));
    }

    #[test]
    fn names_are_one_line() {
        assert_eq!(name(" Aiko \n Kondo ").ok().as_deref(), Some("Aiko Kondo"));
        assert!(name("  ").is_err() && name(&"x".repeat(81)).is_err());
    }
}
