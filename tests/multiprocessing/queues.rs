//! Queues between processes: order, bounds, ends, and whoever is killed at either side.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use concurrent_futures::ProcessPoolExecutor;
use concurrent_futures::multiprocessing::{GetError, Process, PutError, Queue, pipe};

use crate::census::{rounds, undisturbed};
use crate::gate::{Gate, eventually, knock};
use crate::random::Random;
use crate::system::{SIGKILL, end_by, signal};

#[test]
fn values_come_out_in_the_order_in_which_they_went_in() {
    undisturbed(|| {
        let queue = Queue::unbounded().unwrap();
        for length in [0, 1, 7, 8, 9, 1007, 1008, 1009, 5000, 3 << 20] {
            queue.put(vec![length as u8; length]).unwrap();
        }
        assert_eq!((queue.len(), queue.is_empty(), queue.capacity()), (10, false, None));
        for length in [0, 1, 7, 8, 9, 1007, 1008, 1009, 5000, 3 << 20] {
            assert_eq!(queue.get().unwrap(), vec![length as u8; length]);
        }
        assert_eq!((queue.len(), queue.is_empty()), (0, true));

        let queue = Queue::unbounded().unwrap();
        queue.put((1_u8, Some("text".to_owned()))).unwrap();
        assert_eq!(queue.get().unwrap(), (1, Some("text".to_owned())));
        let numbers = Queue::unbounded().unwrap();
        numbers.put(vec![1_u64, 2]).unwrap();
        assert_eq!(numbers.get().unwrap(), [1, 2]);
    });
}

#[test]
fn a_bound_is_a_bound() {
    undisturbed(|| {
        let queue = Queue::bounded(2).unwrap();
        assert_eq!(queue.capacity(), Some(2));
        queue.put("a".to_owned()).unwrap();
        queue.try_put("b".to_owned()).unwrap();
        let error = queue.try_put("c".to_owned()).unwrap_err();
        assert!(matches!(error, PutError::Full(_)), "{error}");
        assert_eq!(error.into_inner(), "c");
        let (begun, some) = (Instant::now(), Duration::from_millis(20));
        assert!(matches!(queue.put_timeout("d".to_owned(), some), Err(PutError::Full(_))));
        assert!(begun.elapsed() >= some);
        assert_eq!(queue.len(), 2);
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| queue.put("e".to_owned()).unwrap());
            assert_eq!(queue.get().unwrap(), "a");
            waits.join().unwrap();
        });
        assert_eq!((queue.get().unwrap(), queue.get().unwrap()), ("b".into(), "e".into()));
        assert!(Queue::<u8>::bounded(0).unwrap_err().to_string().contains("unbounded()"));
    });
}

#[test]
fn an_empty_queue_can_be_waited_for_with_a_limit() {
    undisturbed(|| {
        let queue = Queue::<u8>::unbounded().unwrap();
        assert!(matches!(queue.try_get(), Err(GetError::Empty)));
        assert!(matches!(queue.get_timeout(Duration::ZERO), Err(GetError::Empty)));
        let (begun, some) = (Instant::now(), Duration::from_millis(120));
        assert!(matches!(queue.get_timeout(some), Err(GetError::Empty)));
        assert!(begun.elapsed() >= some);
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| queue.get_timeout(Duration::MAX).unwrap());
            queue.put(3).unwrap();
            assert_eq!(waits.join().unwrap(), 3);
        });
    });
}

#[test]
fn a_close_ends_it_for_everybody() {
    fn gets(queue: Queue<u8>) -> u32 {
        let mut count = 0;
        loop {
            match queue.get() {
                Ok(_) => count += 1,
                Err(GetError::Closed) => return count,
                Err(error) => panic!("{error}"),
            }
        }
    }
    undisturbed(|| {
        let queue = Queue::bounded(1).unwrap();
        let process = Process::new(gets, queue.clone());
        process.start().unwrap();
        (0..50).for_each(|n| queue.put(n).unwrap());
        eventually(|| queue.is_empty());
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| queue.get_timeout(Duration::MAX));
            queue.close();
            assert!(matches!(waits.join().unwrap(), Err(GetError::Closed)));
        });
        assert_eq!(process.into_result().unwrap(), 50);
        assert!(queue.is_closed());
        queue.close();
        let error = queue.put(1).unwrap_err();
        assert!(matches!(error, PutError::Closed(1)));

        // Whoever waits for a place is woken, too, and what was put can be got.
        let queue = Queue::bounded(1).unwrap();
        queue.put(1).unwrap();
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| queue.put(2));
            queue.close();
            assert!(matches!(waits.join().unwrap(), Err(PutError::Closed(2))));
        });
        assert_eq!(queue.get().unwrap(), 1);
        assert!(matches!(queue.get(), Err(GetError::Closed)));
    });
}

