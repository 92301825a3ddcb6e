//! Every primitive against its peers: `cargo bench -p executor-sync --bench locks [-- name]`.
//!
//! A row is one workload with one number of threads. Every contender does the same: acquire, one
//! addition where there is a value, release, again. Figures are wall-clock nanoseconds for each
//! operation of all threads together. With a name only rows that contain it run.

#[path = "locks/harness.rs"]
mod harness;

use executor_sync::{Barrier, Condition, Event, Lock, Mutex, RLock, Semaphore};
use futures::executor::block_on;
use harness::{compare, slice, together};
use std::hint::black_box;

fn main() {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let rows: [(&str, fn()); 9] = [
        ("lock", locks),
        ("process", process_locks),
        ("mutex", mutexes),
        ("rlock", rlocks),
        ("semaphore", semaphores),
        ("queue", waiting_semaphores),
        ("event", events),
        ("barrier", barriers),
        ("condition", conditions),
    ];
    for (name, run) in rows {
        if wanted.as_ref().is_none_or(|wanted| name.contains(wanted.as_str())) {
            run();
        }
    }
}

fn locks() {
    for threads in [1, 2, 4, 8] {
        let (ours, std, parking_lot) =
            (Lock::new(), std::sync::Mutex::new(()), parking_lot::Mutex::new(()));
        compare(
            &format!("Lock, {threads} threads"),
            1.10,
            &[
                ("executor-sync Lock", Box::new(|| slice(threads, || ours.acquire()))),
                ("std Mutex<()>", Box::new(|| slice(threads, || std.lock().unwrap()))),
                ("parking_lot Mutex<()>", Box::new(|| slice(threads, || parking_lot.lock()))),
            ],
        );
    }
}

/// The peer is our own lock of one process: what it costs to survive a holder that is killed.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
fn process_locks() {
    use executor_sync::process;

    for threads in [1, 2, 4, 8] {
        let (shared, own) = (process::Lock::new().unwrap(), Lock::new());
        compare(
            &format!("process::Lock, {threads} threads"),
            2.00,
            &[
                ("process::Lock", Box::new(|| slice(threads, || shared.acquire()))),
                ("Lock", Box::new(|| slice(threads, || own.acquire()))),
            ],
        );
    }
}

#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
fn process_locks() {}

fn mutexes() {
    for threads in [1, 2, 4, 8] {
        let (ours, std, parking_lot) =
            (Mutex::new(0_u64), std::sync::Mutex::new(0_u64), parking_lot::Mutex::new(0_u64));
        compare(
            &format!("Mutex<u64>, {threads} threads"),
            1.10,
            &[
                (
                    "executor-sync Mutex",
                    Box::new(|| slice(threads, || with(ours.lock(), |value| **value += 1))),
                ),
                (
                    "std Mutex",
                    Box::new(|| slice(threads, || with(std.lock().unwrap(), |value| **value += 1))),
                ),
                (
                    "parking_lot Mutex",
                    Box::new(|| slice(threads, || with(parking_lot.lock(), |value| **value += 1))),
                ),
            ],
        );
    }
}

/// Does something inside before the guard goes back to the harness.
fn with<G>(mut guard: G, change: impl FnOnce(&mut G)) -> G {
    change(&mut guard);
    guard
}

fn rlocks() {
    for threads in [1, 2, 8] {
        let (ours, parking_lot) = (RLock::new(), parking_lot::ReentrantMutex::new(()));
        compare(
            &format!("RLock two levels, {threads} threads"),
            1.10,
            &[
                (
                    "executor-sync RLock",
                    Box::new(|| slice(threads, || (ours.acquire(), ours.acquire()))),
                ),
                (
                    "parking_lot Reentrant",
                    Box::new(|| slice(threads, || (parking_lot.lock(), parking_lot.lock()))),
                ),
            ],
        );
    }
}

fn semaphores() {
    for threads in [1, 2, 4, 8] {
        compare_semaphores(&format!("Semaphore(2), {threads} threads"), 0.80, threads, || ());
    }
}

/// Holders that stay a while, so that the queue is what is measured.
fn waiting_semaphores() {
    compare_semaphores("Semaphore(2) held 5 us, 4 threads", 1.00, 4, || {
        for _ in 0..500 {
            std::hint::spin_loop();
        }
    });
}

fn compare_semaphores(title: &str, bar: f64, threads: usize, inside: impl Fn() + Sync) {
    let ours = Semaphore::new(2);
    let tokio = tokio::sync::Semaphore::new(2);
    let async_lock = async_lock::Semaphore::new(2);
    let inside = &inside;
    compare(
        title,
        bar,
        &[
            ("executor-sync", Box::new(|| slice(threads, || with(ours.acquire(), |_| inside())))),
            (
                "tokio, block_on",
                Box::new(|| {
                    slice(threads, || with(block_on(tokio.acquire()).unwrap(), |_| inside()))
                }),
            ),
            (
                "async-lock, blocking",
                Box::new(|| slice(threads, || with(async_lock.acquire_blocking(), |_| inside()))),
            ),
        ],
    );
}

fn events() {
    let event = Event::new();
    event.set();
    compare(
        "Event::wait when set",
        1.0,
        &[(
            "executor-sync, x1000",
            Box::new(|| {
                together(1, 10_000, |_, _| {
                    for _ in 0..1000 {
                        black_box(&event).wait();
                    }
                })
            }),
        )],
    );
}

fn barriers() {
    for threads in [2, 4] {
        let (ours, std) = (Barrier::new(threads), std::sync::Barrier::new(threads));
        compare(
            &format!("Barrier round, {threads} threads"),
            0.90,
            &[
                (
                    "executor-sync",
                    Box::new(|| together(threads, 5_000, |_, _| _ = black_box(ours.wait()))),
                ),
                ("std", Box::new(|| together(threads, 5_000, |_, _| _ = black_box(std.wait())))),
            ],
        );
    }
}

/// Two threads take turns; a step is one turn of each.
fn conditions() {
    let ours = (Mutex::new(0), Condition::new());
    let std = (std::sync::Mutex::new(0), std::sync::Condvar::new());
    let parking_lot = (parking_lot::Mutex::new(0), parking_lot::Condvar::new());
    compare(
        "Condition ping-pong, 2 threads",
        1.10,
        &[
            (
                "executor-sync",
                Box::new(|| {
                    together(2, 5_000, |me, _| {
                        let mut turn = ours.0.lock();
                        ours.1.wait_for(&mut turn, |turn| *turn == me, None);
                        *turn = 1 - me;
                        ours.1.notify(1);
                    })
                }),
            ),
            (
                "std",
                Box::new(|| {
                    together(2, 5_000, |me, _| {
                        let turn = std.0.lock().unwrap();
                        let mut turn = std.1.wait_while(turn, |turn| *turn != me).unwrap();
                        *turn = 1 - me;
                        std.1.notify_one();
                    })
                }),
            ),
            (
                "parking_lot",
                Box::new(|| {
                    together(2, 5_000, |me, _| {
                        let mut turn = parking_lot.0.lock();
                        parking_lot.1.wait_while(&mut turn, |turn| *turn != me);
                        *turn = 1 - me;
                        parking_lot.1.notify_one();
                    })
                }),
            ),
        ],
    );
}
