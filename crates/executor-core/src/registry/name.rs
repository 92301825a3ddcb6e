use std::sync::{Arc, MutexGuard, OnceLock};

use crate::fork::ForkLock;

/// The name of a thread, which may change while it runs.
#[derive(Debug)]
pub(super) struct Name {
    first: Arc<str>,
    latest: ForkLock<Arc<str>>,
    /// What a child process goes on with, beginning with the first name, if somebody who did not
    /// come along held the lock.
    after_fork: OnceLock<Box<Name>>,
}

impl Name {
    pub(super) fn new(name: &str) -> Self {
        Self::first(name.into())
    }

    fn first(first: Arc<str>) -> Self {
        let latest = ForkLock::new(Arc::clone(&first));
        Self { first, latest, after_fork: OnceLock::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Arc<str>> {
        let fresh = || Box::new(Self::first(Arc::clone(&self.first)));
        match self.after_fork.get() {
            Some(name) => name.lock(),
            None => self.latest.lock().unwrap_or_else(|| self.after_fork.get_or_init(fresh).lock()),
        }
    }

    pub(super) fn get(&self) -> Arc<str> {
        Arc::clone(&self.lock())
    }

    /// Renames the thread; `publish` is done before anybody else can rename it.
    pub(super) fn set(&self, name: &str, publish: impl FnOnce()) {
        let mut latest = self.lock();
        *latest = name.into();
        publish();
    }

    /// Does something with the name while nobody renames the thread.
    pub(super) fn hold(&self, f: impl FnOnce(&str)) {
        f(&self.lock());
    }
}
