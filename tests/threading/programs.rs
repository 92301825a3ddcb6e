//! Random programs of starts, joins, cancels and drops, compared with what a model expects.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::time::Duration;

use concurrent_futures::threading::{Thread, ThreadError, Timer};
use proptest::prelude::*;

use crate::pool::eventually;
use crate::watchdog::check;

#[derive(Clone, Copy, Debug)]
enum Step {
    Start(usize),
    /// Lets the thread go on to its end, or panic.
    Release(usize),
    Join(usize),
    Glance(usize),
    Drop(usize),
    StartTimer(usize),
    CancelTimer(usize),
    GlanceAtTimer(usize),
    DropTimer(usize),
}

const MANY: usize = 4;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..9_u8, 0..MANY).prop_map(|(what, which)| match what {
        0 => Step::Start(which),
        1 => Step::Release(which),
        2 => Step::Join(which),
        3 => Step::Glance(which),
        4 => Step::Drop(which),
        5 => Step::StartTimer(which),
        6 => Step::CancelTimer(which),
        7 => Step::GlanceAtTimer(which),
        _ => Step::DropTimer(which),
    });
    prop::collection::vec(step, 1..40)
}

/// A thread, and what it is expected to be.
struct Actor {
    thread: Option<Thread<usize>>,
    release: Option<Sender<()>>,
    started: bool,
    ended: bool,
    panics: bool,
    runs: Arc<AtomicUsize>,
    number: usize,
}

impl Actor {
    fn new(number: usize) -> Self {
        let (release, wait) = mpsc::channel::<()>();
        let runs = Arc::new(AtomicUsize::new(0));
        let (counted, panics) = (Arc::clone(&runs), number % 2 == 1);
        let thread = Thread::new(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = wait.recv();
            assert!(!panics, "expected by the test");
            number
        });
        let (thread, release) = (Some(thread), Some(release));
        Self { thread, release, started: false, ended: false, panics, runs, number }
    }

    fn start(&mut self) {
        let Some(thread) = &self.thread else { return };
        match thread.start() {
            Ok(()) => assert!(!std::mem::replace(&mut self.started, true)),
            Err(error) => {
                assert!(self.started && matches!(error, ThreadError::AlreadyStarted));
            }
        }
    }

    fn join(&mut self) {
        let Some(thread) = &self.thread else { return };
        match (self.started, self.release.is_none()) {
            (false, _) => assert!(matches!(thread.join(), Err(ThreadError::NotStarted))),
            (true, false) => assert!(!thread.join_timeout(Duration::ZERO).unwrap()),
            (true, true) => {
                thread.join().unwrap();
                self.ended = true;
            }
        }
    }

    fn glance(&self) {
        let Some(thread) = &self.thread else { return };
        assert_eq!(thread.ident().is_some(), self.started);
        assert_eq!(thread.native_id().is_some(), self.started);
        let surely_alive = self.started && self.release.is_some();
        if surely_alive || !self.started || self.ended {
            assert_eq!(thread.is_alive(), surely_alive);
        }
    }

    /// Whatever happened, it has run once if it was started, and tells the truth about it.
    fn finish(mut self) {
        self.release = None;
        if let Some(thread) = self.thread.take() {
            match (thread.into_result(), self.started) {
                (Ok(number), true) => assert!(number == self.number && !self.panics),
                (Err(error), true) => assert!(error.panic().is_some() && self.panics),
                (outcome, false) => assert!(outcome.is_err()),
            }
        }
        let expected = usize::from(self.started);
        eventually(|| {
            self.runs.load(Ordering::SeqCst) == expected && Arc::strong_count(&self.runs) == 1
        });
    }
}

/// A timer that fires at once or never, and what it is expected to be.
struct Clockwork {
    timer: Option<Timer>,
    fires: bool,
    started: bool,
    cancelled: bool,
    runs: Arc<AtomicUsize>,
}

impl Clockwork {
    fn new(number: usize) -> Self {
        let runs = Arc::new(AtomicUsize::new(0));
        let (counted, fires) = (Arc::clone(&runs), number.is_multiple_of(2));
        let interval = if fires { Duration::from_micros(30) } else { Duration::MAX };
        let timer = Timer::new(interval, move || _ = counted.fetch_add(1, Ordering::SeqCst));
        Self { timer: Some(timer), fires, started: false, cancelled: false, runs }
    }

    fn start(&mut self) {
        let Some(timer) = &self.timer else { return };
        assert_eq!(timer.start().is_ok(), !self.started);
        self.started = true;
    }

    fn cancel(&mut self) {
        let Some(timer) = &self.timer else { return };
        let cancelled = timer.cancel();
        if self.cancelled || !self.started || !self.fires {
            assert!(cancelled);
        }
        assert!(cancelled || timer.join().is_ok());
        self.cancelled = cancelled;
    }

    fn glance(&self) {
        let Some(timer) = &self.timer else { return };
        if !self.started || self.cancelled {
            assert!(!timer.is_alive());
        } else if !self.fires {
            assert!(timer.is_alive());
        }
    }

    fn finish(mut self) {
        if self.fires && self.started {
            let runs = usize::from(!self.cancelled);
            eventually(|| self.runs.load(Ordering::SeqCst) == runs);
            if let Some(timer) = &self.timer {
                timer.join().unwrap();
            }
            assert_eq!(self.runs.load(Ordering::SeqCst), runs);
        } else if let Some(timer) = self.timer.take() {
            assert!(timer.cancel());
            assert_eq!(Arc::strong_count(&self.runs), 1, "its function is gone");
            assert_eq!(self.runs.load(Ordering::SeqCst), 0);
        }
    }
}

fn run(steps: Vec<Step>) {
    let mut actors: Vec<Actor> = (0..MANY).map(Actor::new).collect();
    let mut timers: Vec<Clockwork> = (0..MANY).map(Clockwork::new).collect();
    for step in steps {
        match step {
            Step::Start(which) => actors[which].start(),
            Step::Release(which) => actors[which].release = None,
            Step::Join(which) => actors[which].join(),
            Step::Glance(which) => actors[which].glance(),
            Step::Drop(which) => actors[which].thread = None,
            Step::StartTimer(which) => timers[which].start(),
            Step::CancelTimer(which) => timers[which].cancel(),
            Step::GlanceAtTimer(which) => timers[which].glance(),
            Step::DropTimer(which) => timers[which].timer = None,
        }
    }
    actors.into_iter().for_each(Actor::finish);
    timers.into_iter().for_each(Clockwork::finish);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn threads_and_timers_do_what_the_model_says(steps in steps()) {
        check(|| run(steps));
    }
}
