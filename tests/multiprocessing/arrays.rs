//! Arrays that many processes change.

use std::ops::DerefMut;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use concurrent_futures::ProcessPoolExecutor;
use concurrent_futures::multiprocessing::{Process, SharedArray, SharedArrayError};

use crate::census::{rounds, undisturbed};
use crate::gate::{Gate, knock};
use crate::random::Random;
use crate::system::{SIGKILL, end_by};

const TURNS: u64 = 2000;

fn count_under_lock(array: SharedArray<u64>) {
    for _ in 0..TURNS {
        let mut elements = array.lock().unwrap();
        // Both are changed together, or the lock is none.
        assert_eq!(elements[0], elements[1]);
        elements[0] += 1;
        elements[1] += 1;
    }
}

fn count_atomically(array: SharedArray<u64>) {
    let counters: &[AtomicU64] = array.atomics().unwrap();
    (0..TURNS).for_each(|n| _ = counters[n as usize % 2].fetch_add(1, Relaxed));
}

#[test]
fn it_begins_with_zeroes_and_has_its_size() {
    undisturbed(|| {
        let array = SharedArray::<u32>::zeroed(1000).unwrap();
        assert_eq!((array.len(), array.is_empty()), (1000, false));
        assert!(array.lock().unwrap().iter().all(|element| *element == 0));
        let empty = SharedArray::<u64>::zeroed(0).unwrap();
        assert!(empty.is_empty() && empty.lock().unwrap().is_empty());
        assert!(SharedArray::<u64>::zeroed(usize::MAX).is_err());
        assert!(SharedArray::<()>::zeroed(1).is_err());
    });
}

#[test]
fn processes_change_it_under_its_lock() {
    undisturbed(|| {
        let array = SharedArray::zeroed(2).unwrap();
        let processes: Vec<_> =
            (0..2).map(|_| Process::new(count_under_lock, array.clone())).collect();
        processes.iter().for_each(|process| process.start().unwrap());
        let pool = ProcessPoolExecutor::new(1).unwrap();
        let task = pool.submit(count_under_lock, array.clone());
        count_under_lock(array.clone());
        task.result().unwrap();
        processes.into_iter().for_each(|process| process.into_result().unwrap());
        assert_eq!(*array.lock().unwrap(), [4 * TURNS; 2]);
    });
}

#[test]
fn processes_change_it_as_atomics() {
    undisturbed(|| {
        let array = SharedArray::zeroed(2).unwrap();
        let process = Process::new(count_atomically, array.clone());
        process.start().unwrap();
        count_atomically(array.clone());
        process.into_result().unwrap();
        let counters = array.atomics().unwrap();
        assert_eq!(counters.iter().map(|counter| counter.load(Relaxed)).sum::<u64>(), 2 * TURNS);
    });
}

#[test]
fn it_is_used_in_one_way_in_all_processes() {
    fn as_atomics(array: SharedArray<u8>) -> bool {
        array.atomics().is_ok()
    }
    undisturbed(|| {
        let array = SharedArray::<u8>::zeroed(1).unwrap();
        drop(array.lock().unwrap());
        assert_eq!(array.atomics().unwrap_err(), SharedArrayError::UsedUnderLock);
        let process = Process::new(as_atomics, array.clone());
        process.start().unwrap();
        assert!(!process.into_result().unwrap());

        let array = SharedArray::<u8>::zeroed(1).unwrap();
        let process = Process::new(as_atomics, array.clone());
        process.start().unwrap();
        assert!(process.into_result().unwrap());
        let error = array.lock().unwrap_err();
        assert_eq!(error, SharedArrayError::UsedAsAtomics);
        assert!(error.to_string().contains("atomics()"));
        assert!(array.try_lock().is_err());
    });
}

#[test]
fn one_at_a_time_has_it() {
    undisturbed(|| {
        let array = SharedArray::<u8>::zeroed(1).unwrap();
        let held = array.try_lock().unwrap().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| assert!(array.try_lock().unwrap().is_none()));
        });
        drop(held);
        assert!(array.try_lock().unwrap().is_some());
    });
}

#[test]
fn the_death_of_a_holder_is_news() {
    fn dies((array, key): (SharedArray<u64>, String)) {
        let mut elements = array.lock().unwrap();
        elements[0] = 1;
        knock(&key, 0);
        end_by(SIGKILL);
    }
    undisturbed(|| {
        let gate = Gate::new();
        let array = SharedArray::zeroed(2).unwrap();
        let process = Process::new(dies, (array.clone(), gate.key()));
        process.start().unwrap();
        let guest = gate.guest();
        assert!(array.try_lock().unwrap().is_none());
        let pid = guest.pid;
        guest.release();
        let elements = array.lock().unwrap();
        assert_eq!(elements.recovered().unwrap().pid(), Some(pid));
        assert_eq!(*elements, [1, 0]);
        drop(elements);
        assert!(array.lock().unwrap().recovered().is_none(), "told once");
        process.join().unwrap();
    });
}

/// A thread that ends with a leaked guard has handed out references that live on.
#[test]
fn a_leaked_guard_keeps_the_elements_from_all_others_while_its_process_lives() {
    fn leak(array: &'static SharedArray<u64>) -> &'static mut [u64] {
        Box::leak(Box::new(array.lock().unwrap())).deref_mut()
    }
    fn leaks((array, key): (SharedArray<u64>, String)) {
        let array: &'static SharedArray<u64> = Box::leak(Box::new(array));
        let elements = std::thread::spawn(move || leak(array)).join().unwrap();
        let own = SharedArrayError::Leaked { pid: std::process::id() };
        assert_eq!(array.lock().unwrap_err(), own);
        assert_eq!(array.try_lock().unwrap_err(), own);
        elements[0] = 7;
        knock(&key, 0);
        end_by(SIGKILL);
    }
    undisturbed(|| {
        let gate = Gate::new();
        let array = SharedArray::zeroed(1).unwrap();
        let process = Process::new(leaks, (array.clone(), gate.key()));
        process.start().unwrap();
        let guest = gate.guest();
        assert_eq!(array.lock().unwrap_err(), SharedArrayError::Leaked { pid: guest.pid });
        guest.release();
        process.join().unwrap();
        assert_eq!(*array.lock().unwrap(), [7]);
    });
}

/// Whoever is killed at any moment leaves the lock to the others.
#[test]
fn a_kill_at_any_moment_leaves_the_lock_to_the_others() {
    fn changes(array: SharedArray<u64>) {
        loop {
            let mut elements = array.lock().unwrap();
            elements[0] += 1;
            elements[1] += 1;
        }
    }
    undisturbed(|| {
        let mut random = Random::seeded(0xef);
        for _ in 0..rounds() {
            let array = SharedArray::zeroed(2).unwrap();
            let process = Process::new(changes, array.clone());
            process.start().unwrap();
            let target = random.below(2000);
            while array.lock().unwrap()[0] < target {}
            process.kill().unwrap();
            process.join().unwrap();
            let elements = array.lock().unwrap();
            let difference = elements[0] - elements[1];
            let told = elements.recovered().is_some();
            assert!(difference == 0 || (difference == 1 && told), "{difference} {told}");
        }
    });
}
