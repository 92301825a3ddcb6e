use std::sync::{Arc, Mutex};

use crate::fork;

/// The name of a thread, which may change while it runs.
#[derive(Debug)]
pub(super) struct Name {
    /// What a child process says if it cannot know better.
    first: Arc<str>,
    latest: Mutex<Arc<str>>,
    made: u32,
}

impl Name {
    pub(super) fn new(name: &str) -> Self {
        let first: Arc<str> = name.into();
        Self { latest: Mutex::new(Arc::clone(&first)), first, made: fork::generation() }
    }

    pub(super) fn get(&self) -> Arc<str> {
        let latest = fork::lock(&self.latest, self.made);
        latest.map_or_else(|| Arc::clone(&self.first), |latest| Arc::clone(&latest))
    }

    /// Renames the thread; `publish` is done before anybody else can rename it.
    pub(super) fn set(&self, name: &str, publish: impl FnOnce()) {
        if let Some(mut latest) = fork::lock(&self.latest, self.made) {
            *latest = name.into();
            publish();
        }
    }

    /// Does something with the name while nobody renames the thread.
    pub(super) fn hold(&self, f: impl FnOnce(&str)) {
        match fork::lock(&self.latest, self.made) {
            Some(latest) => f(&latest),
            None => f(&self.first),
        }
    }
}
