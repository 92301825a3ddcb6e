//! Slices that many processes read without a copy.

use std::time::{Duration, Instant};

use concurrent_futures::multiprocessing::{Process, SharedSlice};
use concurrent_futures::{ProcessPoolExecutor, TaskErrorKind};

use crate::census::undisturbed;
use crate::gate::{Gate, eventually, knock};

fn sum(numbers: SharedSlice<u64>) -> u64 {
    numbers.iter().sum()
}

#[test]
fn processes_and_tasks_read_it() {
    undisturbed(|| {
        let numbers: Vec<u64> = (0..100_000).collect();
        let slice = SharedSlice::from_slice(&numbers).unwrap();
        assert_eq!(*slice, *numbers);
        let process = Process::new(sum, slice.clone());
        process.start().unwrap();
        let expected: u64 = numbers.iter().sum();
        assert_eq!(process.into_result().unwrap(), expected);
        let pool = ProcessPoolExecutor::new(2).unwrap();
        let sums: Vec<_> = (0..20).map(|_| pool.submit(sum, slice.clone())).collect();
        assert!(sums.into_iter().all(|sum| sum.result().unwrap() == expected));
    });
}

#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Point {
    x: f64,
    y: i32,
    z: u32,
}

#[test]
fn elements_are_of_any_plain_type() {
    undisturbed(|| {
        let triples: Vec<[u16; 3]> = (0..99).map(|n| [n, n + 1, n + 2]).collect();
        let slice = SharedSlice::from_slice(&triples).unwrap();
        let process = Process::new(|slice: SharedSlice<[u16; 3]>| slice[98][2], slice);
        process.start().unwrap();
        assert_eq!(process.into_result().unwrap(), 100);
        // A type of a user is shared as what it consists of.
        let point = Point { x: 0.5, y: -1, z: 7 };
        let parts = [point.x.to_bits(), u64::from(point.z) << 32 | u64::from(point.y as u32)];
        let slice = SharedSlice::from_slice(&parts).unwrap();
        assert_eq!(slice.as_ref().as_ptr().addr() % 64, 0);
        assert_eq!(f64::from_bits(slice[0]), point.x);
    });
}

#[test]
fn an_empty_one_is_a_slice_as_well() {
    undisturbed(|| {
        let slice = SharedSlice::<u64>::from_slice(&[]).unwrap();
        assert!(slice.is_empty());
        let process = Process::new(|slice: SharedSlice<u64>| slice.len() as u64, slice);
        process.start().unwrap();
        assert_eq!(process.into_result().unwrap(), 0);
        assert!(SharedSlice::<()>::from_slice(&[()]).is_err());
    });
}

#[test]
fn a_slice_goes_on_when_its_maker_is_gone() {
    fn holds((slice, key): (SharedSlice<u64>, String)) -> u64 {
        knock(&key, 0);
        sum(slice)
    }
    undisturbed(|| {
        let gate = Gate::new();
        let slice = SharedSlice::from_slice(&[1, 2, 3]).unwrap();
        let process = Process::new(holds, (slice, gate.key()));
        process.start().unwrap();
        // Nobody in this process has it any more, not even before it has arrived.
        assert!(
            !crate::system::descriptors()
                .iter()
                .any(|name| name == "/memfd:concurrent-futures (deleted)")
        );
        gate.guest().release();
        assert_eq!(process.into_result().unwrap(), 6);
    });
}

#[test]
fn a_result_that_would_end_with_its_process_is_refused() {
    undisturbed(|| {
        let make = |n: u8| SharedSlice::from_slice(&[n]).unwrap();
        let process = Process::new(make, 1_u8);
        process.start().unwrap();
        let error = process.into_result().unwrap_err();
        assert_eq!(error.kind(), TaskErrorKind::Encode);
        assert!(error.to_string().contains("make them in the parent"), "{error}");
        // A worker lives on, so there it works.
        let pool = ProcessPoolExecutor::new(1).unwrap();
        assert_eq!(*pool.submit(make, 2).result().unwrap(), [2]);
    });
}

const LARGE: usize = 64 << 20;

/// The sum, and how long that took.
fn timed(numbers: SharedSlice<u64>) -> (u64, Duration) {
    let begun = Instant::now();
    (numbers.iter().step_by(512).sum(), begun.elapsed())
}

#[test]
fn a_task_over_much_shared_data_costs_next_to_nothing() {
    undisturbed(|| {
        let slice = SharedSlice::from_slice(&vec![1_u64; LARGE / 8]).unwrap();
        let pool = ProcessPoolExecutor::new(1).unwrap();
        let task = || {
            let begun = Instant::now();
            let (sum, work) = pool.submit(timed, slice.clone()).result().unwrap();
            assert_eq!(sum, (LARGE / 8 / 512) as u64);
            (begun.elapsed() - work, work)
        };
        // The machine may do something else meanwhile; at some time it does not. A task that maps the
        // memory anew never costs so little.
        eventually(|| {
            let (cost, work) = task();
            println!("beyond its work: {cost:?} of {work:?}");
            cost < Duration::from_millis(1)
        });
    });
}

#[test]
fn its_memory_is_freed_with_the_last_that_has_it() {
    fn holds((slice, key): (SharedSlice<u64>, String)) {
        assert_eq!(sum(slice.clone()), LARGE as u64 / 8);
        knock(&key, 0);
        drop(slice);
    }
    fn freed() -> bool {
        let gate = Gate::new();
        let slice = SharedSlice::from_slice(&vec![1_u64; LARGE / 8]).unwrap();
        let process = Process::new(holds, (slice, gate.key()));
        process.start().unwrap();
        let guest = gate.guest();
        let before = shared_memory();
        process.kill().unwrap();
        guest.gone();
        process.join().unwrap();
        shared_memory() + (LARGE as u64) * 3 / 4 < before
    }
    // Other programs may take memory at the same moment.
    undisturbed(|| eventually(freed));
}

/// The shared memory of the whole system, in bytes.
fn shared_memory() -> u64 {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap();
    let line = text.lines().find(|line| line.starts_with("Shmem:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}
