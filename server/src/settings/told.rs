//! What administrators are told of the settings in force, on the Settings page: everything but what opens something.

use app::{ServerTold, SettingTold};
use serde_json::Value;

use super::{Settings, table::keys};

/// What leads to a secret, or may have one in its path: that it is set is enough.
const ONLY_SET: [&str; 4] = [
    "log.otlp_endpoint",
    "protection.former_master_key_files",
    "protection.master_key_file",
    "storage.credentials_file",
];

impl Settings {
    /// Every setting with its value and where it came from, secrets left out. `states_in`: where states are kept, in a word.
    pub(crate) fn told(&self, states_in: &str) -> ServerTold {
        let values = serde_json::to_value(self).unwrap_or_default();
        let data_dir = std::path::absolute(&self.data_dir);
        let data_dir = data_dir.unwrap_or_else(|_| self.data_dir.clone());
        let file = self.sources.file().map(|file| file.display().to_string());
        ServerTold {
            data_dir: data_dir.display().to_string(),
            address: without_secrets(&self.server.url(self.server.addr)),
            states_in: states_in.to_owned(),
            file,
            settings: keys().map(|key| self.setting(key, &values)).collect(),
        }
    }

    fn setting(&self, name: String, values: &Value) -> SettingTold {
        let value = values.pointer(&format!("/{}", name.replace('.', "/")));
        let mut value = value.map(in_words).unwrap_or_default();
        if ONLY_SET.contains(&name.as_str()) && !value.is_empty() {
            value = "set".to_owned();
        }
        SettingTold {
            value,
            source: self.sources.source(&name).map(str::to_owned),
            name,
        }
    }
}

/// A value as people read it; nothing where there is none.
fn in_words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => without_secrets(text),
        Value::Array(items) => items.iter().map(in_words).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let entry = |(name, value): (&String, &Value)| match value {
                Value::Object(_) => name.clone(),
                value => format!("{name} = {}", in_words(value)),
            };
            fields.iter().map(entry).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// An address without what may open it: who comes, with which password, and what stands behind `?` and `#`. Where it
/// cannot be told which is which, only the scheme is left.
fn without_secrets(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once(':') else {
        return text.to_owned();
    };
    let (slashes, rest) = match rest.strip_prefix("//") {
        Some(rest) => ("//", rest),
        None => ("", rest),
    };
    let (before, place) = match rest.rsplit_once('@') {
        Some((before, place)) => (Some(before), place),
        None => (None, rest),
    };
    if before.is_some_and(|before| before.contains(['?', '#'])) {
        return format!("{scheme}:{slashes}…");
    }
    let (place, asked) = match place.split_once(['?', '#']) {
        Some((place, _)) => (place, "?…"),
        None => (place, ""),
    };
    let who = before.map_or("", |_| "…@");
    format!("{scheme}:{slashes}{who}{place}{asked}")
}

#[cfg(test)]
#[path = "told_tests.rs"]
mod tests;
