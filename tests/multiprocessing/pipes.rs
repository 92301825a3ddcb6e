//! Messages between processes through a pipe, and the end of either side at any moment.

use std::time::{Duration, Instant};

use concurrent_futures::ProcessPoolExecutor;
use concurrent_futures::multiprocessing::{Connection, ConnectionError, Process, pipe};
use concurrent_futures::sync::process::Event;

use crate::census::{rounds, undisturbed};
use crate::gate::{Gate, eventually, knock};
use crate::random::Random;
use crate::system::{Mortal, waits_for_a_pipe};

type Line = Connection<Vec<u8>>;

fn echo(line: Line) -> u64 {
    let mut count = 0;
    while let Ok(message) = line.recv() {
        if line.send(message).is_err() {
            break;
        }
        count += 1;
    }
    count
}

#[test]
fn messages_keep_their_boundaries_and_their_order() {
    undisturbed(|| {
        let (ours, theirs) = pipe().unwrap();
        let process = Process::new(echo, theirs);
        process.start().unwrap();
        let lengths = [0, 1, 15, 16, 17, 4079, 4080, 4081, 65_535, 65_536, 70_000, 1 << 20, 0];
        for (n, length) in lengths.into_iter().enumerate() {
            ours.send(vec![n as u8; length]).unwrap();
            assert_eq!(ours.recv().unwrap(), vec![n as u8; length]);
        }
        for n in 0..100 {
            ours.send(vec![n]).unwrap();
        }
        assert!((0..100).all(|n| ours.recv().unwrap() == [n]));
        drop(ours);
        assert_eq!(process.into_result().unwrap(), lengths.len() as u64 + 100);
    });
}

/// The process lives on, and must not keep the end that its function has dropped.
#[test]
fn an_end_that_was_dropped_is_gone_at_once() {
    fn story((line, end): (Line, Event)) {
        drop(line);
        end.wait();
    }
    undisturbed(|| {
        let ((ours, theirs), end) = (pipe().unwrap(), Event::new().unwrap());
        let process = Process::new(story, (theirs, end.clone()));
        process.start().unwrap();
        let heard = ours.recv_timeout(Duration::from_secs(10));
        assert!(matches!(heard, Err(ConnectionError::Eof)), "{heard:?}");
        assert!(process.is_alive());
        end.set();
        process.into_result().unwrap();
    });
}

#[test]
fn large_messages_pass_both_ways() {
    fn story(line: Line) {
        let message = line.recv().unwrap();
        line.send(message).unwrap();
    }
    undisturbed(|| {
        let (ours, theirs) = pipe().unwrap();
        let process = Process::new(story, theirs);
        process.start().unwrap();
        let message: Vec<u8> = (0..64_usize << 20).map(|n| (n % 251) as u8).collect();
        ours.send(message.clone()).unwrap();
        assert!(ours.recv().unwrap() == message);
        process.into_result().unwrap();
    });
}

#[test]
fn values_of_every_type_pass_between_threads_too() {
    undisturbed(|| {
        let (left, right) = pipe::<(u32, Option<String>)>().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let (n, text) = right.recv().unwrap();
                right.send((n + 1, text.map(|text| text + "!"))).unwrap();
            });
            left.send((1, Some("a".to_owned()))).unwrap();
            assert_eq!(left.recv().unwrap(), (2, Some("a!".to_owned())));
        });
        let (left, right) = pipe::<Vec<f64>>().unwrap();
        left.send(vec![0.5, 1.5]).unwrap();
        assert_eq!(right.recv().unwrap(), [0.5, 1.5]);
    });
}

#[test]
fn a_message_can_be_waited_for_with_a_limit() {
    undisturbed(|| {
        let (left, right) = pipe::<u8>().unwrap();
        assert!(!left.poll(Duration::ZERO));
        assert!(matches!(left.recv_timeout(Duration::ZERO), Err(ConnectionError::TimedOut)));
        let (begun, some) = (Instant::now(), Duration::from_millis(20));
        assert!(matches!(left.recv_timeout(some), Err(ConnectionError::TimedOut)));
        assert!(!left.poll(some));
        assert!(begun.elapsed() >= 2 * some);
        right.send(1).unwrap();
        assert!(left.poll(Duration::MAX) && left.poll(Duration::ZERO));
        assert_eq!(left.recv_timeout(Duration::ZERO).unwrap(), 1);
        right.send(2).unwrap();
        drop(right);
        // What was sent before the end is received before it.
        assert_eq!(left.recv_timeout(Duration::MAX).unwrap(), 2);
        assert!(left.poll(Duration::MAX), "the end can be received");
        assert!(matches!(left.recv_timeout(Duration::MAX), Err(ConnectionError::Eof)));
    });
}

