//! Who runs in this program: the living threads by their idents.
//!
//! `ident` numbers threads, `system` asks the operating system, `name` is a thread's name, `record`
//! what is known of one thread, `living` the list of all, `forked` what a fork leaves of it, and
//! `info` what a user holds.
//!
//! Threads cost nothing here but at their start and at their end.

mod system;
mod ident;
mod name;
mod record;
#[expect(unsafe_code, reason = "pthread_atfork is a C function; rule F1")]
mod forked;
mod living;
mod info;

#[cfg(test)]
mod tests;

pub(crate) use forked::watch;
pub(crate) use ident::native_id;
pub use ident::{ThreadIdent, get_ident};
pub use info::ThreadInfo;
pub(crate) use living::{admit, all, begin, current, end, enroll, main, mark_and_find_others};
pub(crate) use record::{Joinable, Life, Record};
pub(crate) use system::cut_at_nul;
