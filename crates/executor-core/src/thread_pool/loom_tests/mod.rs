//! loom explores the sleep protocol: the real `idle`, with a queue that only counts.
//!
//! `pool` holds workers whose loop is that of `worker.rs` without what has to do with running
//! tasks, and which must be kept like it. The queue orders as little memory as a queue can, so that
//! what the protocol needs, its own fences have to bring. In every model a task that is left with a
//! sleeper is a deadlock, because nobody closes the pool before all tasks are done; at the end all
//! counts are zero.
//!
//! loom takes SeqCst operations for AcqRel, and only fences for what they are: a proof that leans
//! on the fences alone. See `future::loom_tests` for how to run it.

mod pool;

mod pushes;
mod closing;
mod growth;
mod refusals;
