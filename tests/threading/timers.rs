//! Timers: cancelled before, without effect after, and never in each other's way.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Barrier, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use concurrent_futures::threading::{self, ThreadError, Timer};

use crate::pool::pool;
use crate::watchdog::check;

const SOON: Duration = Duration::from_millis(5);
const LATER: Duration = Duration::from_secs(3600);

/// A started timer, and what hears of its firing.
fn started(interval: Duration) -> (Timer, Receiver<Instant>) {
    let (tell, told) = mpsc::channel();
    let timer = Timer::new(interval, move || tell.send(Instant::now()).unwrap());
    timer.start().unwrap();
    (timer, told)
}

#[test]
fn a_timer_fires_when_its_time_has_come() {
    check(|| {
        for interval in [Duration::ZERO, Duration::from_nanos(1), SOON] {
            let before = Instant::now();
            let (timer, told) = started(interval);
            timer.join().unwrap();
            let fired = told.try_recv().expect("it has fired before join() returned");
            assert!(fired.duration_since(before) >= interval);
            assert!(!timer.is_alive());
        }
    });
}

#[test]
fn a_cancelled_timer_never_fires() {
    check(|| {
        let (timer, told) = started(LATER);
        assert!(timer.is_alive());
        assert!(timer.cancel() && timer.cancel(), "again is no change");
        assert_eq!(told.recv(), Err(mpsc::RecvError), "its function is gone");
        timer.join().unwrap();
        assert!(!timer.is_alive());
        assert!(matches!(timer.start(), Err(ThreadError::AlreadyStarted)));
    });
}

#[test]
fn a_timer_cancelled_before_its_start_is_over_when_it_starts() {
    check(|| {
        let ran = Arc::new(AtomicBool::new(false));
        let noted = Arc::clone(&ran);
        let timer = Timer::new(Duration::ZERO, move || noted.store(true, Ordering::SeqCst));
        assert!(timer.cancel());
        assert!(matches!(timer.join(), Err(ThreadError::NotStarted)));
        timer.start().unwrap();
        timer.join().unwrap();
        assert!(timer.cancel() && !timer.is_alive() && !ran.load(Ordering::SeqCst));
    });
}

#[test]
fn cancelling_has_no_effect_once_it_fires() {
    check(|| {
        let own: Arc<OnceLock<Timer>> = Arc::default();
        let inside = Arc::clone(&own);
        let (tell, told) = mpsc::channel();
        let timer = Timer::new(Duration::ZERO, move || {
            tell.send(inside.wait().cancel()).unwrap();
        });
        own.set(timer).unwrap();
        own.get().unwrap().start().unwrap();
        assert!(!told.recv().unwrap(), "its function has begun");
        own.get().unwrap().join().unwrap();
        assert!(!own.get().unwrap().cancel());
    });
}

#[test]
fn a_timer_starts_once() {
    check(|| {
        let (timer, _told) = started(LATER);
        assert!(matches!(timer.start(), Err(ThreadError::AlreadyStarted)));
        timer.cancel();
    });
}

#[test]
fn a_timer_is_waited_for_when_that_makes_sense() {
    check(|| {
        let unstarted = Timer::new(SOON, || ());
        assert!(matches!(unstarted.join(), Err(ThreadError::NotStarted)));
        let (timer, _told) = started(LATER);
        assert!(!timer.join_timeout(Duration::ZERO).unwrap());
        assert!(!timer.join_timeout(Duration::from_millis(2)).unwrap());
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| timer.join().unwrap());
            }
            assert!(timer.cancel());
        });
        assert!(timer.join_timeout(Duration::MAX).unwrap());
    });
}

#[test]
fn a_timer_cannot_wait_for_itself() {
    check(|| {
        let own: Arc<OnceLock<Timer>> = Arc::default();
        let inside = Arc::clone(&own);
        let (tell, told) = mpsc::channel();
        let timer = Timer::new(Duration::ZERO, move || {
            let own = inside.wait();
            let joined = matches!(own.join(), Err(ThreadError::CurrentThread));
            tell.send(joined && own.is_alive()).unwrap();
        });
        own.set(timer).unwrap();
        own.get().unwrap().start().unwrap();
        assert!(told.recv().unwrap());
    });
}

#[test]
fn times_beyond_every_clock_never_come() {
    check(|| {
        let (never, told) = started(Duration::MAX);
        let (also, _told) = started(Duration::MAX - Duration::from_secs(1));
        let (soon, fired) = started(SOON);
        soon.join().unwrap();
        fired.recv().unwrap();
        assert_eq!(told.try_recv(), Err(mpsc::TryRecvError::Empty));
        assert!(never.is_alive() && never.cancel() && also.cancel());
    });
}

