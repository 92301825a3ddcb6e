//! What is said below a row: versions, and why someone is missing.

use crate::peer::Python;

/// Why a contender is absent, if it is.
pub(super) fn missing<P>(name: &str, pool: &Result<P, String>) -> Option<String> {
    pool.as_ref().err().map(|reason| format!("{name} absent: {reason}"))
}

/// The version of a peer in Python, or why it is absent.
pub(super) fn version(name: &str, python: &Result<Python, String>) -> Option<String> {
    match python {
        Ok(python) => Some(python.library.clone()),
        Err(_) => missing(name, python),
    }
}

/// One note of those there are.
pub(super) fn note<const N: usize>(parts: [Option<String>; N]) -> Option<String> {
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}
