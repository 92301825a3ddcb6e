//! What can be submitted.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Debug;
use std::process;

use concurrent_futures::{Payload, TaskErrorKind};
use serde::{Deserialize, Serialize};

use crate::rig::{METHODS, builder, pool};
use crate::watchdog::check;

fn same<T>(value: T) -> T {
    value
}

/// Sends values there and back.
fn echo<T: Payload + Clone + PartialEq + Debug>(values: impl IntoIterator<Item = T>) {
    let pool = pool(1);
    let there: Vec<_> =
        values.into_iter().map(|value| (value.clone(), pool.submit(same, value))).collect();
    for (value, future) in there {
        assert_eq!(future.result().unwrap(), value);
    }
}

#[test]
fn a_task_runs_in_another_process() {
    check(|| {
        for method in METHODS {
            let pool = builder(2).start_method(method).build().unwrap();
            let other = pool.submit(crate::rig::pid, ()).result().unwrap();
            assert_ne!(other, process::id(), "{method:?}");
            assert!(pool.worker_pids().contains(&other));
        }
    });
}

#[test]
fn nothing_is_a_value() {
    check(|| {
        echo([()]);
        echo([Vec::<u8>::new()]);
        echo([String::new()]);
        echo([[0_u8; 0]]);
        echo([Empty]);
    });
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Empty;

#[test]
fn numbers_and_text_travel() {
    check(|| {
        echo([u64::MIN, 1, 127, 128, u64::MAX]);
        echo([i64::MIN, -1, 0, i64::MAX]);
        echo([u128::MAX]);
        echo([i128::MIN]);
        echo([true, false]);
        echo([0.5, -0.0, f64::MAX, f64::INFINITY]);
        echo(['x', '\u{1F980}', '\0']);
        echo([
            String::from("plain"),
            "\u{1F980} na\u{EF}ve \0".to_owned(),
            "long ".repeat(100_000),
        ]);
    });
}

#[test]
fn numbers_in_vectors_travel() {
    check(|| {
        for len in [1, 2, 1000, 100_000] {
            echo([vec![7_u8; len]]);
            echo([vec![-7_i8; len]]);
            echo([(0..len as u16).collect::<Vec<u16>>()]);
            echo([(0..len as u32).collect::<Vec<u32>>()]);
            echo([(0..len as u64).collect::<Vec<u64>>()]);
            echo([(0..len as i64).map(|n| -n).collect::<Vec<i64>>()]);
            echo([(0..len).map(|n| n as f64 / 3.0).collect::<Vec<f64>>()]);
            echo([(0..len).map(|n| n as f32 / 3.0).collect::<Vec<f32>>()]);
            echo([vec![usize::MAX; len]]);
            echo([vec![u128::MAX; len]]);
            echo([vec![true; len]]);
        }
    });
}

#[test]
fn not_a_number_stays_the_one_it_was() {
    check(|| {
        let strange = f64::from_bits(0x7FF8_0000_DEAD_BEEF);
        let bits = |values: Vec<f64>| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        let back = pool(1).submit(same, vec![strange; 3]).result().unwrap();
        assert_eq!(bits(back), bits(vec![strange; 3]));
    });
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Point,
    Circle(f64),
    Polygon { corners: Vec<(i32, i32)>, name: Option<String> },
    Group(Vec<Shape>),
}

#[test]
fn what_serde_knows_travels() {
    check(|| {
        let corners = vec![(0, 0), (1, -1), (i32::MAX, i32::MIN)];
        let polygon = Shape::Polygon { corners, name: Some("triangle".to_owned()) };
        let nameless = Shape::Polygon { corners: Vec::new(), name: None };
        let inner = Shape::Group(vec![polygon, nameless, Shape::Point]);
        echo([Shape::Group(vec![Shape::Circle(1.5), inner])]);
        echo([Some(Some(3)), Some(None), None]);
        echo([Ok(1_u8), Err("no".to_owned())]);
        echo([HashMap::from([("a".to_owned(), vec![1, 2]), (String::new(), Vec::new())])]);
        echo([BTreeMap::from([((1, 'x'), Some(Shape::Point)), ((2, 'y'), None)])]);
        echo([HashSet::from([1_u64, 2, 3])]);
        echo([(1_u8, "two".to_owned(), 3.0, [4_i16; 4], (5, (6,)))]);
        echo([vec![vec![Vec::<u32>::new(), vec![1]], Vec::new()]]);
        echo([std::time::Duration::from_nanos(1_234_567_890_123)]);
        echo([std::path::PathBuf::from("/a/b c")]);
    });
}

fn largest<T: PartialOrd + Copy>(values: Vec<T>) -> Option<T> {
    values.into_iter().reduce(|a, b| if b > a { b } else { a })
}

#[derive(Clone, Serialize, Deserialize)]
struct Account {
    balance: i64,
}

impl Account {
    fn taxed((self_, percent): (Self, i64)) -> i64 {
        self_.balance * (100 - percent) / 100
    }

    fn balance(self) -> i64 {
        self.balance
    }
}

trait Named {
    fn name(_: ()) -> String;
}

impl Named for Account {
    fn name((): ()) -> String {
        "account".to_owned()
    }
}

#[test]
fn every_kind_of_function_runs() {
    check(|| {
        let pool = pool(2);
        assert_eq!(pool.submit(largest::<u8>, vec![1, 9, 3]).result().unwrap(), Some(9));
        assert_eq!(pool.submit(largest::<f64>, vec![1.0, 0.5]).result().unwrap(), Some(1.0));
        assert_eq!(pool.submit(largest::<char>, Vec::new()).result().unwrap(), None);
        let account = Account { balance: 200 };
        assert_eq!(pool.submit(Account::taxed, (account.clone(), 25)).result().unwrap(), 150);
        assert_eq!(pool.submit(Account::balance, account).result().unwrap(), 200);
        assert_eq!(pool.submit(<Account as Named>::name, ()).result().unwrap(), "account");
        assert_eq!(pool.submit(|(a, b)| a + b, (1, 2)).result().unwrap(), 3);
    });
}

#[test]
fn functions_of_the_program_that_look_alike_are_told_apart() {
    check(|| {
        let pool = pool(1);
        let functions: [fn(u64) -> u64; 4] = [|n| n + 1, |n| n * 2, |n| n - 1, u64::swap_bytes];
        let results = functions.map(|f| pool.submit(f, 5).result().unwrap());
        assert_eq!(results, [6, 10, 4, 5_u64.swap_bytes()]);
    });
}

#[test]
fn a_function_of_the_standard_library_runs_or_says_why_not() {
    check(|| {
        let pool = pool(1);
        assert_eq!(pool.submit(f64::sqrt, 9.0).result().unwrap(), 3.0);
        let upper = |text: String| text.to_uppercase();
        assert_eq!(pool.submit(upper, "abc".to_owned()).result().unwrap(), "ABC");
    });
}

#[test]
fn one_worker_takes_tasks_in_the_order_of_submission() {
    check(|| {
        let pool = pool(1);
        let count = |_: ()| {
            use std::sync::atomic::{AtomicU32, Ordering};
            static COUNT: AtomicU32 = AtomicU32::new(0);
            COUNT.fetch_add(1, Ordering::SeqCst)
        };
        let futures: Vec<_> = (0..500).map(|_| pool.submit(count, ())).collect();
        assert!(futures.into_iter().map(|future| future.result().unwrap()).eq(0..500));
    });
}

#[test]
fn a_burst_from_many_threads_loses_nothing() {
    check(|| {
        let pool = pool(2);
        let run = &|thread: u64| {
            let futures: Vec<_> =
                (0..500).map(|n| pool.submit(|n: u64| n * 2, thread * 1000 + n)).collect();
            let results = futures.into_iter().map(|future| future.result().unwrap());
            assert!(results.eq((0..500).map(|n| (thread * 1000 + n) * 2)));
        };
        std::thread::scope(|scope| {
            for thread in 0..4 {
                scope.spawn(move || run(thread));
            }
        });
        assert_eq!((pool.stats().finished, pool.stats().queued), (2000, 0));
    });
}

#[test]
fn a_future_that_nobody_holds_is_run_all_the_same() {
    check(|| {
        let (pool, gate) = (pool(1), crate::rig::Gate::new());
        drop(pool.submit(crate::rig::stop_at, gate.name()));
        gate.next().pass();
        pool.shutdown();
        assert_eq!(pool.stats().finished, 1);
    });
}

#[test]
fn a_panic_of_a_task_is_told_with_its_place() {
    check(|| {
        let pool = pool(1);
        let before = pool.submit(crate::rig::pid, ()).result().unwrap();
        let error = pool.submit(|n: u32| -> u32 { panic!("number {n}") }, 7).result().unwrap_err();
        assert_eq!(error.kind(), TaskErrorKind::Panicked);
        let info = error.panic().unwrap();
        assert_eq!(info.message(), "number 7");
        assert!(info.location().unwrap().contains("submit.rs:"), "{:?}", info.location());
        assert!(info.thread().unwrap().contains(&before.to_string()), "{:?}", info.thread());
        assert_eq!(pool.submit(crate::rig::pid, ()).result().unwrap(), before);
    });
}

/// Workers may have a shared library at another place, or not at all.
#[test]
fn a_function_of_a_shared_library_is_refused() {
    check(|| {
        let address = libc::getpid as *const ();
        // SAFETY: both are pointers to code, and this one is never called.
        let foreign = unsafe { std::mem::transmute::<*const (), fn(u64) -> u64>(address) };
        let pool = pool(1);
        let error = pool.submit(foreign, 1).result().unwrap_err();
        assert_eq!(error.kind(), TaskErrorKind::Encode);
        assert!(error.to_string().contains("shared library"), "{error}");
        let mut map = pool.map(foreign, 0..3);
        assert_eq!(map.next().unwrap().unwrap_err().kind(), TaskErrorKind::Encode);
        assert_eq!(pool.submit(same, 5).result().unwrap(), 5);
    });
}
