//! What was measured, as a file.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::compare::Comparison;
use crate::contest::Contest;
use crate::scale::Growth;

/// One run or several, put together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    /// Raised when an older program could not read it.
    #[serde(rename = "executor-bench")]
    format: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) peers: Option<Contest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) compare: Option<Comparison>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) scale: Option<Growth>,
}

impl Document {
    const FORMAT: u32 = 1;

    /// Without anything so far.
    pub(crate) fn new() -> Self {
        Self { format: Self::FORMAT, ..Self::default() }
    }

    /// All runs of several files; of two runs of one kind the later file's counts.
    ///
    /// # Errors
    ///
    /// A file cannot be read, or was not written by `--json`.
    pub(crate) fn read(paths: &[impl AsRef<Path>]) -> Result<Self, String> {
        let mut all = Self::new();
        for path in paths {
            let path = path.as_ref();
            let text =
                fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
            let Self { peers, compare, scale, .. } =
                Self::parse(&text).map_err(|error| format!("{}: {error}", path.display()))?;
            all.peers = peers.or(all.peers);
            all.compare = compare.or(all.compare);
            all.scale = scale.or(all.scale);
        }
        Ok(all)
    }

    /// # Errors
    ///
    /// The text is no document, or one of another format.
    fn parse(text: &str) -> Result<Self, String> {
        let document: Self = serde_json::from_str(text).map_err(|error| {
            format!("not what `executor-bench` writes with --json: {error}; measure again")
        })?;
        match document.format {
            Self::FORMAT => Ok(document),
            other => Err(format!(
                "of format {other}, and this program reads {}; measure again",
                Self::FORMAT
            )),
        }
    }

    /// As text.
    pub(crate) fn json(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("plain data without odd keys");
        text + "\n"
    }
}

impl From<Contest> for Document {
    fn from(contest: Contest) -> Self {
        Self { peers: Some(contest), ..Self::new() }
    }
}

impl From<Comparison> for Document {
    fn from(comparison: Comparison) -> Self {
        Self { compare: Some(comparison), ..Self::new() }
    }
}

impl From<Growth> for Document {
    fn from(growth: Growth) -> Self {
        Self { scale: Some(growth), ..Self::new() }
    }
}

#[cfg(test)]
mod tests;
