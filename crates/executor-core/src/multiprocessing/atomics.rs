//! Shared memory as atomics.
//!
//! Rules:
//! - A1. The memory is writable, mapped for as long as the reference lives, and aligned to 64 bytes.
//!   What is handed out lies within it, and is aligned to its elements.
//! - A2. Every pattern of bytes is a value of these types, and nobody in this process reaches the
//!   same bytes through references that are not to atomics.

use std::sync::atomic::{
    AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16, AtomicU32,
    AtomicU64, AtomicUsize,
};

use bytemuck::Pod;
use executor_sync::process::Memory;

/// A number of which there is an atomic form.
///
/// It cannot be implemented elsewhere.
pub trait Atomic: Pod + sealed::Sealed {
    /// The atomic form, which lies in memory as the number does.
    type Form: Sync + Send + 'static;
}

mod sealed {
    #[expect(unnameable_types, reason = "nobody else can implement what is built on it")]
    pub trait Sealed {}
}

macro_rules! atomics {
    ($($number:ty => $form:ty),* $(,)?) => {$(
        impl sealed::Sealed for $number {}
        impl Atomic for $number {
            type Form = $form;
        }
    )*};
}

atomics! {
    u8 => AtomicU8, u16 => AtomicU16, u32 => AtomicU32, u64 => AtomicU64, usize => AtomicUsize,
    i8 => AtomicI8, i16 => AtomicI16, i32 => AtomicI32, i64 => AtomicI64, isize => AtomicIsize,
}

/// The memory from `skip` bytes on, as so many atomics.
///
/// # Safety
///
/// Rule A2, for as long as the reference lives.
///
/// # Panics
///
/// If they do not lie within the memory, or not as they have to.
pub(super) unsafe fn atomics<T: Atomic>(memory: &Memory, skip: usize, len: usize) -> &[T::Form] {
    const { assert!(size_of::<T>() == size_of::<T::Form>()) };
    let bytes = len.checked_mul(size_of::<T>()).and_then(|bytes| bytes.checked_add(skip));
    assert!(bytes.is_some_and(|bytes| bytes <= memory.len()), "more than there is");
    assert!(memory.is_writable(), "sealed memory has no atomics");
    assert!(skip.is_multiple_of(align_of::<T::Form>()), "atomics are aligned");
    let start = memory.as_ptr().wrapping_add(skip).cast::<T::Form>();
    // SAFETY: A1, and A2 as the caller promises.
    unsafe { std::slice::from_raw_parts(start, len) }
}
