//! loom explores the words that the program and a worker share: the real code, every order of its
//! steps up to a number of preemptions, and every value an atomic load may return.
//!
//! The two processes are two threads, and what they say through a pipe is a lock with a call: what
//! a pipe holds is seen by whoever is woken for it. See `future::loom_tests` for how to run it.

#[expect(unsafe_code, reason = "answers that are written without a lock; rule K1")]
mod claim;
mod berth;
mod reuse;
#[expect(unsafe_code, reason = "the ring's two sides; rule B1")]
mod ring;
#[expect(unsafe_code, reason = "the ring's two sides; rule B1")]
mod sleep;