/// The beginning of a message that comes slowly is not lost when the time is up.
#[test]
fn a_slow_message_is_received_in_the_end() {
    undisturbed(|| {
        let (left, right) = pipe::<Vec<u8>>().unwrap();
        let long = vec![5; 10 << 20];
        std::thread::scope(|scope| {
            scope.spawn(|| right.send(long.clone()).unwrap());
            // It does not fit, so it waits until it is received.
            let received = loop {
                match left.recv_timeout(Duration::from_micros(10)) {
                    Ok(message) => break message,
                    Err(ConnectionError::TimedOut) => {}
                    Err(error) => panic!("{error}"),
                }
            };
            assert!(received == long);
        });
    });
}

#[test]
fn threads_share_an_end_and_each_message_comes_to_one_of_them() {
    undisturbed(|| {
        let (left, right) = pipe::<u64>().unwrap();
        let sum = std::thread::scope(|scope| {
            let takes = || (0..500).map(|_| left.recv().unwrap()).sum::<u64>();
            let takers: Vec<_> = (0..2).map(|_| scope.spawn(takes)).collect();
            for part in 0..2 {
                let right = &right;
                scope.spawn(move || (0..500).for_each(|n| right.send(part * 500 + n).unwrap()));
            }
            takers.into_iter().map(|taker| taker.join().unwrap()).sum::<u64>()
        });
        assert_eq!(sum, (0..1000).sum::<u64>());
    });
}

#[test]
fn both_ends_go_to_processes() {
    fn counts(line: Connection<u64>) -> u64 {
        line.send(1).unwrap();
        let mut last = 0;
        while last < 100 {
            last = line.recv().unwrap();
            line.send(last + 1).unwrap();
        }
        last
    }
    fn answers(line: Connection<u64>) -> u64 {
        let mut last = 0;
        while let Ok(number) = line.recv() {
            last = number;
            if line.send(number + 1).is_err() {
                break;
            }
        }
        last
    }
    undisturbed(|| {
        let (left, right) = pipe().unwrap();
        let (one, other) = (Process::new(counts, left), Process::new(answers, right));
        one.start().unwrap();
        other.start().unwrap();
        let last = one.into_result().unwrap();
        assert!(last >= 100);
        assert_eq!(other.into_result().unwrap(), last + 1);

        let (left, right) = pipe().unwrap();
        let pool = ProcessPoolExecutor::new(2).unwrap();
        let (one, other) = (pool.submit(counts, left), pool.submit(answers, right));
        let last = one.result().unwrap();
        assert_eq!(other.result().unwrap(), last + 1);
    });
}

#[test]
fn the_end_of_a_side_is_seen_whatever_ended_it() {
    fn ends(line: Connection<i32>) {
        match line.recv().unwrap() {
            0 => {}
            -1 => panic!("on purpose"),
            code => std::process::exit(code),
        }
    }
    undisturbed(|| {
        for how in [0, -1, 3] {
            let (ours, theirs) = pipe().unwrap();
            let process = Process::new(ends, theirs);
            process.start().unwrap();
            ours.send(how).unwrap();
            assert!(matches!(ours.recv(), Err(ConnectionError::Eof)));
            process.join().unwrap();
            assert!(matches!(ours.send(1), Err(ConnectionError::Eof)));
        }
    });
}

/// Both a reader and a writer that wait are woken by the end of the other side.
#[test]
fn whoever_waits_is_woken_by_a_kill() {
    fn stands((line, key): (Line, String)) {
        knock(&key, 0);
        drop(line);
    }
    undisturbed(|| {
        let gate = Gate::new();
        for sends in [false, true] {
            let (ours, theirs) = pipe().unwrap();
            let process = Process::new(stands, (theirs, gate.key()));
            process.start().unwrap();
            let guest = gate.guest();
            std::thread::scope(|scope| {
                let waits = scope.spawn(|| match sends {
                    true => ours.send(vec![0; 4 << 20]),
                    false => ours.recv().map(|_| ()),
                });
                eventually(|| waits_for_a_pipe(std::process::id()) || waiting_threads() > 0);
                process.kill().unwrap();
                assert!(matches!(waits.join().unwrap(), Err(ConnectionError::Eof)));
            });
            guest.gone();
            process.join().unwrap();
        }
    });
}

/// Threads of this process that sleep in a pipe, or in a poll.
fn waiting_threads() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let places = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("wchan")).ok());
    places.filter(|place| place.contains("pipe") || place.contains("poll")).count()
}

#[test]
fn a_pipe_without_a_reader_is_no_deadly_signal() {
    undisturbed(|| {
        let _mortal = Mortal::new();
        let (left, right) = pipe::<Vec<u8>>().unwrap();
        drop(right);
        assert!(matches!(left.send(vec![1]), Err(ConnectionError::Eof)));
        assert!(matches!(left.send(vec![1; 1 << 20]), Err(ConnectionError::Eof)));
    });
}