#[test]
fn what_cannot_be_put_comes_back() {
    undisturbed(|| {
        let queue = Queue::unbounded().unwrap();
        let (line, _other) = pipe::<u8>().unwrap();
        let error = queue.put(line).unwrap_err();
        assert!(matches!(&error, PutError::Encode(_, why) if why.contains("argument")));
        drop(error.into_inner());
        assert!(queue.is_empty());
    });
}

/// Puts numbers below `count` that say who put them.
fn produce((queue, who, count): (Queue<(u32, u32)>, u32, u32)) {
    (0..count).for_each(|n| queue.put((who, n)).unwrap());
}

/// Gets until the queue is closed, and checks the order of each producer.
fn consume(queue: Queue<(u32, u32)>) -> Vec<(u32, u32)> {
    let (mut got, mut last) = (Vec::new(), BTreeMap::new());
    while let Ok((who, n)) = queue.get() {
        assert!(last.insert(who, n).is_none_or(|before| before < n), "{who} {n}");
        got.push((who, n));
    }
    got
}

#[test]
fn many_put_and_many_get() {
    const COUNT: u32 = 500;
    undisturbed(|| {
        let queue = Queue::bounded(8).unwrap();
        let consumers: Vec<_> = (0..3).map(|_| Process::new(consume, queue.clone())).collect();
        consumers.iter().for_each(|process| process.start().unwrap());
        let pool = ProcessPoolExecutor::new(2).unwrap();
        let tasks: Vec<_> =
            (0..2).map(|who| pool.submit(produce, (queue.clone(), who, COUNT))).collect();
        std::thread::scope(|scope| {
            (2..4).for_each(|who| {
                let queue = queue.clone();
                scope.spawn(move || produce((queue, who, COUNT)));
            });
        });
        tasks.into_iter().for_each(|task| task.result().unwrap());
        queue.close();
        let mut all: Vec<_> =
            consumers.into_iter().flat_map(|process| process.into_result().unwrap()).collect();
        all.sort_unstable();
        assert!(all.into_iter().eq((0..4).flat_map(|who| (0..COUNT).map(move |n| (who, n)))));
    });
}

#[test]
fn much_goes_through_in_little_memory() {
    const PIECE: usize = 1 << 20;
    const PIECES: usize = 1 << 10;
    fn takes(queue: Queue<Vec<u8>>) -> u64 {
        let mut sum = 0;
        while let Ok(piece) = queue.get() {
            sum += piece.len() as u64;
        }
        sum
    }
    undisturbed(|| {
        let queue = Queue::bounded(8).unwrap();
        let process = Process::new(takes, queue.clone());
        process.start().unwrap();
        let mut most = 0;
        for n in 0..PIECES {
            queue.put(vec![n as u8; PIECE]).unwrap();
            if n % 64 == 0 {
                most = most.max(memory_of_queues());
            }
        }
        queue.close();
        assert_eq!(process.into_result().unwrap(), (PIECE * PIECES) as u64);
        assert!(most < 16 << 20, "{most} bytes for a gigabyte");
        assert!(most > 0, "it was looked at");
    });
}

/// A queue that is never empty gives back what was got all the same.
#[test]
fn a_queue_that_is_never_empty_does_not_grow() {
    undisturbed(|| {
        let queue = Queue::unbounded().unwrap();
        queue.put(vec![0_u8; 1 << 20]).unwrap();
        for n in 0..512 {
            queue.put(vec![n as u8; 1 << 20]).unwrap();
            assert_eq!(queue.get().unwrap().len(), 1 << 20);
        }
        let most = memory_of_queues();
        assert!(most > 1 << 20 && most < 8 << 20, "{most}");
    });
}

/// The memory of the queues that this process has, in bytes.
fn memory_of_queues() -> u64 {
    use std::os::unix::fs::MetadataExt;
    let entries = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    let queues = entries.filter(|entry| {
        let name = std::fs::read_link(entry.path()).unwrap_or_default();
        name.to_string_lossy().starts_with("/memfd:concurrent-futures queue")
    });
    queues.filter_map(|entry| std::fs::metadata(entry.path()).ok()).map(|s| s.blocks() * 512).sum()
}

