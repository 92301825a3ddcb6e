//! What a `Condition` needs of a guard: to give its lock up entirely and to get it back.

/// A guard that [`Condition`](super::Condition) can wait with: [`LockGuard`](super::LockGuard) or
/// [`RLockGuard`](super::RLockGuard).
///
/// The trait is sealed.
pub trait Guard: Suspend {}

/// The half of [`Guard`] that only this crate may call.
#[expect(unnameable_types, reason = "nobody outside may implement or call it: this is the seal")]
pub trait Suspend {
    /// A number for the lock that is the same in all processes.
    fn lock_number(&self) -> u64;

    /// Releases the lock, all levels of it, and returns how many. Until `restore` the guard must
    /// not be used.
    fn suspend(&mut self, permission: Permission) -> u32;

    /// Waits for the lock and restores the levels that `suspend` released.
    fn restore(&mut self, levels: u32, permission: Permission);
}

/// Only this crate can make one.
#[expect(unnameable_types, reason = "it has to be in the signatures of a public trait")]
#[derive(Debug, Clone, Copy)]
pub struct Permission(());

impl Permission {
    /// To be used by `Condition` alone, which borrows the guard while its lock is given up.
    pub(super) const fn of_condition() -> Self {
        Self(())
    }
}
