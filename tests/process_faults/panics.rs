//! Rows 1 and 2: a panic is the task's alone, and its worker goes on.

use concurrent_futures::{
    Future, Payload, ProcessPoolExecutor, StartMethod, TaskError, TaskErrorKind,
};
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::census::{either_way, undisturbed};
use crate::pools::{assert_usable, error, pool};

/// Panics, and the same worker does what comes next.
fn stays<A: Payload, R: Payload>(f: fn(A) -> R, argument: A) -> TaskError {
    undisturbed(|| {
        let pool = pool(StartMethod::Spawn, 1);
        let pid = own_id(&pool);
        let told = error(pool.submit(f, argument));
        assert_eq!(own_id(&pool), pid, "the worker was replaced after: {told}");
        assert_usable(&pool);
        told
    })
}

fn own_id(pool: &ProcessPoolExecutor) -> u32 {
    pool.submit(|(): ()| std::process::id(), ()).result().unwrap()
}

fn assert_panicked(error: &TaskError, message: &str) {
    assert_eq!(error.kind(), TaskErrorKind::Panicked, "{error}");
    let panic = error.panic().unwrap();
    assert_eq!(panic.message(), message, "{error}");
}

#[test]
fn a_panic_says_what_where_and_in_which_worker() {
    either_way(|method| {
        let pool = pool(method, 1);
        let pid = own_id(&pool);
        let line = line!() + 1;
        let future = pool.submit(|n: u32| -> u32 { panic!("no {n}") }, 7);
        let error = error(future);
        assert_panicked(&error, "no 7");
        let panic = error.panic().unwrap();
        let location = panic.location().unwrap();
        let place = format!("{}:{line}:", file!());
        assert!(location.starts_with(&place), "{location} is not at {place}");
        let column = location.rsplit(':').next().unwrap();
        assert!(column.parse::<u32>().is_ok(), "{location} has no column");
        let worker = panic.thread().unwrap();
        assert!(worker.contains(&pid.to_string()), "{worker} does not name process {pid}");
        assert_eq!(own_id(&pool), pid, "the worker was replaced");
    });
}

#[test]
fn a_panic_costs_no_other_task() {
    undisturbed(|| {
        let pool = pool(StartMethod::Spawn, 2);
        let fails = |n: u32| if n.is_multiple_of(3) { panic!("{n}") } else { n };
        let futures: Vec<Future<u32>> = (0..99).map(|n| pool.submit(fails, n)).collect();
        for (n, future) in (0..).zip(futures) {
            match future.result() {
                Ok(value) => assert_eq!((value, n % 3 != 0), (n, true)),
                Err(error) => assert_panicked(&error, &n.to_string()),
            }
        }
        let results: Vec<Result<u32, TaskError>> = pool.map(fails, 0..99).chunksize(10).collect();
        for (n, result) in (0..).zip(results) {
            match result {
                Ok(value) => assert_eq!((value, n % 3 != 0), (n, true)),
                Err(error) => assert_panicked(&error, &n.to_string()),
            }
        }
    });
}

#[test]
fn a_payload_that_is_no_string() {
    let error = stays(|(): ()| -> u64 { std::panic::panic_any(7_u64) }, ());
    assert_eq!(error.kind(), TaskErrorKind::Panicked);
    assert!(error.panic().unwrap().location().unwrap().contains(file!()));
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("a drop panics");
    }
}

#[test]
fn a_payload_whose_drop_panics() {
    let error = stays(|(): ()| -> u64 { std::panic::panic_any(Bomb) }, ());
    assert_eq!(error.kind(), TaskErrorKind::Panicked);
}

/// Data that does something as it is encoded, decoded or dropped in a worker.
struct Data(Trick);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trick {
    None,
    PanicInEncode,
    PanicInDecode,
    PanicInDrop,
}

const TRICKS: [Trick; 4] =
    [Trick::None, Trick::PanicInEncode, Trick::PanicInDecode, Trick::PanicInDrop];

fn in_worker() -> bool {
    concurrent_futures::worker_id().is_some()
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        assert!(self.0 != Trick::PanicInEncode, "an encoder panics");
        serializer.serialize_u8(self.0 as u8)
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let trick = TRICKS[usize::from(u8::deserialize(deserializer)?)];
        assert!(trick != Trick::PanicInDecode, "a decoder panics");
        Ok(Self(trick))
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        if self.0 == Trick::PanicInDrop && in_worker() {
            panic!("a drop panics");
        }
    }
}

#[test]
fn a_panic_in_dropping_the_argument() {
    let error = stays(|data: Data| drop(data), Data(Trick::PanicInDrop));
    assert_panicked(&error, "a drop panics");
}

#[test]
fn a_panic_in_dropping_the_result() {
    undisturbed(|| {
        let pool = pool(StartMethod::Spawn, 1);
        let pid = own_id(&pool);
        let future = pool.submit(|(): ()| Data(Trick::PanicInDrop), ());
        // It is encoded before it is dropped.
        assert_eq!(future.result().unwrap().0, Trick::PanicInDrop);
        assert_eq!(own_id(&pool), pid);
    });
}

#[test]
fn a_panic_while_the_argument_is_decoded() {
    let error = stays(|_: Data| (), Data(Trick::PanicInDecode));
    assert_panicked(&error, "a decoder panics");
}

#[test]
fn a_panic_while_the_argument_is_encoded() {
    let error = stays(|_: Data| (), Data(Trick::PanicInEncode));
    assert_panicked(&error, "an encoder panics");
}

#[test]
fn a_panic_while_the_result_is_encoded() {
    let error = stays(|(): ()| Data(Trick::PanicInEncode), ());
    assert_panicked(&error, "an encoder panics");
}

#[test]
fn a_panic_while_the_result_is_decoded() {
    let error = stays(|(): ()| Data(Trick::PanicInDecode), ());
    assert_panicked(&error, "a decoder panics");
}

#[test]
fn panics_of_every_kind_within_a_chunk() {
    undisturbed(|| {
        let pool = pool(StartMethod::Spawn, 1);
        let pid = own_id(&pool);
        let tricks = TRICKS.into_iter().cycle().take(12).enumerate();
        let results: Vec<Result<Data, TaskError>> = pool
            .map(
                |(n, trick): (usize, u8)| {
                    assert!(n < 8, "{n} is too much");
                    Data(TRICKS[usize::from(trick)])
                },
                tricks.map(|(n, trick)| (n, trick as u8)),
            )
            .chunksize(12)
            .collect();
        let kinds = results.iter().map(|result| match result {
            Ok(data) => format!("{:?}", data.0),
            Err(error) => error.panic().unwrap().message().to_owned(),
        });
        let kinds: Vec<String> = kinds.collect();
        for half in [0, 4] {
            let expected = ["None", "an encoder panics", "a decoder panics", "PanicInDrop"];
            assert_eq!(kinds[half..half + 4], expected);
        }
        assert_eq!(kinds[8..], [8, 9, 10, 11].map(|n| format!("{n} is too much")));
        assert_eq!(own_id(&pool), pid);
    });
}
