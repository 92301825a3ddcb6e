//! Much data, and more than is allowed.

use std::sync::{Mutex, mpsc};

use concurrent_futures::TaskErrorKind;

use crate::rig::{Gate, METHODS, builder, eventually, is_alive, pid, pool};
use crate::watchdog::check;

const MIB: usize = 1 << 20;

fn echo(bytes: Vec<u8>) -> Vec<u8> {
    bytes
}

#[test]
fn much_goes_there_and_back() {
    check(|| {
        for method in METHODS {
            let pool = builder(1).start_method(method).build().unwrap();
            let bytes = (0..251).collect::<Vec<u8>>().repeat(64 * MIB / 251);
            let back = pool.submit(echo, bytes.clone()).result().unwrap();
            assert!(back == bytes);
        }
    });
}

#[test]
fn much_that_has_a_structure_goes_there_and_back() {
    check(|| {
        let pool = pool(1);
        let lines: Vec<String> =
            (0..20_000).map(|n| format!("line {n} {}", "x".repeat(90))).collect();
        let reverse = |mut lines: Vec<String>| {
            lines.reverse();
            lines
        };
        let back = pool.submit(reverse, lines.clone()).result().unwrap();
        assert!(back.iter().eq(lines.iter().rev()));
    });
}

#[test]
fn submitting_much_to_a_busy_worker_does_not_block() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let held = gate.hold(&pool);
        let futures: Vec<_> = (0..6).map(|n| pool.submit(echo, vec![n; 4 * MIB])).collect();
        held.release();
        for (n, future) in (0..).zip(futures) {
            let back = future.result().unwrap();
            assert!(back.len() == 4 * MIB && back.iter().all(|byte| *byte == n));
        }
    });
}

#[test]
fn much_both_ways_at_once_does_not_lock_up() {
    check(|| {
        let pool = pool(2);
        let futures: Vec<_> = (0..24).map(|n| pool.submit(echo, vec![n; 2 * MIB])).collect();
        for (n, future) in (0..24).rev().zip(futures.into_iter().rev()) {
            assert!(future.result().unwrap()[2 * MIB - 1] == n);
        }
        let map = pool.map(echo, (0..24).map(|n| vec![n; MIB])).chunksize(4);
        for (n, result) in (0..).zip(map) {
            let back = result.unwrap();
            assert!(back.len() == MIB && back[0] == n);
        }
    });
}

#[test]
fn sizes_around_the_limits_of_pipes_and_pages() {
    check(|| {
        let pool = pool(1);
        let near = |size: usize| [size - 1, size, size + 1];
        let sizes = [4096, 16 << 10, 32 << 10, 64 << 10, 128 << 10, 256 << 10, MIB];
        for size in sizes.into_iter().flat_map(near).chain(0..4) {
            let bytes: Vec<u8> = (0..size).map(|n| (n % 253) as u8).collect();
            let [one, two] = [(); 2].map(|()| pool.submit(echo, bytes.clone()));
            assert!(one.result().unwrap() == bytes && two.result().unwrap() == bytes, "{size}");
            let text = "y".repeat(size);
            let back = pool.submit(|text: String| text, text.clone()).result().unwrap();
            assert!(back == text, "{size}");
        }
    });
}

/// Each result takes the memory of its argument, or a worker's memory of the result before: none
/// shows anything of what was there.
#[test]
fn results_of_all_kinds_and_sizes_come_one_after_another() {
    check(|| {
        for workers in [1, 2] {
            let pool = pool(workers);
            let sizes = [MIB, MIB, MIB - 9, 900_000, 70_000, 3 * MIB, 3 * MIB - 5, 10, MIB + 1];
            for size in sizes.into_iter().cycle().take(40) {
                let bytes: Vec<u8> = (0..size).map(|n| (n * 7 % 253) as u8).collect();
                let invert = |bytes: Vec<u8>| bytes.into_iter().map(|b| !b).collect::<Vec<u8>>();
                let two = [(); 2].map(|()| pool.submit(invert, bytes.clone()));
                let shorter = pool.submit(|bytes: Vec<u8>| bytes[2..].to_vec(), bytes.clone());
                let wider = pool.submit(widen, bytes.clone());
                for inverted in two {
                    let inverted = inverted.result().unwrap();
                    assert!(inverted.iter().zip(&bytes).all(|(new, old)| *new == !old));
                    assert_eq!(inverted.len(), size);
                }
                assert!(shorter.result().unwrap() == bytes[2..]);
                assert!(wider.result().unwrap().iter().zip(&bytes).all(|(w, b)| *w == (*b).into()));
            }
        }
    });
}

fn widen(bytes: Vec<u8>) -> Vec<u64> {
    bytes.into_iter().map(u64::from).collect()
}

