use crate::A_WHILE;
use executor_sync::{Lock, Mutex};
use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;

/// A lock around a cell that loom watches for overlapping access.
struct Watched {
    lock: Lock,
    cell: UnsafeCell<usize>,
}

impl Watched {
    fn new() -> Arc<Self> {
        Arc::new(Self { lock: Lock::new(), cell: UnsafeCell::new(0) })
    }

    fn add(&self) {
        // SAFETY: only called with the lock held, which is what the models check.
        self.cell.with_mut(|value| unsafe { *value += 1 });
    }
}

#[test]
fn one_at_a_time_and_nobody_sleeps_for_ever() {
    loom::model(|| {
        let watched = Watched::new();
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let watched = Arc::clone(&watched);
                thread::spawn(move || {
                    let _guard = watched.lock.acquire();
                    watched.add();
                })
            })
            .collect();
        {
            let _guard = watched.lock.acquire();
            watched.add();
        }
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        let _guard = watched.lock.acquire();
        // SAFETY: the lock is held.
        watched.cell.with(|value| assert_eq!(unsafe { *value }, 3));
    });
}

/// Two sleep, and one is woken: it has to wake the other, also if it took the lock while it spun.
#[test]
fn a_sleeper_that_spins_again_wakes_the_next() {
    loom::model(|| {
        let watched = Watched::new();
        watched.lock.acquire_raw();
        let sleepers: Vec<_> = (0..2)
            .map(|_| {
                let watched = Arc::clone(&watched);
                thread::spawn(move || {
                    let _guard = watched.lock.acquire();
                    watched.add();
                })
            })
            .collect();
        watched.lock.release().unwrap();
        sleepers.into_iter().for_each(|thread| thread.join().unwrap());
        assert!(!watched.lock.locked());
    });
}

/// One waiter times out while another sleeps: the release must reach the one that stays.
#[test]
fn a_timeout_does_not_take_the_wake_of_another() {
    loom::model(|| {
        let watched = Watched::new();
        watched.lock.acquire_raw();
        let (impatient, patient) = (Arc::clone(&watched), Arc::clone(&watched));
        let impatient = thread::spawn(move || {
            if let Some(_guard) = impatient.lock.acquire_timeout(A_WHILE) {
                impatient.add();
            }
        });
        let patient = thread::spawn(move || {
            let _guard = patient.lock.acquire();
            patient.add();
        });
        watched.lock.release().unwrap();
        impatient.join().unwrap();
        patient.join().unwrap();
        assert!(!watched.lock.locked());
    });
}

#[test]
fn of_two_releases_one_is_refused() {
    loom::model(|| {
        let lock = Arc::new(Lock::new());
        lock.acquire_raw();
        let other = Arc::clone(&lock);
        let other = thread::spawn(move || other.release().is_ok());
        let mine = lock.release().is_ok();
        assert!(mine != other.join().unwrap());
        assert!(lock.try_acquire().is_some());
    });
}

/// A release by a thread that never held the lock frees it for a waiter that took it by a guard.
#[test]
fn a_raw_release_races_with_a_guard() {
    loom::model(|| {
        let watched = Watched::new();
        watched.lock.acquire_raw();
        watched.add();
        let other = Arc::clone(&watched);
        let other = thread::spawn(move || {
            let _guard = other.lock.acquire();
            other.add();
            assert!(other.lock.release().is_err());
        });
        watched.lock.release().unwrap();
        other.join().unwrap();
        assert!(!watched.lock.locked());
    });
}

#[test]
fn a_mutex_passes_its_value_on() {
    loom::model(|| {
        let mutex = Arc::new(Mutex::new(0));
        let other = Arc::clone(&mutex);
        let other = thread::spawn(move || *other.lock() += 1);
        let mine = mutex.lock_timeout(A_WHILE).map(|mut value| *value += 1);
        other.join().unwrap();
        assert_eq!(*mutex.lock(), 1 + usize::from(mine.is_some()));
    });
}
