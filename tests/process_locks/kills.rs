//! Holders and waiters are killed at moments that nobody chose, 1,225 of them: nobody hangs,
//! nothing is lost, the next is told, and nothing is left behind.
//!
//! `CF_KILLS=10` kills ten times as many, and `CF_SEED` chooses other moments;
//! `scripts/kill-stress` does both.

use std::env;
use std::hint::spin_loop;
use std::thread;
use std::time::{Duration, Instant};

use concurrent_futures::sync::process::{
    Barrier, BoundedSemaphore, Condition, Event, Lock, RLock, Recovered, Semaphore,
};
use concurrent_futures::{Future, Payload, ProcessPoolExecutor, StartMethod};

use crate::census::undisturbed;
use crate::gate::{Gate, Guest, eventually, knock};
use crate::pools::{assert_usable, error, pool};
use crate::random::Random;
use crate::system::{SIGKILL, signal};

/// Far more than anything here takes, and less than the watchdog's patience.
const BOUND: Duration = Duration::from_secs(10);
/// How many kills one pool sees.
const ROUNDS: u64 = 25;

fn number(variable: &str, default: u64) -> u64 {
    env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Runs so many rounds, each of which kills one worker, in pools of two.
fn rounds(kills: u64, round: impl Fn(&Scene, &mut Random)) {
    let pools = (kills * number("CF_KILLS", 1)).div_ceil(ROUNDS);
    for n in 0..pools {
        let method = if n % 5 == 0 { StartMethod::Spawn } else { StartMethod::ForkServer };
        let mut random = Random::seeded(number("CF_SEED", 1).wrapping_mul(1_000_003) + n);
        undisturbed(|| {
            let scene = Scene { pool: pool(method, 2), gate: Gate::new() };
            for _ in 0..ROUNDS {
                round(&scene, &mut random);
                assert_usable(&scene.pool);
            }
        });
    }
}

struct Scene {
    pool: ProcessPoolExecutor,
    gate: Gate,
}

/// A worker that does something over and over, until it is killed.
struct Victim {
    future: Future<()>,
    pid: u32,
}

impl Scene {
    /// Starts a task that knocks, and then goes on for ever.
    fn victim<A: Payload>(&self, task: fn((String, A)), argument: A) -> Victim {
        let future = self.pool.submit(task, (self.gate.key(), argument));
        let guest: Guest = self.gate.guest();
        let pid = guest.pid;
        guest.release();
        Victim { future, pid }
    }
}

impl Victim {
    /// Kills it at a moment that depends on the seed, and on much else.
    fn kill(self, random: &mut Random) -> u32 {
        let until = Instant::now() + Duration::from_micros(random.below(1500));
        while Instant::now() < until {
            spin_loop();
        }
        assert!(signal(self.pid, SIGKILL));
        drop(error(self.future));
        self.pid
    }
}

/// Who takes over finds a half done change if, and only if, he is told.
fn judge(inside: &Event, recovered: Option<Recovered>, killed: u32) {
    let half_done = inside.is_set();
    assert!(!half_done || recovered.is_some(), "nobody said that the holder had died");
    if let Some(pid) = recovered.and_then(|recovered| recovered.pid()) {
        assert_eq!(pid, killed);
    }
    inside.clear();
}

fn hammer_lock((key, (lock, inside)): (String, (Lock, Event))) {
    knock(&key, 0);
    loop {
        let guard = lock.acquire();
        assert!(guard.recovered().is_none());
        inside.set();
        inside.clear();
    }
}

#[test]
fn holders_of_a_lock() {
    rounds(400, |scene, random| {
        let (lock, inside) = (Lock::new().unwrap(), Event::new().unwrap());
        let victim = scene.victim(hammer_lock, (lock.clone(), inside.clone()));
        let killed = victim.kill(random);
        let guard = lock.acquire_timeout(BOUND).expect("nobody hangs");
        judge(&inside, guard.recovered(), killed);
        drop(guard);
        assert!(lock.try_acquire().unwrap().recovered().is_none(), "one is told");
    });
}

fn hammer_rlock((key, (lock, inside)): (String, (RLock, Event))) {
    knock(&key, 0);
    loop {
        let _one = lock.acquire();
        let _two = lock.acquire();
        inside.set();
        let _three = lock.acquire();
        inside.clear();
    }
}

/// Others wait for it in the meantime, in threads.
#[test]
fn owners_of_an_rlock() {
    rounds(150, |scene, random| {
        let (lock, inside) = (RLock::new().unwrap(), Event::new().unwrap());
        let victim = scene.victim(hammer_rlock, (lock.clone(), inside.clone()));
        let (told, heard) = std::sync::mpsc::channel();
        thread::scope(|scope| {
            for _ in 0..2 {
                let told = told.clone();
                let lock = &lock;
                scope.spawn(move || {
                    for _ in 0..20 {
                        let guard = lock.acquire_timeout(BOUND).expect("nobody hangs");
                        if let Some(recovered) = guard.recovered() {
                            told.send(recovered).unwrap();
                        }
                    }
                });
            }
            victim.kill(random);
        });
        drop(told);
        let mut news: Vec<Recovered> = heard.iter().collect();
        let guard = lock.acquire_timeout(BOUND).expect("nobody hangs");
        news.extend(guard.recovered());
        assert!(news.len() <= 1 && lock.depth() == 1, "{news:?}");
        assert!(!inside.is_set() || news.len() == 1, "nobody said that the owner had died");
    });
}

fn hammer_semaphore((key, (permits, seats)): (String, (Semaphore, BoundedSemaphore))) {
    knock(&key, 0);
    for n in 0.. {
        let _some = permits.acquire_many(n % 3 + 1);
        let _seat = seats.acquire();
    }
}

#[test]
fn holders_of_permits() {
    rounds(200, |scene, random| {
        let (permits, seats) = (Semaphore::new(3).unwrap(), BoundedSemaphore::new(1).unwrap());
        let argument = || (permits.clone(), seats.clone());
        let victim = scene.victim(hammer_semaphore, argument());
        let other = scene.victim(hammer_semaphore, argument());
        let killed = victim.kill(random);
        // The other goes on, and nothing is lost for those who wait as well.
        for _ in 0..3 {
            let all = permits.acquire_many_timeout(3, BOUND).expect("no permit is lost");
            let seat = seats.acquire_timeout(BOUND).expect("no permit is lost");
            assert!(all.recovered().is_none_or(|news| news.pid() == Some(killed)));
            assert_eq!(permits.value() + seats.value(), 0);
            drop((all, seat));
        }
        let pids = [killed, other.kill(random)];
        let all = permits.acquire_many_timeout(3, BOUND).expect("no permit is lost");
        let seat = seats.acquire_timeout(BOUND).expect("no permit is lost");
        let known = |news: Recovered| news.pid().is_some_and(|pid| pids.contains(&pid));
        assert!(all.recovered().is_none_or(known) && seat.recovered().is_none_or(known));
        drop((all, seat));
        assert_eq!((permits.value(), seats.value(), permits.n_waiting()), (3, 1, 0));
        assert!(seats.release(1).is_err());
    });
}

fn hammer_condition((key, (lock, changed)): (String, (Lock, Condition))) {
    knock(&key, 0);
    loop {
        let mut guard = lock.acquire();
        changed.wait_timeout(&mut guard, Duration::from_micros(50));
        changed.notify(0);
    }
}

/// A notification that would have been for the dead goes to who waits as well.
#[test]
fn those_that_wait_for_a_condition() {
    rounds(125, |scene, random| {
        let (lock, changed) = (Lock::new().unwrap(), Condition::new().unwrap());
        let victim = scene.victim(hammer_condition, (lock.clone(), changed.clone()));
        let ready = Event::new().unwrap();
        thread::scope(|scope| {
            let waiter = scope.spawn(|| {
                let mut guard = lock.acquire_timeout(BOUND).expect("nobody hangs");
                ready.set();
                changed.wait_timeout(&mut guard, BOUND)
            });
            victim.kill(random);
            ready.wait();
            // It waits now: it had the lock when it said so.
            let guard = lock.acquire_timeout(BOUND).expect("nobody hangs");
            changed.notify(1);
            drop(guard);
            assert!(waiter.join().unwrap(), "a notification was lost with the dead");
        });
        eventually(|| changed.n_waiting() == 0);
    });
}

fn wait_for_condition((key, (lock, changed)): (String, (Lock, Condition))) {
    knock(&key, 0);
    changed.wait(&mut lock.acquire());
}

/// Who was notified, and is killed before it has its lock again, has not gone on.
#[test]
fn those_that_were_notified() {
    rounds(25, |scene, random| {
        let (lock, changed) = (Lock::new().unwrap(), Condition::new().unwrap());
        let victim = scene.victim(wait_for_condition, (lock.clone(), changed.clone()));
        eventually(|| changed.n_waiting() == 1);
        thread::scope(|scope| {
            let waiter = scope.spawn(|| changed.wait_timeout(&mut lock.acquire(), BOUND));
            eventually(|| changed.n_waiting() == 2);
            let guard = lock.acquire_timeout(BOUND).expect("nobody hangs");
            changed.notify(1);
            victim.kill(random);
            drop(guard);
            assert!(waiter.join().unwrap(), "a notification was lost with the dead");
        });
        eventually(|| changed.n_waiting() == 0);
    });
}

fn hammer_barrier((key, barrier): (String, Barrier)) {
    knock(&key, 0);
    while barrier.wait().is_ok() {}
    loop {
        thread::park();
    }
}

#[test]
fn parties_of_a_barrier() {
    rounds(100, |scene, random| {
        let barrier = Barrier::new(2).unwrap();
        let victim = scene.victim(hammer_barrier, barrier.clone());
        thread::scope(|scope| {
            let party = scope.spawn(|| while barrier.wait().is_ok() {});
            victim.kill(random);
            // Nobody knows that it would have come again but who sees it die.
            barrier.abort();
            party.join().unwrap();
        });
        assert!(barrier.broken());
        barrier.reset();
        thread::scope(|scope| {
            let other = scope.spawn(|| barrier.wait_timeout(BOUND).unwrap());
            assert_eq!(barrier.wait_timeout(BOUND).unwrap() + other.join().unwrap(), 1);
        });
    });
}

/// One that has arrived is missed by the others, who need no help.
#[test]
fn parties_that_have_arrived() {
    rounds(25, |scene, random| {
        let barrier = Barrier::new(3).unwrap();
        let victim = scene.victim(hammer_barrier, barrier.clone());
        eventually(|| barrier.n_waiting() == 1);
        thread::scope(|scope| {
            let other = scope.spawn(|| barrier.wait());
            victim.kill(random);
            assert!(other.join().unwrap().is_err());
        });
        assert!(barrier.broken());
        barrier.reset();
        assert_eq!(barrier.n_waiting(), 0);
    });
}
