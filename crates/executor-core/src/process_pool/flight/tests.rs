use proptest::prelude::*;

use crate::process::ReplyKind;

use super::*;

fn flight(items: u32, metered: bool) -> Flight {
    let piece = Piece { key: 9, from: 100, to: 100 + items };
    Flight::new((3, 7), piece, Instant::now(), None, metered)
}

/// The numbers below `len`, in any order, and how many of them to take.
fn some_items() -> impl Strategy<Value = (u32, Vec<u32>, usize)> {
    let len = prop_oneof![1_u32..5, 1_u32..300];
    len.prop_flat_map(|len| {
        let order = Just((0..len).collect::<Vec<_>>()).prop_shuffle();
        (Just(len), order, 0..=len as usize)
    })
}

proptest! {
    #[test]
    fn answers_come_in_any_order((len, order, taken) in some_items()) {
        let mut flight = flight(len, false);
        for item in &order[..taken] {
            prop_assert!(!flight.is_over());
            prop_assert!(flight.answer(*item).is_ok());
            prop_assert!(flight.answer(*item).is_err());
        }
        prop_assert_eq!(flight.is_over(), taken == len as usize);
        prop_assert!(flight.answer(len).is_err());
        let mut open: Vec<u32> = order[taken..].iter().map(|item| item + 100).collect();
        open.sort_unstable();
        let runs = flight.unanswered();
        let items: Vec<u32> = runs.iter().flat_map(|run| run.from..run.to).collect();
        prop_assert_eq!(items, open);
        prop_assert!(runs.iter().all(|run| run.key == 9 && run.len() > 0));
        prop_assert!(runs.windows(2).all(|two| two[0].to < two[1].from), "runs are as long as can be");
    }
}

#[test]
fn a_metered_flight_is_over_when_its_time_is_known() {
    let mut early = flight(2, true);
    assert!(early.spend(Duration::from_secs(3)).is_ok());
    assert!(early.answer(1).is_ok());
    assert!(!early.is_over());
    assert!(early.answer(0).is_ok());
    assert!(early.is_over());
    assert_eq!(early.spent(), Duration::from_secs(3));

    let mut late = flight(1, true);
    assert!(late.answer(0).is_ok());
    assert!(!late.is_over());
    assert!(late.spend(Duration::ZERO).is_ok());
    assert!(late.is_over());
}

#[test]
fn time_is_told_once_and_only_where_it_is_asked_for() {
    let mut metered = flight(1, true);
    assert!(metered.spend(Duration::ZERO).is_ok());
    assert!(metered.spend(Duration::ZERO).is_err());
    assert!(flight(1, false).spend(Duration::ZERO).is_err());
}

#[test]
fn a_reply_is_for_the_frame_whose_number_it_has() {
    let reply = Reply { kind: ReplyKind::Value, slot: 3, seq: 7, item: 0, len: 0 };
    let flight = flight(1, false);
    assert!(flight.is_for(&reply));
    assert!(!flight.is_for(&Reply { slot: 4, ..reply }));
    assert!(!flight.is_for(&Reply { seq: 8, ..reply }));
}

/// Large answers are overtaken by small ones, also by the last.
#[test]
fn a_stopped_flight_is_over_when_all_it_has_run_is_answered() {
    let mut flight = flight(5, true);
    assert!(flight.answer(0).is_ok());
    flight.stop_after(2);
    assert_eq!(flight.last(), Some(2));
    assert!(flight.answer(2).is_ok());
    assert!(!flight.is_over());
    assert_eq!(flight.unanswered(), [Piece { key: 9, from: 101, to: 102 }]);
    assert!(flight.answer(1).is_ok());
    assert!(flight.is_over());
    assert_eq!(flight.unanswered(), []);
}
