//! What a process knows of itself and of the one that started it.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use serde::{Deserialize, Serialize};

/// The names of a process and of its parent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Names {
    /// Its own.
    pub(crate) own: String,
    /// Its parent's.
    pub(crate) parent: String,
    /// The numbers of its ancestors and its own among their siblings, with colons between them;
    /// empty in the program itself.
    pub(crate) line: String,
}

/// The id of the process that started this one as a part of the program; zero: none did. Written
/// once, before there is another thread.
static PARENT: AtomicU32 = AtomicU32::new(0);
static NAMES: OnceLock<Names> = OnceLock::new();

/// This process was started by that one.
pub(crate) fn born_of(parent: u32) {
    PARENT.store(parent, Relaxed);
}

/// This process is called so. What it was called first counts.
pub(crate) fn christen(names: Names) {
    NAMES.get_or_init(|| names);
}

/// The id and the name of the process that started this one; `None` in the program itself.
pub(crate) fn parent() -> Option<(u32, &'static str)> {
    let pid = PARENT.load(Relaxed);
    (pid != 0).then(|| (pid, NAMES.get().map_or(MAIN, |names| names.parent.as_str())))
}

/// What this process is called.
pub(crate) fn name() -> &'static str {
    NAMES.get().map_or(MAIN, |names| names.own.as_str())
}

/// The line of a child of this process that has this number among its siblings.
pub(crate) fn line_of_child(number: impl fmt::Display) -> String {
    match NAMES.get().map_or("", |names| names.line.as_str()) {
        "" => number.to_string(),
        line => format!("{line}:{number}"),
    }
}

/// The name of the program itself.
const MAIN: &str = "MainProcess";