#[test]
fn what_was_put_outlives_the_process() {
    fn puts(queue: Queue<String>) {
        queue.put("kept".to_owned()).unwrap();
        end_by(SIGKILL);
    }
    undisturbed(|| {
        let queue = Queue::unbounded().unwrap();
        let process = Process::new(puts, queue.clone());
        process.start().unwrap();
        process.join().unwrap();
        assert_eq!(process.exitcode(), Some(-9));
        assert_eq!(queue.get().unwrap(), "kept");
    });
}

/// Puts numbers without an end, of all lengths, and says before each that it comes.
fn puts_for_ever((queue, seed): (Queue<Vec<u8>>, u64)) {
    let mut random = Random::seeded(seed);
    for n in 0_u32.. {
        let mut value = vec![n as u8; 4 + random.below(40_000) as usize];
        value[..4].copy_from_slice(&n.to_le_bytes());
        queue.put(value).unwrap();
    }
}

/// Producers are killed at any moment: what they put is whole and in order, and the others go on.
#[test]
fn a_killed_producer_loses_nothing_and_holds_up_nobody() {
    undisturbed(|| {
        let mut random = Random::seeded(0xab);
        for round in 0..rounds() {
            let queue = Queue::bounded(1 + random.below(5) as usize).unwrap();
            let process = Process::new(puts_for_ever, (queue.clone(), random.next()));
            process.start().unwrap();
            let most = random.below(40) as u32;
            let mut next = 0_u32;
            let mut got = |value: Vec<u8>| {
                assert_eq!(value[..4], next.to_le_bytes(), "{round}");
                assert!(value[4..].iter().all(|byte| *byte == next as u8), "{round}");
                next += 1;
            };
            (0..most).for_each(|_| got(queue.get().unwrap()));
            process.kill().unwrap();
            process.join().unwrap();
            while let Ok(value) = queue.try_get() {
                got(value);
            }
            queue.put(vec![1]).unwrap();
            assert_eq!(queue.get().unwrap(), [1]);
        }
    });
}

/// Consumers are killed at any moment: at most the value is gone that the killed one was getting.
#[test]
fn a_killed_consumer_takes_no_more_than_its_own() {
    fn gets_for_ever((queue, log): (Queue<u32>, Queue<u32>)) {
        while let Ok(n) = queue.get() {
            log.put(n).unwrap();
        }
    }
    undisturbed(|| {
        let mut random = Random::seeded(0xcd);
        for round in 0..rounds() {
            let (queue, log) = (Queue::unbounded().unwrap(), Queue::unbounded().unwrap());
            let kept = Process::new(gets_for_ever, (queue.clone(), log.clone()));
            let killed = Process::new(gets_for_ever, (queue.clone(), log.clone()));
            kept.start().unwrap();
            killed.start().unwrap();
            let at = random.below(200) as u32;
            for n in 0..300 {
                queue.put(n).unwrap();
                if n == at {
                    killed.kill().unwrap();
                }
            }
            queue.close();
            killed.join().unwrap();
            kept.into_result().unwrap();
            let mut seen: Vec<u32> = std::iter::from_fn(|| log.try_get().ok()).collect();
            seen.sort_unstable();
            seen.dedup();
            assert!(seen.len() >= 299, "{round}: {} of 300", seen.len());
        }
    });
}

#[test]
fn whoever_waits_is_not_held_up_by_one_who_is_killed_while_he_waits() {
    fn waits((queue, key): (Queue<u8>, String)) -> u8 {
        knock(&key, 0);
        queue.get().unwrap()
    }
    undisturbed(|| {
        let gate = Gate::new();
        let queue = Queue::bounded(1).unwrap();
        let processes: Vec<_> =
            (0..4).map(|_| Process::new(waits, (queue.clone(), gate.key()))).collect();
        for process in &processes {
            process.start().unwrap();
            gate.guest().release();
        }
        for process in &processes[..3] {
            signal(process.pid().unwrap(), SIGKILL);
        }
        let begun = Instant::now();
        queue.put(9).unwrap();
        let mut processes = processes;
        assert_eq!(processes.pop().unwrap().into_result().unwrap(), 9);
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        for process in &processes {
            process.join().unwrap();
        }
    });
}
