//! Threads and timers as objects: Python's `threading`.
//!
//! ```
//! use concurrent_futures::threading::{self, Thread};
//!
//! let threads: Vec<Thread<usize>> =
//!     ["one", "two", "three"].map(|word| Thread::with_args(str::len, word)).into();
//! for thread in &threads {
//!     thread.start().unwrap();
//! }
//! // code here does not depend on the threads
//! for thread in &threads {
//!     thread.join().unwrap();
//! }
//! let lengths = threads.into_iter().map(|thread| thread.into_result().unwrap());
//! assert_eq!(lengths.sum::<usize>(), 11);
//! ```
//!
//! Many short tasks are better off in a [`ThreadPoolExecutor`](crate::ThreadPoolExecutor), and
//! tasks that borrow in its [`scope`](crate::ThreadPoolExecutor::scope). A thread as an object is
//! for one that has a name and a life of its own.
//!
//! # From Python
//!
//! Each promise has its test, below `tests/`.
//!
//! | Python | here | tested by |
//! |---|---|---|
//! | `Thread(target=f)` | [`Thread::new`] | `threading/tutorial.rs` |
//! | `Thread(target=f, args=(a, b))` | [`Thread::with_args`], arguments as a tuple | `threading/tutorial.rs`, `results.rs` |
//! | `class T(Thread)` with `run` | [`Runnable`], [`Thread::from_runnable`] | `threading/tutorial.rs`, `results.rs` |
//! | `Thread(name="n")`, `.name` | [`Thread::with_name`], [`Thread::name`], [`Thread::set_name`] | `threading/names.rs`, `thread_counts.rs` |
//! | `Thread(daemon=True)` | every thread ends with `main`; see [`join_all`] for the contrary | `thread_counts.rs` |
//! | `.start()`, a second time: `RuntimeError` | [`Thread::start`], [`ThreadError::AlreadyStarted`] | `threading/stages.rs` |
//! | `.start()`, refused: `RuntimeError` | [`ThreadError::Os`], and it stays unstarted | `thread_start_refusal.rs` |
//! | `.join()` | [`Thread::join`]; [`ThreadError::NotStarted`], [`ThreadError::CurrentThread`] | `threading/joining.rs` |
//! | `.join(timeout)` and `.is_alive()` | [`Thread::join_timeout`], which says whether it has ended | `threading/joining.rs` |
//! | `.ident`, `.native_id`, `.is_alive()` | the same: [`Thread::ident`], [`Thread::native_id`], [`Thread::is_alive`] | `threading/stages.rs` |
//! | a result, which Python has not | [`Thread::into_result`] | `threading/results.rs`, `drops.rs` |
//! | `excepthook` | [`set_excepthook`] | `excepthook.rs` |
//! | `active_count()` | [`active_count`] | `thread_counts.rs` |
//! | `enumerate()` | [`enumerate`], pools' workers included | `threading/everyone.rs` |
//! | `current_thread()`, dummies | [`current_thread`] | `threading/everyone.rs` |
//! | `main_thread()` | [`main_thread`] | `threading/everyone.rs` |
//! | `get_ident()`, `get_native_id()` | [`get_ident`], [`get_native_id`] | `threading/stages.rs` |
//! | `stack_size(n)` | [`Thread::with_stack_size`], for each thread | `threading/results.rs` |
//! | the end of the program joins all | [`join_all`] | `thread_counts.rs` |
//! | `Timer(seconds, f)` | [`Timer::new`] | `threading/timers.rs`, `thread_counts.rs` |
//! | `.start()`, `.cancel()`, `.join()` of it | [`Timer::start`], [`Timer::cancel`], [`Timer::join`] | `threading/timers.rs` |
//! | `os.fork()` with threads | what does not live in the child is not waited for | `fork_threads.rs` |
//! | `local()` | std's `thread_local!`, see below | |
//! | `Lock`, `RLock`, `Condition`, `Semaphore`, `Event`, `Barrier` | the same names in `concurrent_futures::sync` | `executor-sync` |
//! | `settrace`, `setprofile` | nothing: a compiled thread has no trace function | |
//!
//! Random programs of all this are compared with a model in `threading/programs.rs`.
//!
//! # Thread-locals
//!
//! There is no `Local` here. `std::thread_local!` does what `threading.local()` does: a value for
//! each thread, made when the thread first touches it, dropped on that thread when it ends. Two
//! things of Python's it has not, and neither needs a type of this module:
//!
//! - A `local()` is an object that can be made at run time and be a field of another; a
//!   `thread_local!` is a `static`. For a value for each thread *and* object, keep a map by
//!   [`ThreadIdent`] behind a [`Mutex`](std::sync::Mutex) in the object: idents are never used
//!   again, so no thread ever finds the value of one that has ended. Such values live as long as
//!   the object.
//! - Attributes can be added to a `local()` at any time; here the type of the value has a field for
//!   each.
//!
//! # At a fork
//!
//! Threads and timers stay with the parent. The thread that forks is the main thread of the child,
//! alone in [`enumerate`], and what was made but not started may be started there. Nothing in the
//! child waits for a thread that is not there.

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
