use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use crate::process::{CodecError, push_item};

use super::*;

/// How a job has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
enum End {
    /// With these items, and the bytes of each.
    Finished(Vec<(u32, Option<Vec<u8>>)>, Duration),
    Failed,
    Cancelled,
}

/// Notes how its job ends.
#[derive(Clone, Default)]
struct Ear(Arc<Mutex<Vec<End>>>);

impl Ear {
    fn heard(&self) -> Vec<End> {
        self.0.lock().unwrap().clone()
    }

    fn note(&self, end: End) {
        self.0.lock().unwrap().push(end);
    }
}

impl Sink for Ear {
    fn room(&self, spare: Option<Body>, len: usize) -> Result<Body, CodecError> {
        let reused = spare.and_then(|spare| spare.reuse_for::<Vec<u8>>(len));
        reused.map_or_else(|| Body::room_for::<Vec<u8>>(len), Ok)
    }

    fn finish(self: Box<Self>, results: Results) {
        let bytes = |landed| match landed {
            Landed::At { start, len } => Some(results.bytes[start..start + len].to_vec()),
            Landed::Body(body) => Some(body.as_bytes().to_vec()),
            Landed::Failed(_) => None,
        };
        let items = results.landed.into_iter().map(|(item, landed)| (item, bytes(landed)));
        self.note(End::Finished(items.collect(), results.spent));
    }

    fn fail(self: Box<Self>, _error: TaskError) {
        self.note(End::Failed);
    }

    fn cancel(&self) {}

    fn tell(self: Box<Self>) {
        self.note(End::Cancelled);
    }

    fn set_key(&self, _key: u64) {}
}

fn order(arguments: Arguments, retries: u32) -> Order {
    let function = Function { wrapper: 0, offset: 0 };
    Order { function, arguments, timeout: None, retries, _luggage: Luggage::default() }
}

fn single(jobs: &mut Jobs) -> Piece {
    jobs.insert(order(Arguments::single(Body::Bytes(Vec::new())), 0), Box::new(Ear::default()))
}

/// A result lands in the memory of its argument once nobody needs that any more.
#[test]
fn room_is_made_of_an_argument_that_is_not_needed() {
    let mut jobs = Jobs::default();
    let mut lands_in_argument = |arguments: Arguments, retries: u32, len: usize| {
        let key = jobs.insert(order(arguments, retries), Box::new(Ear::default())).key;
        let room = jobs.get(key).unwrap().room(len).unwrap();
        assert_eq!(room.len(), len);
        // Fresh memory is zero.
        room.as_bytes().contains(&1)
    };
    let argument = || Arguments::single(Body::Bytes(vec![1; 100_000]));
    assert!(lands_in_argument(argument(), 0, 100_000));
    assert!(lands_in_argument(argument(), 0, 90_000));
    assert!(!lands_in_argument(argument(), 0, 100_001), "it is too small");
    assert!(!lands_in_argument(argument(), 0, 50_000), "most would be of no use");
    assert!(!lands_in_argument(argument(), 1, 100_000), "it may be sent again");
    assert!(!lands_in_argument(packed(&[vec![1; 100_000]]), 0, 100_000), "others have a part");
    let in_pipe = argument();
    let Stored::Long(body) = &in_pipe.body else { panic!("100,000 bytes are many") };
    let _part = Arc::clone(body);
    assert!(!lands_in_argument(in_pipe, 0, 100_000), "a pipe refers to it");
}

/// The arguments of a chunk.
fn packed(items: &[Vec<u8>]) -> Arguments {
    let (mut bytes, mut starts) = (Vec::new(), Vec::new());
    for item in items {
        starts.push(bytes.len() as u32);
        push_item(&mut bytes, |into| {
            into.extend_from_slice(item);
            Ok(())
        })
        .unwrap();
    }
    Arguments { body: Body::Bytes(bytes).into(), starts: Some(starts) }
}

/// A chunk with so many items, and how it ends.
fn chunk(jobs: &mut Jobs, items: u32) -> (Piece, Ear) {
    let ear = Ear::default();
    let arguments = packed(&vec![vec![0]; items as usize]);
    (jobs.insert(order(arguments, 0), Box::new(ear.clone())), ear)
}

#[test]
fn keys_are_never_given_twice() {
    let mut jobs = Jobs::default();
    let mut known = HashSet::new();
    for round in 0..50 {
        let first = single(&mut jobs).key;
        let second = single(&mut jobs).key;
        assert!(known.insert(first) && known.insert(second));
        assert!(jobs.remove(first).is_some());
        assert!(jobs.remove(first).is_none());
        assert!(!jobs.contains(first) && jobs.get(first).is_none());
        assert!(jobs.contains(second));
        assert_eq!(jobs.len(), round + 1);
    }
}

