use crate::A_WHILE;
use executor_sync::RLock;
use loom::sync::Arc;
use loom::thread;

fn two_levels(lock: &RLock) {
    let _outer = lock.acquire();
    assert_eq!(lock.depth(), 1);
    let _inner = lock.try_acquire().expect("the lock is this thread's own");
    assert_eq!(lock.depth(), 2);
}

#[test]
fn levels_belong_to_one_thread() {
    loom::model(|| {
        let lock = Arc::new(RLock::new());
        let other = Arc::clone(&lock);
        let other = thread::spawn(move || two_levels(&other));
        two_levels(&lock);
        other.join().unwrap();
        assert!(!lock.locked());
    });
}

#[test]
fn a_timed_wait_never_enters_the_lock_of_another() {
    loom::model(|| {
        let lock = Arc::new(RLock::new());
        let other = Arc::clone(&lock);
        lock.acquire_raw();
        let other = thread::spawn(move || {
            assert!(other.release().is_err());
            let guard = other.acquire_timeout(A_WHILE);
            assert_eq!(other.depth(), usize::from(guard.is_some()));
        });
        lock.release().unwrap();
        other.join().unwrap();
        assert_eq!(lock.depth(), 0);
        assert!(!lock.locked());
    });
}
