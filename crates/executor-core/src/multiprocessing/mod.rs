//! Processes as objects, and what they share: Python's `multiprocessing`, with the safety of Rust.
//!
//! A [`Process`] calls one function in a fresh copy of the program. What goes to it and what comes
//! back is data, as with a [`ProcessPoolExecutor`](crate::ProcessPoolExecutor); what is not to be
//! copied is shared: a [`SharedSlice`] to read, a [`SharedArray`] to change. Processes that live side
//! by side talk through a [`pipe`] or a [`Queue`]. Locks, semaphores, events and barriers between
//! processes are in `sync::process`. All of these travel in arguments, to a `Process` as well as to a
//! task of a pool.
//!
//! The program says [`init()`](crate::init) as the first line of its `main`. The module is there on
//! Linux, what is shared on 64-bit Linux.
//!
//! | Python | here | test, in `tests/multiprocessing` |
//! |---|---|---|
//! | `Process(target=f, args=(a, b))` | [`Process::new`]`(f, (a, b))` | `process::it_is_made_started_and_joined` |
//! | `name=`, `daemon=` | [`with_name`](Process::with_name), [`daemon`](Process::daemon) | `process::its_name_is_seen_from_within_and_without`, `ends::daemons_end_with_the_program_and_others_do_not` |
//! | `start()` | [`start`](Process::start) | `process::it_is_started_once` |
//! | `join()`, `join(timeout)` | [`join`](Process::join), [`join_timeout`](Process::join_timeout) | `process::what_needs_a_start_says_so` |
//! | `is_alive()`, `pid` | [`is_alive`](Process::is_alive), [`pid`](Process::pid) | `process::it_is_made_started_and_joined` |
//! | `exitcode` | [`exitcode`](Process::exitcode) | `results::an_exit_gives_its_code`, `results::a_crash_gives_its_signal` |
//! | `sentinel` | [`sentinel`](Process::sentinel) | `process::its_sentinel_is_readable_when_it_has_ended` |
//! | `terminate()`, `kill()`, `interrupt()` | the same names | `process::it_can_be_ended_in_three_ways` |
//! | nothing like it | [`into_result`](Process::into_result) | `results` |
//! | `active_children()` | [`active_children`] | `family::children_are_listed_while_they_live` |
//! | `parent_process()`, `current_process()` | the same names | `family::a_child_knows_its_parent` |
//! | `cpu_count()` | [`cpu_count`] | `family::there_are_processors` |
//! | the join of all children at the end | [`join_all`] | `family::all_but_daemons_are_waited_for` |
//! | `Pipe()` | [`pipe`] | `pipes::both_ends_go_to_processes` |
//! | `send(x)`, `recv()`, `poll(timeout)` | [`send`](Connection::send), [`recv`](Connection::recv), [`recv_timeout`](Connection::recv_timeout), [`poll`](Connection::poll) | `pipes::a_message_can_be_waited_for_with_a_limit` |
//! | `EOFError` | [`ConnectionError::Eof`] | `pipes::the_end_of_a_side_is_seen_whatever_ended_it` |
//! | `Queue(n)`, `Queue()` | [`Queue::bounded`]`(n)`, [`Queue::unbounded`]`()` | `queues::many_put_and_many_get` |
//! | `put(x)`, `put(x, timeout=t)`, `put_nowait(x)`, `Full` | [`put`](Queue::put), [`put_timeout`](Queue::put_timeout), [`try_put`](Queue::try_put), [`PutError::Full`] | `queues::a_bound_is_a_bound` |
//! | `get()`, `get(timeout=t)`, `get_nowait()`, `Empty` | [`get`](Queue::get), [`get_timeout`](Queue::get_timeout), [`try_get`](Queue::try_get), [`GetError::Empty`] | `queues::an_empty_queue_can_be_waited_for_with_a_limit` |
//! | `close()`, `qsize()`, `empty()` | [`close`](Queue::close), [`len`](Queue::len), [`is_empty`](Queue::is_empty) | `queues::a_close_ends_it_for_everybody` |
//! | `shared_memory.SharedMemory`, to read | [`SharedSlice`] | `slices::processes_and_tasks_read_it` |
//! | `Array`, `Value` | [`SharedArray`], [`lock`](SharedArray::lock), [`atomics`](SharedArray::atomics) | `arrays::processes_change_it_under_its_lock`, `arrays::processes_change_it_as_atomics` |
//! | `Lock`, `Semaphore`, `Event`, `Barrier`, .. | `sync::process` | `tests/process_locks` |
//! | `freeze_support()` | [`init`](crate::init) | `tests/process_without_init.rs` |
//! | `Pool` | [`ProcessPoolExecutor`](crate::ProcessPoolExecutor) | `tests/processes` |

mod error;
mod ready;
mod running;
#[expect(unsafe_code, reason = "what a forked process must forget; rule R1")]
mod family;
mod info;
mod plan;
mod process;
#[cfg(target_pointer_width = "64")]
mod pipe;
#[cfg(target_pointer_width = "64")]
mod shared_slice;
#[cfg(target_pointer_width = "64")]
#[expect(unsafe_code, reason = "memory that processes share; rules A1 and A2")]
mod atomics;
#[cfg(target_pointer_width = "64")]
mod holder;
#[cfg(target_pointer_width = "64")]
#[expect(unsafe_code, reason = "plain data that one process at a time changes; rules D1 and D2")]
mod shared_array;
#[cfg(target_pointer_width = "64")]
mod queue;

#[cfg(target_pointer_width = "64")]
pub use self::{
    atomics::Atomic,
    queue::{GetError, PutError, Queue},
    shared_array::{SharedArray, SharedArrayError, SharedArrayGuard},
    shared_slice::SharedSlice,
};
pub use bytemuck::Pod;
pub use error::ProcessError;
pub use info::{
    ProcessInfo, active_children, cpu_count, current_process, join_all, parent_process,
};
#[cfg(target_pointer_width = "64")]
pub use pipe::{Connection, ConnectionError, pipe};
pub use process::Process;
