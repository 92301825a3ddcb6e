//! Atomics and hints, from std or, under `--cfg loom`, from loom.
//!
//! Nothing else in this crate names `std::sync::atomic`, so that the models in `tests/loom.rs`
//! run the code that ships.

#[cfg(not(loom))]
mod real {
    pub(crate) use std::hint::spin_loop;
    pub(crate) use std::sync::Arc;
    pub(crate) use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize};
    pub(crate) use std::thread_local;
}

#[cfg(loom)]
mod real {
    pub(crate) use loom::hint::spin_loop;
    pub(crate) use loom::sync::Arc;
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize};
    pub(crate) use loom::thread_local;
}

pub(crate) use real::*;
pub(crate) use std::sync::atomic::Ordering;

/// Defines a constructor that is `const`, except under loom, whose atomics have none.
macro_rules! const_unless_loom {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $kind:ty),*) -> $ret:ty $body:block) => {
        #[cfg(not(loom))]
        $(#[$meta])*
        $vis const fn $name($($arg: $kind),*) -> $ret $body

        #[cfg(loom)]
        $(#[$meta])*
        $vis fn $name($($arg: $kind),*) -> $ret $body
    };
}

pub(crate) use const_unless_loom;