/// Tasks are not charged with the memory of the one before, and a worker without work has none.
#[test]
fn a_worker_does_not_keep_the_memory_of_a_large_result() {
    fn resident_mib() -> usize {
        let text = std::fs::read_to_string("/proc/self/statm").unwrap();
        let pages: usize = text.split(' ').nth(1).unwrap().parse().unwrap();
        pages * 4096 / MIB
    }
    check(|| {
        let pool = pool(1);
        for _ in 0..3 {
            assert_eq!(pool.submit(echo, vec![1; 64 * MIB]).result().unwrap().len(), 64 * MIB);
            let used = pool.submit(|()| resident_mib(), ()).result().unwrap();
            assert!(used < 40, "{used} MiB");
        }
        assert_eq!(pool.submit(echo, vec![1; 64 * MIB]).result().unwrap().len(), 64 * MIB);
        let worker = pool.worker_pids()[0];
        let kilobytes = || {
            let text = std::fs::read_to_string(format!("/proc/{worker}/status")).unwrap();
            let line = text.lines().find(|line| line.starts_with("VmRSS")).unwrap().to_owned();
            line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap()
        };
        eventually(|| kilobytes() < 40 << 10);
    });
}

#[test]
fn many_results_that_overflow_the_page_arrive() {
    check(|| {
        let pool = pool(1);
        let grow = |n: usize| vec![n as u8; n * 37 % 15_000];
        let map = pool.map(grow, 0..400).chunksize(100);
        for (n, result) in map.enumerate() {
            let bytes = result.unwrap();
            assert!(bytes.len() == n * 37 % 15_000 && bytes.iter().all(|byte| *byte == n as u8));
        }
    });
}

#[test]
fn an_argument_over_the_limit_names_both_sizes() {
    check(|| {
        let pool = builder(1).max_message_size(1000).build().unwrap();
        assert_eq!(pool.submit(echo, vec![1; 900]).result().unwrap().len(), 900);
        let error = pool.submit(echo, vec![1; 5000]).result().unwrap_err();
        assert_eq!(error.kind(), TaskErrorKind::Encode);
        let text = error.to_string();
        assert!(text.contains("5000") && text.contains("1000"), "{text}");
        assert!(text.contains("argument") && text.contains("max_message_size"), "{text}");
        assert_eq!(pool.stats().finished, 1, "it was never queued");
    });
}

#[test]
fn a_result_over_the_limit_names_both_sizes() {
    check(|| {
        let pool = builder(1).max_message_size(1000).build().unwrap();
        let worker = pool.submit(crate::rig::pid, ()).result().unwrap();
        for size in [5000, 50_000] {
            let error = pool.submit(|size: usize| vec![1_u8; size], size).result().unwrap_err();
            assert_eq!(error.kind(), TaskErrorKind::Encode, "{error}");
            let text = error.to_string();
            assert!(text.contains(&size.to_string()) && text.contains("1000"), "{text}");
            assert!(text.contains("result") && text.contains("max_message_size"), "{text}");
        }
        assert_eq!(pool.submit(crate::rig::pid, ()).result().unwrap(), worker, "it goes on");
        let exact = pool.submit(|size: usize| vec![1_u8; size], 1000).result().unwrap();
        assert_eq!(exact.len(), 1000);
    });
}

#[test]
fn a_long_panic_passes_a_small_limit() {
    check(|| {
        let pool = builder(1).max_message_size(100).build().unwrap();
        let shout = |n: usize| -> u8 { panic!("{}", "a".repeat(n)) };
        let error = pool.submit(shout, 40_000).result().unwrap_err();
        assert_eq!(error.kind(), TaskErrorKind::Panicked);
        assert_eq!(error.panic().unwrap().message().len(), 40_000);
    });
}

/// Blocks that lie side by side on the heap, for tasks to come.
static BLOCKS: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

const BLOCK: usize = MIB / 2;

fn prepare(_: ()) -> u32 {
    // The C library learns from it to keep blocks of this size when they are freed.
    drop(std::hint::black_box(vec![1_u8; 2 * MIB]));
    BLOCKS.lock().unwrap().extend((0..3).map(|_| vec![7_u8; BLOCK]));
    std::process::id()
}

/// Leaves no memory for anybody after it.
fn take_a_block_and_starve(_: ()) -> Vec<u8> {
    let block = BLOCKS.lock().unwrap().swap_remove(1);
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = text.split(' ').next().unwrap().parse().unwrap();
    // SAFETY: it only reads.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) }.cast_unsigned();
    let limit = libc::rlimit { rlim_cur: pages * page, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: `limit` is one that may be read.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_AS, &raw const limit) }, 0);
    let mut all = Vec::new();
    while Vec::<u8>::try_reserve_exact(all.push_mut(Vec::new()), BLOCK).is_ok() {}
    std::mem::forget(all);
    block
}

/// The worker ends on its own while the program has not read its last result.
#[test]
fn a_result_outlives_its_worker() {
    check(|| {
        let pool = pool(1);
        let first = pool.submit(prepare, ());
        let (go_on, wait) = mpsc::channel::<()>();
        let (tell, told) = mpsc::channel();
        first.add_done_callback(move |_| {
            tell.send(()).unwrap();
            // The program reads nothing meanwhile.
            let _gone = wait.recv();
        });
        told.recv().unwrap();
        let worker = pool.worker_pids()[0];
        let block = pool.submit(take_a_block_and_starve, ());
        let back = pool.submit(echo, vec![5; MIB * 3 / 4]);
        eventually(|| !is_alive(worker));
        drop(go_on);
        assert!(block.result().unwrap() == vec![7; BLOCK]);
        assert_eq!(back.result().unwrap().len(), MIB * 3 / 4, "another worker has done it");
        assert_ne!(pool.submit(pid, ()).result().unwrap(), worker);
    });
}
