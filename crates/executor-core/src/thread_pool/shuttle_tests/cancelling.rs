//! Tasks are cancelled while workers begin them: each runs or is cancelled, and is counted once.

use shuttle::thread;

use crate::{Shutdown, TaskErrorKind};

use super::model::{Tally, explore, pool};

#[test]
fn against_the_start() {
    for workers in 1..=2 {
        explore(move || {
            let tally = Tally::default();
            let pool = pool(workers);
            let futures: Vec<_> = (0..4).map(|_| pool.spawn(tally.work())).collect();
            let canceller = thread::spawn(move || futures.iter().filter(|f| f.cancel()).count());
            let cancelled = canceller.join().unwrap();
            pool.shutdown();
            assert_eq!(tally.ran() + cancelled, 4);
            let stats = pool.stats();
            assert_eq!((stats.finished, stats.cancelled), (tally.ran() as u64, cancelled as u64));
            assert_eq!((stats.workers, stats.queued, stats.running), (0, 0, 0));
            drop(pool);
            assert_eq!(tally.alive(), 0);
        });
    }
}

/// Two threads cancel the same task, and a third waits for it.
#[test]
fn twice() {
    explore(|| {
        let pool = pool(1);
        let shared = pool.spawn(|| ()).shared();
        let cancel = |_| {
            let shared = shared.clone();
            thread::spawn(move || shared.cancel())
        };
        let cancellers: Vec<_> = (0..2).map(cancel).collect();
        let cancelled =
            shared.result().is_err_and(|error| error.kind() == TaskErrorKind::Cancelled);
        let told: Vec<_> = cancellers.into_iter().map(|c| c.join().unwrap()).collect();
        assert_eq!(told, [cancelled; 2]);
    });
}

/// The pool cancels what is queued while a user does.
#[test]
fn together_with_the_pool() {
    explore(|| {
        let tally = Tally::default();
        let pool = pool(1);
        let futures: Vec<_> = (0..3).map(|_| pool.spawn(tally.work())).collect();
        let user = thread::spawn(move || {
            let cancelled = futures[2].cancel();
            let outcomes = futures.into_iter().map(|future| future.result().is_ok());
            (outcomes.filter(|ok| *ok).count(), cancelled)
        });
        pool.shutdown_with(Shutdown { wait: true, cancel_futures: true });
        let (succeeded, _) = user.join().unwrap();
        assert_eq!(succeeded, tally.ran());
        assert_eq!(pool.stats().cancelled as usize, 3 - succeeded);
        drop(pool);
        assert_eq!(tally.alive(), 0);
    });
}

/// The future is cancelled, or dropped, after its pool has gone.
#[test]
fn while_the_pool_goes() {
    explore(|| {
        let tally = Tally::default();
        let pool = pool(1);
        let future = pool.spawn(tally.work());
        let handle = pool.handle();
        let late = thread::spawn(move || handle.spawn(|| ()).cancel());
        let canceller = thread::spawn(move || future.cancel());
        drop(pool);
        let cancelled = canceller.join().unwrap();
        let _either = late.join().unwrap();
        assert_eq!(tally.ran(), usize::from(!cancelled));
        assert_eq!(tally.alive(), 0);
    });
}
