use std::thread;

use super::*;

/// Each test has a thread that nobody else has used.
fn on_a_new_thread(story: impl FnOnce() + Send + 'static) {
    thread::spawn(story).join().unwrap();
}

#[test]
fn waits_are_counted_until_a_task_is_made() {
    on_a_new_thread(|| {
        assert_eq!([(); 3].map(|()| note_wait()), [0, 1, 2].map(Latest::Waits));
        note_task();
        assert_eq!(note_wait(), Latest::Task);
        assert_eq!([(); 2].map(|()| note_wait()), [1, 2].map(Latest::Waits));
    });
}

#[test]
fn a_task_for_which_somebody_is_woken_is_a_slow_one_until_the_next() {
    on_a_new_thread(|| {
        note_task();
        expect_a_wait();
        assert_eq!([(); 2].map(|()| note_wait()), [Latest::SlowTask, Latest::Waits(1)]);
        expect_a_wait();
        note_task();
        assert_eq!(note_wait(), Latest::Task);
    });
}
