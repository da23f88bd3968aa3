//! Which format a text is in. How a format is read belongs to `tree`.

use serde::{Deserialize, Serialize};

/// The format of a configuration file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// YAML 1.2, one or more documents.
    Yaml,
    /// TOML 1.1.
    Toml,
    /// JSON; comments and trailing commas are kept where they are present.
    Json,
}

impl Format {
    /// The format that a file's name tells by its ending, in any case.
    ///
    /// ```
    /// use workbench::configurations::merge::Format;
    /// assert_eq!(Format::of_name("clinic.YML"), Some(Format::Yaml));
    /// assert_eq!(Format::of_name("notes.txt"), None);
    /// ```
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "yaml" | "yml" => Some(Self::Yaml),
            "toml" => Some(Self::Toml),
            "json" | "jsonc" => Some(Self::Json),
            _ => None,
        }
    }

    /// The format's name, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Yaml => "YAML",
            Self::Toml => "TOML",
            Self::Json => "JSON",
        }
    }
}
