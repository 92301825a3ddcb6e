use crate::watchdog::watched;
use executor_sync::BoundedSemaphore;
use futures::executor::block_on;
use proptest::prelude::*;
use std::panic::catch_unwind;
use std::thread;
use std::time::Duration;

#[test]
fn a_release_beyond_the_start_changes_nothing() {
    let semaphore = BoundedSemaphore::new(3);
    semaphore.acquire_many(2).forget();
    let error = semaphore.release(3).unwrap_err();
    assert_eq!((error.value(), error.limit(), semaphore.value()), (1, 3, 1));
    assert_eq!(
        error.to_string(),
        "cannot release 3 permits of a semaphore that has 1 of at most 3; \
         release only what was acquired and forgotten"
    );
    assert!(semaphore.release(usize::MAX).is_err());
    assert_eq!(semaphore.release(2), Ok(()));
    assert!(semaphore.release(1).is_err());
    assert_eq!(semaphore.release(0), Ok(()));
}

#[test]
fn a_release_for_a_permit_still_held_does_not_overflow_later() {
    let semaphore = BoundedSemaphore::default();
    let permit = semaphore.acquire();
    assert_eq!(semaphore.release(1), Ok(()));
    drop(permit);
    assert_eq!(semaphore.value(), 1);
}

#[test]
fn more_than_there_can_be_panics() {
    let semaphore = BoundedSemaphore::new(2);
    assert!(catch_unwind(|| drop(semaphore.acquire_many(3))).is_err());
    assert!(catch_unwind(|| drop(semaphore.try_acquire_many(3))).is_err());
    assert!(catch_unwind(|| drop(semaphore.acquire_many_timeout(3, Duration::ZERO))).is_err());
    assert!(catch_unwind(|| drop(semaphore.acquire_many_async(3))).is_err());
    assert!(catch_unwind(|| drop(BoundedSemaphore::new(0).acquire())).is_err());
    assert!(catch_unwind(|| BoundedSemaphore::new(usize::MAX)).is_err());
    assert_eq!(semaphore.value(), 2);
    assert_eq!(format!("{semaphore:?}"), "BoundedSemaphore { value: 2, limit: 2, .. }");
}

#[test]
fn everything_else_is_as_in_a_semaphore() {
    watched(|| {
        let semaphore = BoundedSemaphore::new(2);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..300 {
                        drop(semaphore.acquire());
                        drop(semaphore.acquire_timeout(Duration::from_micros(10)));
                        drop(semaphore.try_acquire());
                        block_on(async { drop(semaphore.acquire_async().await) });
                        semaphore.acquire_many(2).forget();
                        assert_eq!(semaphore.release(2), Ok(()));
                    }
                });
            }
        });
        assert_eq!((semaphore.value(), semaphore.n_waiting()), (2, 0));
    });
}

proptest! {
    /// Acquire and forget, or release: the value is the model's and never above the start.
    #[test]
    fn the_value_never_exceeds_the_start(
        start in 0..6_usize,
        steps in prop::collection::vec((any::<bool>(), 0..8_usize), 0..40),
    ) {
        let semaphore = BoundedSemaphore::new(start);
        let mut value = start;
        for (acquires, count) in steps {
            if acquires {
                let taken = semaphore.try_acquire_many(count.min(start));
                prop_assert_eq!(taken.is_some(), count.min(start) <= value);
                if let Some(permit) = taken {
                    value -= permit.count();
                    permit.forget();
                }
            } else {
                prop_assert_eq!(semaphore.release(count).is_ok(), value + count <= start);
                if value + count <= start {
                    value += count;
                }
            }
            prop_assert_eq!(semaphore.value(), value);
        }
    }
}
