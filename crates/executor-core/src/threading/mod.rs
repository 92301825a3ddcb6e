//! Threads as objects, as in Python's `threading`.

mod excepthook;
mod clock;
#[expect(unsafe_code, reason = "pthread_atfork is a C function; rule F1")]
mod forked;
mod runnable;
mod work;
mod thread;
mod roll_call;
mod keeper;
mod timer;

#[cfg(test)]
mod tests;

pub use crate::error::ThreadError;
pub use crate::registry::{ThreadIdent, ThreadInfo, get_ident};
pub use excepthook::set_excepthook;
pub use roll_call::{
    active_count, current_thread, enumerate, get_native_id, join_all, main_thread,
};
pub use runnable::Runnable;
pub use thread::Thread;
pub use timer::Timer;
