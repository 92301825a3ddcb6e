//! What panics are made of them: errors that say what, where and on which thread.
//!
//! A payload does not say where the panic began; only the panic hook is told. The first executor
//! therefore adds one hook in front of the program's own, which notes the place in a thread-local
//! and goes on to the previous hook.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use crate::error::{PanicInfo, TaskError};

/// What the hook saw of the latest panic on this thread.
struct Sighting {
    message: String,
    location: Option<String>,
    backtrace: Option<String>,
}

std::thread_local! {
    /// Set while this thread runs tasks: elsewhere the hook has nothing to note.
    static OBSERVED: Cell<bool> = const { Cell::new(false) };
    static LATEST: RefCell<Option<Sighting>> = const { RefCell::new(None) };
}

/// Notes panics on this thread for as long as the guard lives.
pub(crate) fn observe() -> Observed {
    static HOOK: Once = Once::new();
    // std refuses a new hook while a panic unwinds; the next task on a calm thread adds it.
    if !std::thread::panicking() {
        HOOK.call_once(|| {
            let previous = take_hook();
            set_hook(Box::new(move |info| {
                note(info);
                previous(info);
            }));
        });
    }
    Observed { before: OBSERVED.replace(true) }
}

/// See [`observe`].
#[derive(Debug)]
pub(crate) struct Observed {
    before: bool,
}

impl Drop for Observed {
    fn drop(&mut self) {
        // A thread that is being torn down has nothing left to observe.
        let _gone = OBSERVED.try_with(|observed| observed.set(self.before));
    }
}

fn note(info: &PanicHookInfo<'_>) {
    if !OBSERVED.try_with(Cell::get).unwrap_or(false) {
        return;
    }
    let backtrace = Backtrace::capture();
    let sighting = Sighting {
        message: message_of(info.payload()),
        location: info.location().map(ToString::to_string),
        backtrace: (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string()),
    };
    let _gone = LATEST.try_with(|latest| {
        // The slot is busy only if dropping an older note panics, and notes are plain text.
        if let Ok(mut latest) = latest.try_borrow_mut() {
            *latest = Some(sighting);
        }
    });
}

/// Runs `f`; its panic becomes the error that says what, where and on which thread.
#[inline]
pub(crate) fn catch<T>(f: impl FnOnce() -> T) -> Result<T, TaskError> {
    catch_unwind(AssertUnwindSafe(f)).map_err(to_error)
}

/// Runs code of a user whose panic concerns nobody else; the panic hook has reported it.
pub(crate) fn contain(f: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(f)) {
        drop(PanicInfo::new(String::new(), Some(payload)));
    }
}

#[cold]
fn to_error(payload: Box<dyn Any + Send>) -> TaskError {
    let message = message_of(&*payload);
    let info = PanicInfo::new(message, Some(payload))
        .on_thread(std::thread::current().name().map(str::to_owned));
    let seen = LATEST.try_with(RefCell::take).ok().flatten();
    TaskError::panicked(match seen {
        // A payload that was re-raised without a hook must not be given the place of another.
        Some(seen) if seen.message == info.message() => info.at(seen.location, seen.backtrace),
        _ => info,
    })
}

fn message_of(payload: &(dyn Any + Send)) -> String {
    match (payload.downcast_ref::<&'static str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "the panic's payload is not a string".to_owned(),
    }
}