#[test]
fn timers_fire_in_order_of_their_times() {
    check(|| {
        let (tell, told) = mpsc::channel();
        let timers: Vec<Timer> = [40, 10, 30, 20]
            .into_iter()
            .map(|number| {
                let tell: Sender<u64> = tell.clone();
                let interval = Duration::from_millis(number * 5);
                Timer::new(interval, move || tell.send(number).unwrap())
            })
            .collect();
        timers.iter().for_each(|timer| timer.start().unwrap());
        drop(tell);
        assert_eq!(told.iter().collect::<Vec<_>>(), [10, 20, 30, 40]);
    });
}

/// Each stands in the way of the others until all of them run.
#[test]
fn long_functions_do_not_hold_up_others() {
    check(|| {
        const MANY: usize = 40;
        let all = Arc::new(Barrier::new(MANY));
        let timers: Vec<Timer> = (0..MANY)
            .map(|_| {
                let all = Arc::clone(&all);
                Timer::new(SOON, move || _ = all.wait())
            })
            .collect();
        timers.iter().for_each(|timer| timer.start().unwrap());
        timers.iter().for_each(|timer| timer.join().unwrap());
    });
}

#[test]
fn a_panicking_function_is_over_as_any_other() {
    check(|| {
        let timers: Vec<Timer> =
            (0..10).map(|_| Timer::new(SOON, || panic!("expected by the test"))).collect();
        let (after, told) = started(2 * SOON);
        timers.iter().for_each(|timer| timer.start().unwrap());
        timers.iter().for_each(|timer| timer.join().unwrap());
        after.join().unwrap();
        told.recv().unwrap();
    });
}

#[test]
fn a_function_runs_on_a_listed_thread() {
    check(|| {
        let (tell, told) = mpsc::channel();
        let timer = Timer::new(Duration::ZERO, move || {
            let own = threading::current_thread();
            tell.send((own.clone(), threading::enumerate().contains(&own))).unwrap();
        });
        timer.start().unwrap();
        let (info, listed) = told.recv().unwrap();
        assert!(info.name().starts_with("Timer-") && listed, "{info:?}");
    });
}

#[test]
fn a_dropped_timer_fires() {
    check(|| {
        let (timer, told) = started(SOON);
        drop(timer);
        told.recv().unwrap();
    });
}

#[test]
fn timers_start_timers_and_wait_for_them() {
    fn chain(left: u32, tell: Sender<u32>) {
        let timer = Timer::new(Duration::from_micros(100), move || match left {
            0 => tell.send(0).unwrap(),
            _ => chain(left - 1, tell),
        });
        timer.start().unwrap();
        timer.join().unwrap();
    }
    check(|| {
        let (tell, told) = mpsc::channel();
        chain(20, tell);
        told.recv().unwrap();
    });
}

#[test]
fn a_worker_that_waits_for_a_timer_is_stood_in_for() {
    check(|| {
        let pool = pool(1);
        let handle = pool.handle();
        let waited = pool.spawn(move || {
            let timer = Timer::new(Duration::ZERO, move || _ = handle.spawn(|| ()).result());
            timer.start().unwrap();
            timer.join().is_ok()
        });
        assert!(waited.result().unwrap());
    });
}

/// Exactly one of the two happens: the function runs, or somebody was told that it never will.
#[test]
fn a_timer_is_cancelled_or_fires() {
    check(|| {
        let (mut fired, mut cancelled) = (0, 0);
        for round in 0..400_u64 {
            let ran = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&ran);
            let timer = Timer::new(Duration::from_micros(round % 100), move || {
                counted.fetch_add(1, Ordering::SeqCst);
            });
            timer.start().unwrap();
            let won = thread::scope(|scope| {
                let rivals = [scope.spawn(|| timer.cancel()), scope.spawn(|| timer.cancel())];
                rivals.map(|rival| rival.join().unwrap())
            });
            timer.join().unwrap();
            let ran = ran.load(Ordering::SeqCst);
            let stopped = won[0] || won[1];
            assert_eq!(ran, usize::from(!stopped), "round {round}");
            fired += ran;
            cancelled += usize::from(stopped);
        }
        assert_eq!(fired + cancelled, 400);
    });
}

#[test]
fn a_timer_shows_its_stage() {
    check(|| {
        let timer = Timer::new(Duration::from_secs(9), || ());
        assert_eq!(format!("{timer:?}"), "Timer(9s, not started)");
        timer.start().unwrap();
        assert_eq!(format!("{timer:?}"), "Timer(9s, started)");
        timer.cancel();
        assert_eq!(format!("{timer:?}"), "Timer(9s, cancelled)");
    });
}
