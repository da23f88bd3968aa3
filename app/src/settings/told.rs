//! What administrators are told of a server's settings. The server puts it together, without secrets.

use serde::{Deserialize, Serialize};

/// What an operator chose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerTold {
    /// Where databases, tables and results are kept: an absolute path.
    pub data_dir: String,
    /// Where people reach it.
    pub address: String,
    /// Where states are kept, in a word.
    pub states_in: String,
    /// The settings file, if one was read.
    pub file: Option<String>,
    /// All settings by name.
    pub settings: Vec<SettingTold>,
}

/// One setting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingTold {
    /// `section.key`.
    pub name: String,
    /// In words; empty where there is none. What opens something is left out.
    pub value: String,
    /// Where it came from, in words; `None` for a default.
    pub source: Option<String>,
}
