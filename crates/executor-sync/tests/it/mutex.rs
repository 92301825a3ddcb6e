use crate::watchdog::watched;
use executor_sync::{Mutex, MutexGuard};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::Duration;

#[test]
fn additions_are_not_lost() {
    watched(|| {
        let total = Mutex::new(0);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..1_000).for_each(|_| *total.lock() += 1));
            }
        });
        assert_eq!(total.into_inner(), 8_000);
    });
}

#[test]
fn timed_and_tried() {
    let mutex = Mutex::named("numbers", vec![1]);
    let mut guard = mutex.try_lock().expect("it is free");
    guard.push(2);
    assert!(mutex.locked());
    assert!(mutex.try_lock().is_none());
    assert!(mutex.lock_timeout(Duration::ZERO).is_none());
    assert!(mutex.lock_timeout(Duration::from_millis(1)).is_none());
    drop(guard);
    assert_eq!(*mutex.lock_timeout(Duration::MAX).expect("it is free"), [1, 2]);
}

#[test]
fn a_panic_leaves_the_value_as_it_was_then() {
    let mutex = Mutex::new(0);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        *mutex.lock() = 1;
        let mut guard = mutex.lock();
        *guard = 2;
        panic!("half way");
    }));
    assert!(panicked.is_err());
    assert_eq!(*mutex.lock(), 2);
}

#[test]
fn unsized_values_and_exclusive_access() {
    let mut mutex = Mutex::new([1, 2, 3]);
    mutex.get_mut()[0] = 7;
    let slice: &Mutex<[i32]> = &mutex;
    assert_eq!(slice.lock().len(), 3);
    assert_eq!(slice.lock()[0], 7);
}

#[test]
fn says_what_it_is() {
    let mutex = Mutex::from(5);
    assert_eq!(format!("{mutex:?}"), "Mutex { value: 5, .. }");
    let guard = mutex.lock();
    assert_eq!(format!("{guard:?} {guard} {mutex:?}"), "5 5 Mutex { value: <locked>, .. }");
}

#[test]
fn shared_only_if_the_value_may_be_sent() {
    fn is_sync<T: Sync>() {}
    fn is_send<T: Send>() {}
    is_sync::<Mutex<std::cell::Cell<i32>>>();
    is_send::<Mutex<std::cell::Cell<i32>>>();
    is_sync::<MutexGuard<'_, i32>>();
}
