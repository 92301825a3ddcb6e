use crate::A_WHILE;
use executor_sync::{Condition, Lock, Mutex, RLock};
use loom::sync::Arc;
use loom::thread;

#[test]
fn a_change_under_the_lock_is_never_missed() {
    loom::model(|| {
        let pair = Arc::new((Mutex::new(false), Condition::new()));
        let other = Arc::clone(&pair);
        let other = thread::spawn(move || {
            *other.0.lock() = true;
            other.1.notify(1);
        });
        let mut guard = pair.0.lock();
        assert!(pair.1.wait_for(&mut guard, |ready| *ready, None));
        drop(guard);
        other.join().unwrap();
    });
}

/// One notification, one waiter that may time out and one that does not: whoever says that it was
/// notified, the other is woken by the second notification.
#[test]
fn a_timeout_does_not_take_the_notification_of_another() {
    loom::model(|| {
        let pair = Arc::new((Mutex::new(0), Condition::new()));
        let impatient = Arc::clone(&pair);
        let impatient = thread::spawn(move || {
            let mut guard = impatient.0.lock();
            if *guard == 0 && impatient.1.wait_timeout(&mut guard, A_WHILE) {
                impatient.1.notify(1);
            }
        });
        let patient = Arc::clone(&pair);
        let patient = thread::spawn(move || {
            let mut guard = patient.0.lock();
            patient.1.wait_for(&mut guard, |value| *value > 0, None);
        });
        *pair.0.lock() = 1;
        pair.1.notify(1);
        impatient.join().unwrap();
        patient.join().unwrap();
    });
}

#[test]
fn all_levels_come_back() {
    loom::model(|| {
        let pair = Arc::new((RLock::new(), Condition::new()));
        let other = Arc::clone(&pair);
        let other = thread::spawn(move || {
            let _guard = other.0.acquire();
            other.1.notify_all();
        });
        let _outer = pair.0.acquire();
        let mut inner = pair.0.acquire();
        let _ = pair.1.wait_timeout(&mut inner, A_WHILE);
        assert_eq!(pair.0.depth(), 2);
        drop((inner, _outer));
        other.join().unwrap();
        assert!(!pair.0.locked());
    });
}

#[test]
fn notify_all_wakes_all() {
    loom::model(|| {
        let shared = Arc::new((Lock::new(), Condition::new(), Mutex::new(false)));
        let wait = |shared: Arc<(Lock, Condition, Mutex<bool>)>| {
            let mut guard = shared.0.acquire();
            shared.1.wait_for(&mut guard, |()| *shared.2.lock(), None);
        };
        let other = Arc::clone(&shared);
        let other = thread::spawn(move || wait(other));
        let setter = Arc::clone(&shared);
        let setter = thread::spawn(move || {
            let _guard = setter.0.acquire();
            *setter.2.lock() = true;
            setter.1.notify_all();
        });
        wait(shared);
        other.join().unwrap();
        setter.join().unwrap();
    });
}
