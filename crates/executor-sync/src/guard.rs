//! What a `Condition` needs of a guard: to give its lock up entirely and to get it back.

use std::fmt::Debug;

/// A guard that [`Condition`](crate::Condition) can wait with: [`LockGuard`](crate::LockGuard),
/// [`MutexGuard`](crate::MutexGuard) or [`RLockGuard`](crate::RLockGuard).
///
/// The trait is sealed.
pub trait Guard: Suspend {
    /// What the lock protects: the `T` of a `Mutex<T>`, `()` for the other two.
    type Data: ?Sized;

    /// Returns what the lock protects, for the predicate of
    /// [`Condition::wait_for`](crate::Condition::wait_for).
    fn data(&mut self) -> &mut Self::Data;
}

/// The half of [`Guard`] that only this crate may call.
///
/// Giving up a lock under a guard that others may still use would be unsound, and generic code
/// can call the methods of a supertrait that it cannot name. So both take a [`Permission`].
#[expect(unnameable_types, reason = "nobody outside may implement or call it: this is the seal")]
pub trait Suspend {
    /// What [`Suspend::restore`] needs to put things back.
    type Saved: Debug + Copy;

    /// Names the lock: its address, which is fixed while a guard borrows it.
    fn lock_address(&self) -> usize;

    /// Releases the lock, all levels of it. Until `restore` the guard must not be used.
    fn suspend(&mut self, permission: Permission) -> Self::Saved;

    /// Waits for the lock and restores the levels that `suspend` released.
    fn restore(&mut self, saved: Self::Saved, permission: Permission);
}

/// Only this crate can make one.
#[expect(unnameable_types, reason = "it has to be in the signatures of a public trait")]
#[derive(Debug, Clone, Copy)]
pub struct Permission(());

impl Permission {
    /// To be used by `Condition` alone, which borrows the guard while its lock is given up.
    pub(crate) const fn of_condition() -> Self {
        Self(())
    }
}
