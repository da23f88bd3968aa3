//! What is sent: one change as the payload of Standard Webhooks 1.0.0, and its signatures.

use serde_json::{Value, json};

use super::{Secret, Settings, dates};
use crate::{Change, Error, Timestamp, Transition};

/// One message. It is the same however often it is sent; what signs it also says when.
pub(super) struct Message {
    /// Tells the receiver what it has had already.
    pub(super) id: String,
    pub(super) body: String,
}

impl Message {
    /// What an endpoint's `subscriber` sends about a change. Where the settings withhold the kind, a
    /// policy has removed the content since, or the body would be too large, it goes without the state's data and metadata, and says so.
    pub(super) fn of(subscriber: &str, change: &Change, settings: &Settings) -> Self {
        let endpoint = subscriber.trim_start_matches("webhook-");
        let mut payload = json!({
            "type": event(&change.transition),
            "timestamp": dates::rfc3339(change.at),
            "data": {
                "revision": change.revision,
                "transition": change.transition,
                "actor": change.actor.name,
                "previous_status": change.before.as_ref().map(|before| &before.status),
                "is_whole": true,
                "state": *change.after,
            },
        });
        let mut body = payload.to_string();
        let is_withheld =
            settings.withheld.contains(&change.after.kind) || change.after.removed.is_some();
        if (is_withheld || body.len() > settings.payload_bytes)
            && let Some(Value::Object(data)) = payload.get_mut("data")
        {
            data.insert("is_whole".into(), false.into());
            if let Some(Value::Object(state)) = data.get_mut("state") {
                state.remove("data");
                state.remove("metadata");
            }
            body = payload.to_string();
        }
        Self {
            id: format!("msg_{endpoint}_{}", change.revision.0),
            body,
        }
    }

    /// The signatures of this message if it is sent `at`, one for each secret, as the header has them.
    pub(super) fn signatures(&self, secrets: &[Secret], at: Timestamp) -> Result<String, Error> {
        let sign = |secret: &Secret| {
            let key = standardwebhooks::Webhook::new(secret.reveal())?;
            key.sign(&self.id, seconds(at), self.body.as_bytes())
        };
        let signatures: Result<Vec<String>, _> = secrets.iter().map(sign).collect();
        // What the library says about a secret may quote it.
        let signatures = signatures.map_err(|_| Error::invalid("data.secrets", "cannot sign"))?;
        Ok(signatures.join(" "))
    }
}

/// As the header `webhook-timestamp` has it.
pub(super) fn seconds(at: Timestamp) -> i64 {
    at.0.div_euclid(1000)
}

/// What happened, in the past tense; a transition of an application's own under its own name.
fn event(transition: &Transition) -> String {
    let name = match transition.as_str() {
        "create" => "created",
        "activate" => "activated",
        "suspend" => "suspended",
        "resume" => "resumed",
        "expire" => "expired",
        "update" => "updated",
        "rollback" => "rolled_back",
        "delete" => "deleted",
        own => own,
    };
    // The characters that the specification recommends.
    let plain = |it: char| if it.is_ascii_alphanumeric() { it } else { '_' };
    format!("state.{}", name.chars().map(plain).collect::<String>())
}
