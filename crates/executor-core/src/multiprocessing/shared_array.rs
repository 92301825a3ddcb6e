//! Memory that many processes change.
//!
//! ```text
//!  NEW ── lock ──▶ LOCKED        the elements are reached under the lock alone
//!   └──── atomics ──▶ ATOMIC     the elements are reached as atomics alone
//! ```
//!
//! The first use decides, in whichever process it happens, and for good. So nobody has a `&mut [T]`
//! to what somebody else changes without the lock.
//!
//! Rules:
//! - D1. The elements begin `HEAD` bytes behind the beginning of the memory, which is aligned to
//!   `HEAD`, and end with it; every pattern of bytes is a value.
//! - D2. References to elements as plain data exist under the lock alone, and only once the word
//!   says LOCKED; it never says anything else then. The lock excludes other threads and other
//!   processes alike, and [`Holder`] those to whom a guard was leaked.

use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::slice;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use bytemuck::Pod;
use executor_sync::process::{Lock, LockGuard, Memory, Recovered};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::atomics::{Atomic, atomics};
use super::holder::Holder;
use super::shared_slice::suits;

/// An array of fixed size that many processes change: under a lock, or as atomics.
///
/// As (a part of) a task's argument, or of that of a [`Process`](super::Process), it takes a few
/// bytes, however long it is, and the other process gets the same memory. The memory has no name,
/// and is gone with the last one that has it, also when that one is killed. Only what is touched
/// takes room. A clone is a handle to the same array.
///
/// The elements are plain data: every pattern of bytes is a value, and no byte is padding. The trait
/// [`Pod`] of the crate `bytemuck` says so, and can be derived.
///
/// An array is used in one way, which its first use decides in whichever process it happens:
/// [`lock`](Self::lock) gives a `&mut [T]` to one at a time, and [`atomics`](Self::atomics) gives
/// all of them the elements as atomics.
///
/// Python's `multiprocessing.Array`, and `Value` as an array of one element.
///
/// ```standalone_crate
/// use concurrent_futures::multiprocessing::{Process, SharedArray};
///
/// fn count(array: SharedArray<u64>) {
///     for _ in 0..1000 {
///         array.lock().unwrap()[0] += 1;
///     }
/// }
///
/// fn main() {
///     concurrent_futures::init();
///     let array = SharedArray::<u64>::zeroed(4).unwrap();
///     let counters: Vec<Process> = (0..2).map(|_| Process::new(count, array.clone())).collect();
///     counters.iter().for_each(|process| process.start().unwrap());
///     counters.into_iter().for_each(|process| process.into_result().unwrap());
///     assert_eq!(array.lock().unwrap()[0], 2000);
/// }
/// ```
#[doc(alias = "Array")]
#[doc(alias = "Value")]
pub struct SharedArray<T> {
    memory: Memory,
    lock: Lock,
    elements: PhantomData<T>,
}

/// The elements of a [`SharedArray`], until it is dropped.
///
/// It stays on its thread.
pub struct SharedArrayGuard<'a, T> {
    array: &'a SharedArray<T>,
    guard: LockGuard<'a>,
}

/// The array is used in the other way already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SharedArrayError {
    /// Its elements are reached as atomics, in this process or another one.
    UsedAsAtomics,
    /// Its elements are reached under its lock, in this process or another one.
    UsedUnderLock,
    /// A thread of this process, which lives, has leaked its guard and ended: the elements may be
    /// referred to until the process has ended too.
    Leaked {
        /// The process.
        pid: u32,
    },
}

/// So many bytes come before the elements; the word is the first of them, and then who has them.
const HEAD: usize = 64;
const HOLDER: usize = 8;

const NEW: u32 = 0;
const LOCKED: u32 = 1;
const ATOMIC: u32 = 2;

impl<T: Pod> SharedArray<T> {
    /// Makes an array of `len` zeroes.
    ///
    /// # Errors
    ///
    /// What the system refuses: memory, or the two descriptors that it takes. Elements without a
    /// size, or with an alignment of more than 64 bytes, and more elements than can be addressed
    /// are refused as invalid input.
    pub fn zeroed(len: usize) -> io::Result<Self> {
        let invalid = |why: String| io::Error::new(io::ErrorKind::InvalidInput, why);
        suits::<T>().map_err(invalid)?;
        let bytes = len.checked_mul(size_of::<T>()).and_then(|bytes| bytes.checked_add(HEAD));
        let bytes = bytes.ok_or_else(|| {
            invalid(format!("{len} elements are more than a process can address"))
        })?;
        Ok(Self { memory: Memory::zeroed(bytes)?, lock: Lock::new()?, elements: PhantomData })
    }

    fn adopt(memory: Memory, lock: Lock) -> Result<Self, String> {
        suits::<T>()?;
        let elements = memory.len().checked_sub(HEAD).filter(|_| memory.is_writable());
        if elements.is_some_and(|bytes| bytes.is_multiple_of(size_of::<T>())) {
            return Ok(Self { memory, lock, elements: PhantomData });
        }
        Err(format!(
            "{} bytes of memory are no shared array of elements of {} bytes",
            memory.len(),
            size_of::<T>()
        ))
    }

    /// How many elements it has.
    pub fn len(&self) -> usize {
        (self.memory.len() - HEAD) / size_of::<T>()
    }