#[test]
fn what_is_heard_of_a_job_that_is_gone_is_nothing() {
    let mut jobs = Jobs::default();
    let old = single(&mut jobs).key;
    assert!(jobs.remove(old).is_some());
    let new = single(&mut jobs).key;
    assert!(jobs.land_bytes(old, 0, b"late").is_none());
    assert!(jobs.land(old, 0, Landed::Failed(TaskError::killed())).is_none());
    assert!(jobs.spent(old, Duration::ZERO).is_none());
    assert!(jobs.contains(new));
}

#[test]
fn each_item_has_retries_of_its_own() {
    let mut jobs = Jobs::default();
    let key = jobs.insert(order(packed(&[vec![], vec![]]), 2), Box::new(Ear::default())).key;
    let job = jobs.get(key).unwrap();
    assert_eq!([0; 4].map(|item| job.may_retry(item)), [true, true, false, false]);
    assert_eq!([1; 3].map(|item| job.may_retry(item)), [true, true, false]);
    let key = single(&mut jobs).key;
    assert!(!jobs.get(key).unwrap().may_retry(0));
}

#[test]
fn a_single_task_ends_with_its_answer() {
    let mut jobs = Jobs::default();
    let ear = Ear::default();
    let arguments = Arguments::single(Body::Bytes(Vec::new()));
    let key = jobs.insert(order(arguments, 0), Box::new(ear.clone())).key;
    jobs.land_bytes(key, 0, b"value").unwrap().run();
    assert_eq!(jobs.len(), 0);
    assert_eq!(ear.heard(), [End::Finished(vec![(0, Some(b"value".to_vec()))], Duration::ZERO)]);
}

#[test]
fn all_but_some_are_taken_out() {
    let mut jobs = Jobs::default();
    let keys: Vec<u64> = (0..4).map(|_| single(&mut jobs).key).collect();
    assert_eq!(jobs.take_all_but(&[keys[1], keys[3]].into()).len(), 2);
    assert!(!jobs.contains(keys[0]) && !jobs.contains(keys[2]));
    assert!(jobs.contains(keys[1]) && jobs.contains(keys[3]));
    assert_eq!(jobs.len(), 2);
}

/// Where the pieces of a chunk end, and in which order its items are answered.
fn pieces() -> impl Strategy<Value = (u32, Vec<u32>, Vec<u32>)> {
    (1_u32..20).prop_flat_map(|items| {
        let order = Just((0..items).collect::<Vec<_>>()).prop_shuffle();
        (Just(items), prop::collection::vec(0..=items, 0..4), order)
    })
}

proptest! {
    /// A chunk ends once, when all its items have and the last of its pieces is over.
    #[test]
    fn a_chunk_ends_once((items, mut cuts, order) in pieces()) {
        let mut jobs = Jobs::default();
        let (piece, ear) = chunk(&mut jobs, items);
        cuts.extend([0, items]);
        cuts.sort_unstable();
        cuts.dedup();
        let mut left: Vec<(u32, u32)> = cuts.windows(2).map(|two| (two[1], two[1] - two[0])).collect();
        for item in &order {
            prop_assert!(jobs.finish_if_over(piece.key).is_none());
            prop_assert!(jobs.land_bytes(piece.key, *item, &[*item as u8]).is_none());
            let of = left.iter_mut().find(|(end, _)| item < end).unwrap();
            of.1 -= 1;
            if of.1 == 0 && let Some(delivery) = jobs.spent(piece.key, Duration::from_secs(1)) {
                delivery.run();
            }
        }
        prop_assert!(!jobs.contains(piece.key));
        let landed = order.iter().map(|item| (*item, Some(vec![*item as u8]))).collect();
        let spent = Duration::from_secs(left.len() as u64);
        prop_assert_eq!(ear.heard(), [End::Finished(landed, spent)]);
    }

    /// A frame holds its items as they were packed, and one item alone as it is.
    #[test]
    fn a_range_is_of_its_items(
        items in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..5), 1..8),
        from: prop::sample::Index,
        count: prop::sample::Index,
    ) {
        let arguments = packed(&items);
        let from = from.index(items.len());
        let to = from + 1 + count.index(items.len() - from);
        let bytes = &arguments.body.as_bytes()[arguments.range(from as u32, to as u32)];
        if to - from == 1 {
            prop_assert_eq!(bytes, &items[from]);
        } else {
            let expected = packed(&items[from..to]);
            prop_assert_eq!(bytes, expected.body.as_bytes());
        }
        prop_assert_eq!(arguments.items() as usize, items.len());
    }
}

