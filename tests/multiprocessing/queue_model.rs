//! A queue is compared with std's, over random programs.

use std::collections::VecDeque;

use concurrent_futures::multiprocessing::{GetError, PutError, Queue};
use proptest::prelude::*;

use crate::watchdog::check;

#[derive(Clone, Debug)]
enum Step {
    /// Puts so many bytes.
    Put(usize),
    Get,
    Len,
    /// Goes on with another handle.
    Clone,
    Close,
}

fn step() -> impl Strategy<Value = Step> {
    let length = prop_oneof![4 => 0..40_usize, 3 => 900..1200_usize, 2 => 60_000..70_000_usize,
        1 => 900_000..1_200_000_usize];
    prop_oneof![
        8 => length.prop_map(Step::Put),
        7 => Just(Step::Get),
        2 => Just(Step::Len),
        1 => Just(Step::Clone),
    ]
}

/// Programs, some of which close the queue on the way.
fn program() -> impl Strategy<Value = Vec<Step>> {
    let steps = || prop::collection::vec(step(), 0..60);
    (steps(), prop::bool::weighted(0.3), steps()).prop_map(|(mut steps, closes, rest)| {
        if closes {
            steps.push(Step::Close);
        }
        steps.extend(rest);
        steps
    })
}

struct Model {
    capacity: Option<usize>,
    closed: bool,
    values: VecDeque<Vec<u8>>,
}

fn run(queue: Queue<Vec<u8>>, mut model: Model, steps: Vec<Step>) {
    let mut queue = queue;
    for (n, step) in steps.into_iter().enumerate() {
        match step {
            Step::Put(length) => {
                let value = vec![n as u8; length];
                match queue.try_put(value.clone()) {
                    Ok(()) => {
                        assert!(!model.closed);
                        assert!(model.capacity.is_none_or(|most| model.values.len() < most));
                        model.values.push_back(value);
                    }
                    Err(PutError::Full(back)) => {
                        assert_eq!((Some(model.values.len()), back), (model.capacity, value));
                    }
                    Err(PutError::Closed(back)) => assert!(model.closed && back == value),
                    Err(error) => panic!("{error}"),
                }
            }
            Step::Get => match (queue.try_get(), model.values.pop_front()) {
                (Ok(got), Some(value)) => assert!(got == value),
                (Err(GetError::Empty), None) => assert!(!model.closed),
                (Err(GetError::Closed), None) => assert!(model.closed),
                (got, value) => panic!("{:?} instead of {:?}", got.is_ok(), value.is_some()),
            },
            Step::Len => assert_eq!(queue.len(), model.values.len()),
            Step::Clone => queue = queue.clone(),
            Step::Close => {
                queue.close();
                model.closed = true;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn a_queue_does_what_a_queue_does(capacity in prop::option::of(1..6_usize), steps in program()) {
        check(|| {
            let queue = match capacity {
                Some(capacity) => Queue::bounded(capacity).unwrap(),
                None => Queue::unbounded().unwrap(),
            };
            run(queue, Model { capacity, closed: false, values: VecDeque::new() }, steps);
        });
    }
}
