use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::ops::Deref;

use bytemuck::Pod;
use executor_sync::process::Memory;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A slice that many processes read without a copy.
///
/// It lies in memory that is sealed once it is made: no process can change it, so a `&[T]` to it is
/// as good as any. As (a part of) a task's argument, or of that of a
/// [`Process`](super::Process), it takes a few bytes, however long it is, and the other process maps
/// the same memory. The memory has no name, and is gone with the last one that has it, also when
/// that one is killed. A clone is a handle to the same memory. A worker of a pool keeps the latest
/// four that its tasks have used mapped, until it has had nothing to do for 100 ms, so that the
/// next task finds it there.
///
/// The elements are plain data: every pattern of bytes is a value, and no byte is padding. The trait
/// [`Pod`] of the crate `bytemuck` says so, and can be derived.
///
/// Python has `multiprocessing.shared_memory` for this, where nothing keeps a reader from seeing
/// half a change, and names have to be unlinked.
///
/// ```standalone_crate
/// use concurrent_futures::ProcessPoolExecutor;
/// use concurrent_futures::multiprocessing::SharedSlice;
///
/// fn sum((numbers, from, to): (SharedSlice<u64>, usize, usize)) -> u64 {
///     numbers[from..to].iter().sum()
/// }
///
/// fn main() {
///     concurrent_futures::init();
///     let numbers = SharedSlice::from_slice(&(1..=1000).collect::<Vec<u64>>()).unwrap();
///     let pool = ProcessPoolExecutor::new(2).unwrap();
///     let parts = (0..10).map(|n| (numbers.clone(), n * 100, (n + 1) * 100));
///     let total: u64 = pool.map(sum, parts).map(Result::unwrap).sum();
///     assert_eq!(total, 500_500);
/// }
/// ```
#[doc(alias = "SharedMemory")]
pub struct SharedSlice<T> {
    memory: Memory,
    elements: PhantomData<T>,
}

/// Shared memory begins at a multiple of this.
const ALIGNED: usize = 64;

impl<T: Pod> SharedSlice<T> {
    /// Copies the elements into memory that can be shared, once.
    ///
    /// # Errors
    ///
    /// What the system refuses: memory, or a descriptor. Elements without a size, or with an
    /// alignment of more than 64 bytes, are refused as invalid input.
    pub fn from_slice(elements: &[T]) -> io::Result<Self> {
        suits::<T>().map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, why))?;
        let memory = Memory::sealed(bytemuck::cast_slice(elements))?;
        Ok(Self { memory, elements: PhantomData })
    }

    fn adopt(memory: Memory) -> Result<Self, String> {
        suits::<T>()?;
        if memory.is_writable() {
            return Err("the memory of a shared slice is sealed, and this is not".to_owned());
        }
        if !memory.len().is_multiple_of(size_of::<T>()) {
            return Err(format!(
                "{} bytes of shared memory are no whole number of elements of {} bytes",
                memory.len(),
                size_of::<T>()
            ));
        }
        Ok(Self { memory, elements: PhantomData })
    }
}

/// Whether shared memory can hold elements of this type.
pub(super) fn suits<T>() -> Result<(), String> {
    if size_of::<T>() == 0 {
        return Err("elements without a size take no memory that could be shared".to_owned());
    }
    if align_of::<T>() > ALIGNED {
        return Err(format!(
            "elements that are aligned to {} bytes cannot be shared: shared memory is aligned to {ALIGNED}",
            align_of::<T>()
        ));
    }
    Ok(())
}

impl<T: Pod> Deref for SharedSlice<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        bytemuck::cast_slice(self.memory.as_bytes().unwrap_or_default())
    }
}

impl<T: Pod> AsRef<[T]> for SharedSlice<T> {
    fn as_ref(&self) -> &[T] {
        self
    }
}

impl<T> Clone for SharedSlice<T> {
    fn clone(&self) -> Self {
        Self { memory: self.memory.clone(), elements: PhantomData }
    }
}

impl<T> fmt::Debug for SharedSlice<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let len = self.memory.len() / size_of::<T>().max(1);
        f.debug_struct("SharedSlice").field("len", &len).finish_non_exhaustive()
    }
}

impl<T> Serialize for SharedSlice<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.memory.serialize(serializer)
    }
}

impl<'de, T: Pod> Deserialize<'de> for SharedSlice<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::adopt(Memory::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
