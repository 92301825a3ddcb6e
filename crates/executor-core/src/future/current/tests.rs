use std::thread;

use super::*;

/// Each test has a thread that nobody else has used.
fn on_a_new_thread(story: impl FnOnce() + Send + 'static) {
    thread::spawn(story).join().unwrap();
}

fn one_wait() -> Latest {
    Latest::Waits(Streak::new().extended(Instant::now))
}

#[test]
fn waits_are_counted_until_a_task_is_made() {
    on_a_new_thread(|| {
        assert_eq!(note_wait(), Latest::Waits(Streak::new()));
        assert_eq!(note_wait(), one_wait());
        assert_ne!(note_wait(), one_wait());
        note_task();
        assert_eq!(note_wait(), Latest::Task);
        assert_eq!(note_wait(), one_wait());
    });
}

#[test]
fn a_task_for_which_somebody_is_woken_is_a_slow_one_until_the_next() {
    on_a_new_thread(|| {
        note_task();
        expect_a_wait();
        assert_eq!(note_wait(), Latest::SlowTask);
        assert_eq!(note_wait(), one_wait());
        expect_a_wait();
        note_task();
        assert_eq!(note_wait(), Latest::Task);
    });
}
