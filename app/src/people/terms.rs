//! On what terms people join and enter, and why somebody does not.

use serde::{Deserialize, Serialize};

use super::{Breached, Role, throttle::Wait};
use crate::AppError;

/// Who may sign up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignUp {
    /// Everybody who reaches the server.
    #[default]
    Open,
    /// Who has an invitation.
    Invitation,
    /// Nobody; accounts are made on the command line.
    Closed,
}

/// Whether people need a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecondFactor {
    /// Who wants one turns it on.
    #[default]
    Optional,
    /// Who logs in without one turns it on before anything else.
    Required,
}

/// On what terms people join and enter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Who may sign up.
    pub sign_up: SignUp,
    /// What who signs up without an invitation may do.
    pub role: Role,
    /// Whether people need a second factor.
    pub second_factor: SecondFactor,
    /// Passwords that were stolen elsewhere, and are nobody's here.
    pub breached: Option<Breached>,
    /// Whether the first one who signs up here administers the server: where everybody who reaches it did until then, on
    /// their own machine.
    pub first_administers: bool,
    /// Whether there is nothing here for who is not logged in but the way in.
    pub must_log_in: bool,
}

/// What somebody who joins says.
#[derive(Clone)]
pub struct Joining {
    /// Their e-mail address, as typed.
    pub email: String,
    /// Their name, as typed.
    pub name: String,
    /// Their password.
    pub password: String,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, PartialEq)]
pub enum Refused {
    /// There is no such account, or this is not its password, or it is suspended: the same for whoever asks.
    Credentials {
        /// Attempts left before a wait.
        left: u32,
    },
    /// This is no code of their second factor, or it was used before.
    Code {
        /// Attempts left before a wait.
        left: u32,
    },
    /// What was begun before is over, was never begun here, or the account was changed since: it begins anew.
    Late,
    /// Too many attempts.
    Throttled {
        /// When there may be another.
        minutes: u32,
    },
    /// The new password will not do.
    Password(&'static str),
    /// This is no e-mail address.
    Email,
    /// This is no name.
    Name,
    /// Nobody may sign up like this.
    Closed,
    /// The link is not good (any more).
    Link,
    /// The address has an account. Told to who has the first administrator's link, and to nobody else.
    Taken,
    /// Something else went wrong.
    Failed(AppError),
}

impl From<AppError> for Refused {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

impl From<holdfast::Error> for Refused {
    fn from(error: holdfast::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Wait> for Refused {
    fn from(wait: Wait) -> Self {
        Self::Throttled {
            minutes: wait.minutes,
        }
    }
}

impl From<Refused> for AppError {
    fn from(refused: Refused) -> Self {
        let invalid = |path: &str, problem: &str| Self::Invalid {
            path: path.to_owned(),
            problem: problem.to_owned(),
        };
        match refused {
            Refused::Credentials { .. } => Self::Forbidden("Email or password is wrong.".into()),
            Refused::Code { .. } => Self::Forbidden("This code is not good.".into()),
            Refused::Late => Self::Forbidden(
                "This took too long, or the account was changed meanwhile. Begin again.".into(),
            ),
            Refused::Throttled { minutes } => Self::Busy(format!(
                "Too many attempts. Try again in {minutes} minutes."
            )),
            Refused::Password(problem) => invalid("password", problem),
            Refused::Email => invalid("email", "this is no e-mail address"),
            Refused::Name => invalid("name", "give a name of at most 80 characters"),
            Refused::Closed => {
                Self::Forbidden("Nobody can sign up here without an invitation.".into())
            }
            Refused::Link => Self::Forbidden("This link is not good any more.".into()),
            Refused::Taken => invalid("email", "this address has an account already"),
            Refused::Failed(error) => error,
        }
    }
}
