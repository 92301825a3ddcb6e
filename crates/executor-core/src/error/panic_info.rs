use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

/// What is known of a panic that ended a task.
pub struct PanicInfo {
    message: String,
    location: Option<String>,
    thread: Option<String>,
    backtrace: Option<String>,
    payload: Payload,
}

/// The panic's payload, behind a lock only because a payload need not be `Sync`.
struct Payload(Option<Mutex<Box<dyn Any + Send>>>);

impl PanicInfo {
    pub(crate) fn new(message: String, payload: Option<Box<dyn Any + Send>>) -> Self {
        let payload = Payload(payload.map(Mutex::new));
        Self { message, location: None, thread: None, backtrace: None, payload }
    }

    pub(crate) fn at(mut self, location: Option<String>, backtrace: Option<String>) -> Self {
        self.location = location;
        self.backtrace = backtrace;
        self
    }

    pub(crate) fn on_thread(mut self, name: Option<String>) -> Self {
        self.thread = name;
        self
    }

    /// The text given to `panic!`, or a remark that the payload was no string.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where the panic began, as `file:line:column`. `None` if the program replaced the panic
    /// hook after the pool had added its own, or if a payload was re-raised without a hook.
    pub fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// The name of the thread on which the task ran.
    pub fn thread(&self) -> Option<&str> {
        self.thread.as_deref()
    }

    /// The backtrace, when backtraces are enabled (`RUST_BACKTRACE` or `RUST_LIB_BACKTRACE`).
    pub fn backtrace(&self) -> Option<&str> {
        self.backtrace.as_deref()
    }

    pub(crate) fn into_payload(mut self) -> Box<dyn Any + Send> {
        match self.payload.0.take() {
            Some(payload) => {
                payload.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
            }
            None => Box::new(std::mem::take(&mut self.message)),
        }
    }
}

impl Drop for Payload {
    /// A payload whose own drop panics must not take down whoever drops the error.
    fn drop(&mut self) {
        if let Some(payload) = self.0.take()
            && let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload)))
        {
            std::mem::forget(second);
        }
    }
}

impl fmt::Debug for PanicInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PanicInfo")
            .field("message", &format_args!("{}", Cut(&self.message)))
            .field("location", &self.location)
            .field("thread", &self.thread)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for PanicInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("panicked")?;
        if let Some(location) = &self.location {
            write!(f, " at {location}")?;
        }
        if let Some(thread) = &self.thread {
            write!(f, " on thread `{thread}`")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// The beginning of a text that may be long.
pub(super) struct Cut<'a>(pub(super) &'a str);

impl fmt::Display for Cut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ENOUGH: usize = 1024;
        let end = self.0.floor_char_boundary(ENOUGH);
        f.write_str(&self.0[..end])?;
        if end < self.0.len() { f.write_str(" [...]") } else { Ok(()) }
    }
}
