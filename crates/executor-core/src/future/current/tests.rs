use std::thread;

use super::*;

/// Each test has a thread that nobody else has used.
fn on_a_new_thread(story: impl FnOnce() + Send + 'static) {
    thread::spawn(story).join().unwrap();
}

/// What this thread did last.
fn latest() -> Latest {
    LATEST.get()
}

fn one_wait() -> Latest {
    Latest::Waits(Streak::new().extended(0, Instant::now))
}

#[test]
fn waits_are_counted_until_a_task_is_made() {
    on_a_new_thread(|| {
        assert_eq!(note_wait(), Outlook::Soon);
        assert_eq!(latest(), one_wait());
        assert_eq!(note_wait(), Outlook::Soon);
        assert_ne!(latest(), one_wait());
        note_task();
        assert_eq!(note_wait(), Outlook::Soon);
        assert_eq!(latest(), one_wait());
    });
}

#[test]
fn results_that_were_there_count_for_one_wait() {
    on_a_new_thread(|| {
        note_taken();
        note_taken();
        assert_eq!(TAKEN.get(), 2);
        note_wait();
        assert_eq!(TAKEN.get(), 0);
    });
}

#[test]
fn a_task_for_which_somebody_is_woken_is_a_slow_one_until_the_next() {
    on_a_new_thread(|| {
        note_task();
        expect_a_wait();
        assert_eq!(note_wait(), Outlook::Late);
        assert_eq!(note_wait(), Outlook::Soon);
        expect_a_wait();
        note_task();
        assert_eq!(note_wait(), Outlook::Soon);
    });
}