/// What is done to a backlog of single tasks.
#[derive(Clone, Debug)]
enum Step {
    Push,
    Pop,
    PutBack,
    Bury(prop::sample::Index),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => Just(Step::Push),
        2 => Just(Step::Pop),
        1 => Just(Step::PutBack),
        6 => any::<prop::sample::Index>().prop_map(Step::Bury),
    ];
    prop::collection::vec(step, 0..1500)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Those that live come out in order, whatever dies in between, and are counted as they are.
    #[test]
    fn the_backlog_knows_who_lives(steps in steps()) {
        let (mut jobs, mut backlog) = (Jobs::default(), Backlog::default());
        let mut model = VecDeque::new();
        for step in steps {
            match step {
                Step::Push => {
                    let piece = single(&mut jobs);
                    backlog.push_back(piece);
                    model.push_back(piece);
                }
                Step::Pop => prop_assert_eq!(backlog.pop(&jobs), model.pop_front()),
                Step::PutBack => if let Some(piece) = backlog.pop(&jobs) {
                    prop_assert_eq!(Some(&piece), model.front());
                    backlog.push_front(piece);
                }
                Step::Bury(at) => if !model.is_empty() {
                    let piece = model.remove(at.index(model.len())).unwrap();
                    prop_assert!(jobs.remove(piece.key).is_some());
                    backlog.bury(&jobs);
                }
            }
            prop_assert_eq!(backlog.len(), model.len());
            prop_assert!(backlog.pieces.len() <= 2 * model.len() + 66, "the dead are swept out");
        }
    }
}

#[test]
fn a_backlog_gives_away_all_it_has() {
    let (mut jobs, mut backlog) = (Jobs::default(), Backlog::default());
    let pieces: Vec<Piece> = (0..3).map(|_| single(&mut jobs)).collect();
    pieces.iter().for_each(|piece| backlog.push_back(*piece));
    backlog.bury(&jobs);
    assert_eq!(backlog.len(), 2);
    assert_eq!(backlog.take_all(), pieces);
    assert_eq!(backlog.len(), 0);
    assert_eq!(backlog.pop(&jobs), None);
    backlog.push_back(pieces[0]);
    assert_eq!(backlog.len(), 1);
}

/// A chunk may wait in several pieces, or in none.
#[test]
fn a_chunk_is_buried_with_all_its_pieces() {
    let (mut jobs, mut backlog) = (Jobs::default(), Backlog::default());
    let other = single(&mut jobs);
    let (whole, _) = chunk(&mut jobs, 4);
    let (elsewhere, _) = chunk(&mut jobs, 4);
    backlog.push_back(Piece { to: 2, ..whole });
    backlog.push_back(other);
    backlog.push_back(Piece { from: 2, ..whole });
    for (key, left) in [(elsewhere.key, 3), (whole.key, 1)] {
        backlog.bury_all(key);
        assert!(jobs.remove(key).is_some());
        assert_eq!(backlog.len(), left);
    }
    assert_eq!(backlog.pop(&jobs), Some(other));
    assert_eq!((backlog.pop(&jobs), backlog.len()), (None, 0));
}

#[test]
fn a_chunk_that_is_cut_ends_with_what_is_left() {
    let mut jobs = Jobs::default();
    let (piece, ear) = chunk(&mut jobs, 5);
    assert!(!jobs.has_results(piece.key));
    assert!(jobs.land_bytes(piece.key, 0, b"0").is_none());
    assert!(jobs.has_results(piece.key));
    jobs.cut(piece.key, piece.behind(1).len());
    assert!(jobs.finish_if_over(piece.key).is_none());
    assert!(jobs.land_bytes(piece.key, 1, b"1").is_none());
    jobs.finish_if_over(piece.key).unwrap().run();
    let items = [b"0", b"1"].map(|bytes| Some(bytes.to_vec()));
    assert_eq!(ear.heard(), [End::Finished((0..).zip(items).collect(), Duration::ZERO)]);
}

#[test]
fn what_lies_behind_an_item() {
    let piece = Piece { key: 1, from: 3, to: 6 };
    let behind = |item| (piece.behind(item).from, piece.behind(item).to);
    assert_eq!([0, 2, 3, 5, 9].map(behind), [(3, 6), (3, 6), (4, 6), (6, 6), (6, 6)]);
}