    /// It has no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Waits until nobody else has the elements, in any process. A thread that has them already would
    /// wait for itself, and for ever.
    ///
    /// If the last one that had them died with them, they may be half changed:
    /// [`recovered`](SharedArrayGuard::recovered) says so.
    ///
    /// # Errors
    ///
    /// [`UsedAsAtomics`](SharedArrayError::UsedAsAtomics). [`Leaked`](SharedArrayError::Leaked) if a
    /// thread has ended without dropping its guard, until its process has ended as well.
    pub fn lock(&self) -> Result<SharedArrayGuard<'_, T>, SharedArrayError> {
        self.decide(LOCKED)?;
        self.guarded(self.lock.acquire())
    }

    fn guarded<'a>(
        &'a self,
        guard: LockGuard<'a>,
    ) -> Result<SharedArrayGuard<'a, T>, SharedArrayError> {
        let holder = self.holder();
        if let Some(pid) = holder.leaker() {
            return Err(SharedArrayError::Leaked { pid });
        }
        holder.note();
        Ok(SharedArrayGuard { array: self, guard })
    }

    /// As [`lock`](Self::lock), but waits for nobody: `None` while somebody else has the elements.
    ///
    /// # Errors
    ///
    /// As [`lock`](Self::lock).
    pub fn try_lock(&self) -> Result<Option<SharedArrayGuard<'_, T>>, SharedArrayError> {
        self.decide(LOCKED)?;
        self.lock.try_acquire().map(|guard| self.guarded(guard)).transpose()
    }

    /// The elements as atomics, which all processes may change at any time.
    ///
    /// # Errors
    ///
    /// [`UsedUnderLock`](SharedArrayError::UsedUnderLock).
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::SharedArray;
    /// use std::sync::atomic::{AtomicU32, Ordering};
    ///
    /// let array = SharedArray::<u32>::zeroed(2).unwrap();
    /// let counters: &[AtomicU32] = array.atomics().unwrap();
    /// counters[1].fetch_add(3, Ordering::Relaxed);
    /// assert_eq!(counters[1].load(Ordering::Relaxed), 3);
    /// ```
    pub fn atomics(&self) -> Result<&[T::Form], SharedArrayError>
    where
        T: Atomic,
    {
        self.decide(ATOMIC)?;
        // SAFETY: A2: no reference of rule D2 exists, now or later.
        Ok(unsafe { atomics::<T>(&self.memory, HEAD, self.len()) })
    }

    /// Has the array used in this way, unless it is used in the other one.
    fn decide(&self, way: u32) -> Result<(), SharedArrayError> {
        // Relaxed: the word is all that is told; the elements are ordered by the lock, or by the
        // user of the atomics.
        match self.word().compare_exchange(NEW, way, Relaxed, Relaxed) {
            Err(other) if other != way => match other {
                LOCKED => Err(SharedArrayError::UsedUnderLock),
                _ => Err(SharedArrayError::UsedAsAtomics),
            },
            _ => Ok(()),
        }
    }

    fn start(&self) -> *mut T {
        self.memory.as_ptr().wrapping_add(HEAD).cast()
    }
}

impl<T> SharedArray<T> {
    fn holder(&self) -> Holder<'_> {
        // SAFETY: A2: elements begin behind them.
        let words = unsafe { atomics::<u64>(&self.memory, HOLDER, 2) };
        Holder { pid: &words[0], born: &words[1] }
    }

    fn word(&self) -> &AtomicU32 {
        // SAFETY: A2: elements begin behind it.
        let words = unsafe { atomics::<u32>(&self.memory, 0, 1) };
        &words[0]
    }
}

impl<T> SharedArrayGuard<'_, T> {
    /// The last one that had the elements died with them: put them in order, or give them up.
    pub fn recovered(&self) -> Option<Recovered> {
        self.guard.recovered()
    }
}

impl<T> Drop for SharedArrayGuard<'_, T> {
    fn drop(&mut self) {
        self.array.holder().strike();
    }
}

impl<T: Pod> Deref for SharedArrayGuard<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: D1 and D2.
        unsafe { slice::from_raw_parts(self.array.start(), self.array.len()) }
    }
}

impl<T: Pod> DerefMut for SharedArrayGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: D1 and D2, and the guard is borrowed for as long.
        unsafe { slice::from_raw_parts_mut(self.array.start(), self.array.len()) }
    }
}

impl<T> Clone for SharedArray<T> {
    fn clone(&self) -> Self {
        Self { memory: self.memory.clone(), lock: self.lock.clone(), elements: PhantomData }
    }
}

impl<T> fmt::Debug for SharedArray<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let len = self.memory.len().saturating_sub(HEAD) / size_of::<T>().max(1);
        f.debug_struct("SharedArray").field("len", &len).finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for SharedArrayGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedArrayGuard { .. }")
    }
}

impl<T> Serialize for SharedArray<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.memory, &self.lock).serialize(serializer)
    }
}

impl<'de, T: Pod> Deserialize<'de> for SharedArray<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (memory, lock) = Deserialize::deserialize(deserializer)?;
        Self::adopt(memory, lock).map_err(de::Error::custom)
    }
}

impl fmt::Display for SharedArrayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UsedAsAtomics => {
                "the array is used as atomics already, which a lock would keep nobody from; go on with atomics()"
            }
            Self::UsedUnderLock => {
                "the array is used under its lock already, which atomics would not wait for; go on with lock()"
            }
            Self::Leaked { pid } => {
                return write!(
                    f,
                    "a thread of process {pid} ended without dropping its guard of the array, whose elements may \
                     be in use there until the process ends; drop guards before their threads end"
                );
            }
        })
    }
}

impl std::error::Error for SharedArrayError {}
