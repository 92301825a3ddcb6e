//! Both systems keep the same promises; the portable one is tried here as well.

use super::{linux, portable};
use crate::deadline::Deadline;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

macro_rules! beds {
    ($($name:ident: $bed:expr),*) => { $(mod $name {
        use super::*;

        #[test]
        fn a_changed_word_does_not_sleep() {
            let word = AtomicU32::new(1);
            assert!($bed.wait(&word, 0, Deadline::Never));
        }

        #[test]
        fn zero_does_not_sleep() {
            assert!(!$bed.wait(&AtomicU32::new(0), 0, Deadline::Now));
        }

        #[test]
        fn a_deadline_ends_the_sleep_and_not_before() {
            let word = AtomicU32::new(0);
            let timeout = Duration::from_millis(5);
            let (start, end) = (Instant::now(), Deadline::after(timeout));
            while $bed.wait(&word, 0, end) {}
            assert!(start.elapsed() >= timeout);
        }

        #[test]
        fn a_wake_ends_the_sleep() {
            let word = AtomicU32::new(0);
            thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| while word.load(Ordering::Acquire) == 0 {
                        $bed.wait(&word, 0, Deadline::Never);
                    });
                }
                word.store(1, Ordering::Release);
                $bed.wake_one(&word);
                $bed.wake_all(&word);
            });
        }
    })* };
}

beds! { by_linux: linux::Bed::new(), by_parking_lot_core: portable::Bed::new() }