#[test]
fn a_long_message_is_refused_before_it_takes_room() {
    undisturbed(|| {
        let (left, right) = pipe::<Vec<u8>>().unwrap();
        let (left, right) = (left.with_max_message_size(10), right.with_max_message_size(20));
        let error = left.send(vec![0; 11]).unwrap_err();
        assert!(matches!(error, ConnectionError::TooLong { bytes: 11, most: 10 }), "{error}");
        left.send(vec![0; 10]).unwrap();
        right.send(vec![1; 10]).unwrap();
        assert_eq!(left.recv().unwrap(), [1; 10]);
        right.send(vec![1; 11]).unwrap();
        let error = left.recv().unwrap_err();
        assert!(matches!(error, ConnectionError::TooLong { bytes: 11, most: 10 }), "{error}");
        assert!(left.recv().is_err());
    });
}

#[test]
fn garbage_is_an_error_for_good() {
    use std::io::Write;
    use std::os::fd::{AsFd, AsRawFd};
    undisturbed(|| {
        let mut huge = b"cfM1\x01\0\0\0".to_vec();
        huge.extend(u64::MAX.to_le_bytes());
        for bytes in [b"sixteen bytes...and more".to_vec(), huge] {
            let (left, right) = pipe::<Vec<u8>>().unwrap();
            let path = format!("/proc/self/fd/{}", left.as_fd().as_raw_fd());
            let mut other = std::fs::OpenOptions::new().write(true).open(path).unwrap();
            other.write_all(&bytes).unwrap();
            let error = left.recv().unwrap_err();
            let known = matches!(error, ConnectionError::Garbled | ConnectionError::TooLong { .. });
            assert!(known, "{error}");
            right.send(vec![1]).unwrap();
            assert!(matches!(left.recv(), Err(ConnectionError::Garbled)));
        }
    });
}

#[test]
fn a_connection_cannot_go_through_a_connection() {
    undisturbed(|| {
        let (left, _right) = pipe::<Connection<u8>>().unwrap();
        let error = left.send(pipe().unwrap().0).unwrap_err();
        assert!(matches!(&error, ConnectionError::Encode(why) if why.contains("argument")));
    });
}

/// Messages of which each says its length and its number.
fn talk((line, seed): (Line, u64)) {
    let mut random = Random::seeded(seed);
    for n in 0_u32.. {
        let length = 4 + random.below(if n.is_multiple_of(7) { 300_000 } else { 3000 }) as usize;
        let mut message = vec![n as u8; length];
        message[..4].copy_from_slice(&n.to_le_bytes());
        if line.send(message).is_err() {
            return;
        }
    }
}

/// Either side is killed at any moment: the other sees whole messages in order, and then the end.
#[test]
fn a_kill_at_any_moment_leaves_whole_messages_and_nobody_stuck() {
    undisturbed(|| {
        let mut random = Random::seeded(0x5eed);
        let mut halves = 0;
        for round in 0..rounds() {
            let (ours, theirs) = pipe().unwrap();
            let process = Process::new(talk, (theirs, random.next()));
            process.start().unwrap();
            let most = random.below(60) as u32;
            let mut next = 0_u32;
            let error = loop {
                if next == most {
                    process.kill().unwrap();
                }
                match ours.recv() {
                    Ok(message) => {
                        assert_eq!(message[..4], next.to_le_bytes());
                        assert!(message[4..].iter().all(|byte| *byte == next as u8), "{round}");
                        next += 1;
                    }
                    Err(error) => break error,
                }
            };
            match error {
                ConnectionError::Eof => {}
                ConnectionError::HalfMessage { received, announced } => {
                    assert!(received < announced);
                    halves += 1;
                }
                error => panic!("{error}"),
            }
            assert!(matches!(ours.recv(), Err(ConnectionError::Eof)));
            process.join().unwrap();
            assert_eq!(process.exitcode(), Some(-9));
        }
        println!("{halves} times in the middle of a message");
    });
}

/// The reader is killed while this process writes.
#[test]
fn a_kill_of_the_reader_ends_the_writer() {
    fn reads((line, count): (Line, u64)) {
        for _ in 0..count {
            line.recv().unwrap();
        }
        crate::system::end_by(crate::system::SIGKILL);
    }
    undisturbed(|| {
        let mut random = Random::seeded(0xfeed);
        for _ in 0..rounds() / 2 {
            let (ours, theirs) = pipe().unwrap();
            let process = Process::new(reads, (theirs, random.below(20)));
            process.start().unwrap();
            while ours.send(vec![1; random.below(100_000) as usize]).is_ok() {}
            assert!(matches!(ours.send(vec![1]), Err(ConnectionError::Eof)));
            process.join().unwrap();
        }
    });
}
