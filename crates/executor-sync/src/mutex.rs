//! A lock around a value.
//!
//! # Rules
//!
//! R1. The value is reached by reference only through a guard, and a guard exists only while its
//!     thread holds the word. `Condition` gives the word up inside a call that borrows the guard
//!     mutably, so no reference to the value is alive meanwhile.
//! R2. Only one thread holds the word at a time, and what the last holder wrote is visible to the
//!     next: the word's unlock and lock are Release and Acquire.
//! R3. `&mut Mutex` and `Mutex` by value prove that no guard exists.

use crate::deadline::Deadline;
use crate::deadlock::Site;
use crate::guard::{Guard, Permission, Suspend};
use crate::primitives::const_unless_loom;
use crate::raw::hesitation::Hesitation;
use crate::raw::lock_word::LockWord;
use std::cell::UnsafeCell;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::ptr;
use std::time::Duration;

/// A [`Lock`](crate::Lock) around the value it protects.
///
/// Python has no such type, because its locks cannot own data. Unlike `std::sync::Mutex` it has a
/// timed wait and no poisoning. It has no raw release: nobody can free it under a reference to
/// the value.
///
/// # No poisoning
///
/// A thread that panics while it holds the guard releases the mutex while unwinding, and the next
/// thread finds the value as it was left, perhaps half changed. If that matters, write the new
/// state in one step at the end, or keep a flag in the value.
///
/// # Fairness and memory ordering
///
/// As for [`Lock`](crate::Lock).
///
/// # Examples
///
/// ```
/// use executor_sync::Mutex;
///
/// let total = Mutex::new(0);
/// std::thread::scope(|scope| {
///     for number in 1..=4 {
///         let total = &total;
///         scope.spawn(move || *total.lock() += number);
///     }
/// });
/// assert_eq!(total.into_inner(), 10);
/// ```
pub struct Mutex<T: ?Sized> {
    word: LockWord,
    value: UnsafeCell<T>,
}

// SAFETY: R3: sending the mutex sends the value and nothing that refers to it.
unsafe impl<T: ?Sized + Send> Send for Mutex<T> {}
// SAFETY: R1 and R2: threads that share the mutex get the value one after another, which is
// sending it back and forth; `T: Sync` is not needed.
unsafe impl<T: ?Sized + Send> Sync for Mutex<T> {}

impl<T> Mutex<T> {
    const_unless_loom! {
        /// Makes a free mutex around `value`.
        #[must_use]
        #[track_caller]
        pub fn new(value: T) -> Self {
            Self { word: LockWord::new(Site::unnamed()), value: UnsafeCell::new(value) }
        }
    }

    const_unless_loom! {
        /// Makes a free mutex that reports of the feature `deadlock-report` call `name`.
        ///
        /// Without the feature the name is not kept.
        #[must_use]
        #[track_caller]
        pub fn named(name: &'static str, value: T) -> Self {
            Self { word: LockWord::new(Site::named(name)), value: UnsafeCell::new(value) }
        }
    }

    /// Returns the value; no lock is needed, since nobody else has the mutex.
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Waits until the mutex is free and takes it.
    ///
    /// Woken by whoever drops the guard. A thread that already holds the mutex waits for ever.
    #[inline]
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.word.lock(Deadline::Never);
        MutexGuard::new(self)
    }

    /// Takes the mutex if it is free, without waiting.
    #[inline]
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        self.word.try_lock().then(|| MutexGuard::new(self))
    }

    /// Waits at most `timeout` for the mutex; `None` if it was not free in time.
    ///
    /// Woken by whoever drops the guard. Zero only tries; `Duration::MAX` waits for ever.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let mutex = executor_sync::Mutex::new("value");
    /// let guard = mutex.lock();
    /// assert!(mutex.lock_timeout(Duration::from_millis(1)).is_none());
    /// drop(guard);
    /// assert_eq!(*mutex.lock_timeout(Duration::ZERO).unwrap(), "value");
    /// ```
    pub fn lock_timeout(&self, timeout: Duration) -> Option<MutexGuard<'_, T>> {
        self.lock_until(Deadline::after(timeout))
    }

    /// Returns whether somebody holds the mutex. The answer may be old when it arrives.
    #[must_use]
    pub fn locked(&self) -> bool {
        self.word.is_locked()
    }

    /// Returns the value; no lock is needed, since nobody else can reach the mutex.
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }

    /// As [`lock`](Self::lock), for a mutex inside of another primitive.
    #[inline]
    pub(crate) fn lock_soon(&self) -> MutexGuard<'_, T> {
        self.word.lock_with(Deadline::Never, Hesitation::short());
        MutexGuard::new(self)
    }

    pub(crate) fn lock_until(&self, deadline: Deadline) -> Option<MutexGuard<'_, T>> {
        self.word.lock(deadline).then(|| MutexGuard::new(self))
    }
}

impl<T: Default> Default for Mutex<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> From<T> for Mutex<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Mutex");
        match self.try_lock() {
            Some(guard) => debug.field("value", &&*guard),
            None => debug.field("value", &format_args!("<locked>")),
        };
        debug.finish_non_exhaustive()
    }
}

/// Holds a [`Mutex`], gives access to its value, and releases it when dropped.
///
/// It stays in the thread that locked:
///
/// ```compile_fail,E0277
/// let mutex = executor_sync::Mutex::new(0);
/// let guard = mutex.lock();
/// std::thread::scope(|scope| {
///     scope.spawn(move || drop(guard));
/// });
/// ```
///
/// and the value cannot be reached after it:
///
/// ```compile_fail,E0505
/// let mutex = executor_sync::Mutex::new(0);
/// let guard = mutex.lock();
/// let value = &*guard;
/// drop(guard);
/// println!("{value}");
/// ```
#[must_use = "the mutex is released as soon as the guard is dropped"]
pub struct MutexGuard<'a, T: ?Sized> {
    mutex: &'a Mutex<T>,
    /// Not `Send`, and `Sync` only if `T` is: the guard hands out `&T`.
    stay: PhantomData<std::sync::MutexGuard<'a, T>>,
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    fn new(mutex: &'a Mutex<T>) -> Self {
        Self { mutex, stay: PhantomData }
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: R1 and R2: this thread holds the word, and `&self` keeps the guard alive.
        unsafe { &*self.mutex.value.get() }
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: R1 and R2: as above, and `&mut self` excludes every other reference.
        unsafe { &mut *self.mutex.value.get() }
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.mutex.word.unlock();
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized> Guard for MutexGuard<'_, T> {
    type Data = T;

    fn data(&mut self) -> &mut T {
        self
    }
}

impl<T: ?Sized> Suspend for MutexGuard<'_, T> {
    type Saved = ();

    fn lock_address(&self) -> usize {
        ptr::from_ref(&self.mutex.word).addr()
    }

    fn suspend(&mut self, _: Permission) {
        self.mutex.word.unlock();
    }

    fn restore(&mut self, (): (), _: Permission) {
        self.mutex.word.lock(Deadline::Never);
    }
}
