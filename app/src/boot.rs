//! What every page knows in its first byte: one snapshot, the same on the server and in the
//! browser, so that nothing flashes and nothing differs when the page comes alive.

use std::collections::BTreeMap;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use workbench::{
    data::{Import, StudyView},
    query::ResultInfo,
};

use crate::{account::Me, features::Switches, stores::table::Tier};

/// The value of a server store and its version.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    /// 0 while it was never written.
    pub version: u64,
    /// The content; absent while it was never written.
    pub data: Option<Value>,
}

/// What this server takes, so that the page can say it before a file is sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Files of one drop.
    pub files: u32,
}

/// The snapshot. It is made before the page is rendered and travels inside it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Boot {
    /// Whether the browser has a session; if not, it opens one before it asks for anything.
    pub has_session: bool,
    /// Server stores by key.
    pub stores: BTreeMap<String, Stored>,
    /// Browser stores by key, as the cookie mirrors them.
    pub preferences: BTreeMap<String, Value>,
    /// Stores whose tier the settings override.
    pub tiers: BTreeMap<String, Tier>,
    /// Tables and keys.
    pub study: StudyView,
    /// Imports that wait for an answer.
    pub imports: Vec<Import>,
    /// The merged result, as it was left.
    pub result: Option<ResultInfo>,
    /// The log's revision the snapshot was taken at; live events go on from here.
    pub revision: u64,
    /// What this server takes.
    pub limits: Limits,
    /// Which features the visitor has.
    pub features: Switches,
    /// Who is logged in.
    pub me: Option<Me>,
    /// Whether anybody may sign up here.
    pub is_sign_up_open: bool,
    /// Whether the visitor has to log in before they get anything else.
    pub must_log_in: bool,
    /// Whether who signs up now administers the server.
    pub first_administers: bool,
    /// JavaScript bundles by name, with their hashed paths.
    pub bundles: BTreeMap<String, String>,
}

/// The element that carries the snapshot.
pub const BOOT_ELEMENT: &str = "hf-boot";

impl Boot {
    /// The snapshot as text for a `<script type="application/json">`.
    pub fn to_script(&self) -> String {
        // A `<` inside a string could end the element; its escape means the same to JSON.
        serde_json::to_string(self)
            .unwrap_or_else(|_| "{}".into())
            .replace('<', "\\u003c")
    }
}

/// The snapshot, on either side.
pub fn use_boot() -> StoredValue<Boot> {
    use_context::<StoredValue<Boot>>().unwrap_or_else(provide_boot)
}

/// Reads the snapshot once and provides it to every component.
pub fn provide_boot() -> StoredValue<Boot> {
    let boot = StoredValue::new(read_boot());
    provide_context(boot);
    boot
}

#[cfg(feature = "ssr")]
fn read_boot() -> Boot {
    use_context::<axum::http::request::Parts>()
        .and_then(|parts| parts.extensions.get::<std::sync::Arc<Boot>>().cloned())
        .map(|boot| (*boot).clone())
        .unwrap_or_default()
}

#[cfg(not(feature = "ssr"))]
fn read_boot() -> Boot {
    document()
        .get_element_by_id(BOOT_ELEMENT)
        .and_then(|element| element.text_content())
        .and_then(|text| crate::json::read(&text).ok())
        .unwrap_or_default()
}
