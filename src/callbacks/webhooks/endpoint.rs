//! An endpoint: a state of the kind `webhook`, and what it has to hold.

use std::net::IpAddr;

use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Settings, address, secret::Secret};
use crate::{Error, Interest, Kind, New, Scope, State, StateId};

/// Secrets of one endpoint at the same time: the new and the old, and room for one rotation that came
/// before the last one was over.
const SECRETS: usize = 4;

/// What the data of a `webhook` state says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Where messages are sent, as `POST`.
    pub url: String,
    /// What it hears of, within its own scope.
    #[serde(default)]
    pub interest: Interest,
    /// What messages are signed with: each makes one signature, so a receiver may know any of them.
    /// To rotate, put the new one first, and take the old one away when the receiver knows the new.
    pub secrets: Vec<Secret>,
    /// For people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

impl Endpoint {
    /// An endpoint that hears of everything in its scope.
    pub fn new(url: impl Into<String>, secret: Secret) -> Self {
        Self {
            url: url.into(),
            interest: Interest::default(),
            secrets: vec![secret],
            description: String::new(),
        }
    }

    /// The state to register for it.
    ///
    /// # Errors
    /// [`Error::Invalid`] when something about it is not right.
    pub fn into_state(self, name: &str, scope: Scope) -> Result<New, Error> {
        Ok(New::of(Kind::WEBHOOK, name, scope, self.into_data()?))
    }

    /// The data of its state, to update one with.
    ///
    /// # Errors
    /// [`Error::Invalid`] when something about it is not right.
    pub fn into_data(self) -> Result<Value, Error> {
        self.check()?;
        let data = serde_json::to_value(&self);
        data.map_err(|error| Error::invalid("data", error.to_string()))
    }

    /// The endpoint that a state holds.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it holds none, or something about it is not right.
    pub fn of(state: &State) -> Result<Self, Error> {
        // What serde says may name a value, and a value may be a secret.
        let read = Self::deserialize(&state.data);
        let endpoint = read.map_err(|_| Error::invalid("data", "is not an endpoint"))?;
        endpoint.check()?;
        Ok(endpoint)
    }

    /// The subscriber that delivers to an endpoint: its name for replays, dead letters and status. It is
    /// made of a digest, so that no name anybody chose is part of a message's id.
    pub fn subscriber(scope: &Scope, id: &StateId) -> String {
        let digest = Sha256::digest(format!("{scope}\n{id}"));
        let short = digest.get(..12).unwrap_or_default();
        format!("webhook-{}", hex::encode(short))
    }

    fn check(&self) -> Result<(), Error> {
        let url = Url::parse(&self.url);
        let url = url.map_err(|error| Error::invalid("data.url", error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(Error::invalid("data.url", "must begin with https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            let problem = "must not hold a password: messages are signed instead";
            return Err(Error::invalid("data.url", problem));
        }
        if self.secrets.is_empty() || self.secrets.len() > SECRETS {
            let problem = format!("must be 1 to {SECRETS}");
            return Err(Error::invalid("data.secrets", problem));
        }
        self.secrets.iter().try_for_each(Secret::check)
    }

    /// The address to send to, if the settings allow it as far as that can be said without asking for the
    /// host's addresses.
    pub(super) fn target(&self, settings: &Settings) -> Result<Url, Refusal> {
        let url = Url::parse(&self.url).map_err(|_| Refusal::Address)?;
        if url.scheme() != "https" && !settings.allow_http {
            return Err(Refusal::Plain);
        }
        let host = url.host_str().unwrap_or_default();
        let literal: Result<IpAddr, _> = host.trim_matches(['[', ']']).parse();
        if literal.is_ok_and(|ip| !settings.allow_private && !address::is_public(ip)) {
            return Err(Refusal::Address);
        }
        Ok(url)
    }
}

/// Why nothing is sent to an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error(
        "the address is private, and private addresses are not allowed (setting `webhooks.allow_private`)"
    )]
    Address,
    #[error("the address is not https, and http is not allowed (setting `webhooks.allow_http`)")]
    Plain,
}
