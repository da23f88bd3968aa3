//! Who may have an account, what a new one may do, and how people prove who they are.

use std::path::PathBuf;

use app::people::{Breached, Role, SecondFactor, SignUp, Terms};
use serde::{Deserialize, Serialize};

use super::ServerSettings;
use crate::Error;

/// Accounts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccountsSettings {
    /// Who may sign up; without it everybody while the server listens on this machine only, else who is invited.
    pub sign_up: Option<SignUp>,
    /// What who signs up without an invitation may do.
    pub role: NewRole,
    /// Whether people need a second factor.
    pub second_factor: SecondFactor,
    /// A file with the hashes of passwords that were stolen elsewhere, in order.
    pub breached_passwords: Option<PathBuf>,
    /// Whether there is anything here for who is not logged in.
    pub login: Login,
}

/// Who is let in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Login {
    /// Everybody; who is not logged in works in a workspace that ends with their session.
    #[default]
    Optional,
    /// Who is logged in; others are shown the Account page.
    Required,
}

/// The role of a new account; somebody with one has to decide about more than that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NewRole {
    /// Looks, filters and plots.
    Viewer,
    /// Imports, merges and runs in a workspace of their own.
    #[default]
    Analyst,
    /// Changes what several people share.
    Editor,
}

impl AccountsSettings {
    /// On what terms people join and enter a server that is reached like this.
    ///
    /// # Errors
    /// When there is to be a list of stolen passwords, and the file is none.
    pub fn terms(&self, server: &ServerSettings) -> Result<Terms, Error> {
        let by_place = match server.is_local() {
            true => SignUp::Open,
            false => SignUp::Invitation,
        };
        let breached = self.breached_passwords.as_deref().map(Breached::in_file);
        let breached = breached
            .transpose()
            .map_err(|error| Error::Settings(format!("accounts.breached_passwords: {error}")))?;
        Ok(Terms {
            sign_up: self.sign_up.unwrap_or(by_place),
            role: match self.role {
                NewRole::Viewer => Role::Viewer,
                NewRole::Analyst => Role::Analyst,
                NewRole::Editor => Role::Editor,
            },
            second_factor: self.second_factor,
            breached,
            must_log_in: self.login == Login::Required,
            first_administers: server.is_local() && server.is_administered_by_all(),
        })
    }
}
