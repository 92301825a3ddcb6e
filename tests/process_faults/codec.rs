//! Rows 8, 9 and 10: what cannot be encoded or decoded fails by itself, with the reason that its
//! own code gave.

use concurrent_futures::{Future, StartMethod, TaskError, TaskErrorKind};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Error as _, Serialize, Serializer};

use crate::census::undisturbed;
use crate::gate::Gate;
use crate::pools::{assert_usable, error, hold, pool};

/// Data that refuses to be encoded or decoded, with what else travels at its side.
struct Data(Trick, u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trick {
    None,
    Encode,
    Decode,
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Trick::Encode => Err(S::Error::custom("a secret stays here")),
            trick => (trick == Trick::Decode, self.1).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match <(bool, u64)>::deserialize(deserializer)? {
            (true, _) => Err(D::Error::custom("nobody is at home")),
            (false, number) => Ok(Self(Trick::None, number)),
        }
    }
}

fn assert_error(error: &TaskError, kind: TaskErrorKind, reason: &str) {
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(reason), "no `{reason}` in: {error}");
}

#[test]
fn an_argument_that_cannot_be_encoded_fails_at_once() {
    undisturbed(|| {
        let (pool, gate) = (pool(StartMethod::Spawn, 1), Gate::new());
        let (held, guest) = hold(&pool, &gate, 1);
        let before = pool.stats().queued;
        let future = pool.submit(|_: Data| (), Data(Trick::Encode, 0));
        assert!(future.done(), "it waits for a worker that is busy");
        assert_error(&error(future), TaskErrorKind::Encode, "a secret stays here");
        assert_eq!(pool.stats().queued, before, "it was queued");
        guest.release();
        held.result().unwrap();
        assert_usable(&pool);
    });
}

#[test]
fn an_argument_that_cannot_be_decoded_leaves_the_worker() {
    undisturbed(|| {
        let pool = pool(StartMethod::Spawn, 1);
        assert_usable(&pool);
        let pids = pool.worker_pids();
        let future = pool.submit(|_: Data| (), Data(Trick::Decode, 0));
        assert_error(&error(future), TaskErrorKind::Decode, "nobody is at home");
        assert_eq!(pool.submit(|data: Data| data.1, Data(Trick::None, 5)).result().unwrap(), 5);
        assert_eq!(pool.worker_pids(), pids);
    });
}

#[test]
fn a_result_that_cannot_travel_leaves_the_worker() {
    undisturbed(|| {
        let pool = pool(StartMethod::Spawn, 1);
        assert_usable(&pool);
        let pids = pool.worker_pids();
        let encode = error(pool.submit(|n: u64| Data(Trick::Encode, n), 1));
        assert_error(&encode, TaskErrorKind::Encode, "a secret stays here");
        let decode = error(pool.submit(|n: u64| Data(Trick::Decode, n), 1));
        assert_error(&decode, TaskErrorKind::Decode, "nobody is at home");
        let fine = pool.submit(|n: u64| Data(Trick::None, n), 6);
        assert_eq!(fine.result().unwrap().1, 6);
        assert_eq!(pool.worker_pids(), pids);
        assert_usable(&pool);
    });
}

/// What follows on the same pipe is what it was.
#[test]
fn the_frames_stay_in_order() {
    undisturbed(|| {
        let pool = pool(StartMethod::Spawn, 1);
        let trick = |n: u64| [Trick::None, Trick::Encode, Trick::Decode][n as usize % 3];
        let echo = |data: Data| data.1;
        let make: fn((u8, u64)) -> Data =
            |(trick, n)| Data([Trick::None, Trick::Encode, Trick::Decode][usize::from(trick)], n);
        let arguments: Vec<Future<u64>> =
            (0..90).map(|n| pool.submit(echo, Data(trick(n), n))).collect();
        let results: Vec<Future<Data>> =
            (0..90).map(|n| pool.submit(make, (trick(n) as u8, n))).collect();
        for ((n, argument), result) in (0..).zip(arguments).zip(results) {
            check(n, trick(n), argument.result());
            check(n, trick(n), result.result().map(|data| data.1));
        }
        let items = pool.map(echo, (0..90).map(|n| Data(trick(n), n))).chunksize(20);
        items.zip(0..).for_each(|(result, n)| check(n, trick(n), result));
        let items = pool.map(make, (0..90).map(|n| (trick(n) as u8, n))).chunksize(20);
        items.zip(0..).for_each(|(result, n)| check(n, trick(n), result.map(|data| data.1)));
    });
}

fn check(n: u64, trick: Trick, result: Result<u64, TaskError>) {
    match (trick, result) {
        (Trick::None, Ok(value)) => assert_eq!(value, n),
        (Trick::Encode, Err(error)) => {
            assert_error(&error, TaskErrorKind::Encode, "a secret stays here");
        }
        (Trick::Decode, Err(error)) => {
            assert_error(&error, TaskErrorKind::Decode, "nobody is at home");
        }
        (trick, result) => panic!("{n}, {trick:?}: {result:?}"),
    }
}
