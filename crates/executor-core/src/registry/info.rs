use std::fmt;
use std::sync::Arc;

use super::ident::ThreadIdent;
use super::record::Record;

/// A thread as others see it: what [`enumerate`](crate::threading::enumerate) and
/// [`current_thread`](crate::threading::current_thread) return.
///
/// It keeps its thread neither alive nor waiting, and goes on to answer when it has ended. Two are
/// equal if they are of the same thread.
#[derive(Clone)]
pub struct ThreadInfo {
    record: Arc<Record>,
}

impl ThreadInfo {
    pub(crate) fn new(record: Arc<Record>) -> Self {
        Self { record }
    }

    /// Its present name.
    pub fn name(&self) -> String {
        self.record.name().as_ref().to_owned()
    }

    /// Its number in this program, which it keeps after it has ended. Never `None` for a thread
    /// that was started, and only those are seen here.
    pub fn ident(&self) -> Option<ThreadIdent> {
        self.record.ident()
    }

    /// Its number in the operating system, which another thread may get once it has ended. On
    /// Linux that is the kernel's thread id; elsewhere it is the ident.
    pub fn native_id(&self) -> Option<u64> {
        self.record.native_id()
    }

    /// It has not ended.
    pub fn is_alive(&self) -> bool {
        self.record.is_alive()
    }
}

impl PartialEq for ThreadInfo {
    fn eq(&self, other: &Self) -> bool {
        self.ident() == other.ident()
    }
}

impl Eq for ThreadInfo {}

impl fmt::Debug for ThreadInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadInfo")
            .field("name", &self.record.name())
            .field("ident", &self.ident())
            .field("alive", &self.is_alive())
            .finish()
    }
}
