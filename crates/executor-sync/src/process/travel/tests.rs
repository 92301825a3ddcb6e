use super::{Luggage, Ticket, What, collect, note};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

fn ticket(number: i32) -> Ticket {
    Ticket { pid: 1, number, device: 2, inode: 3, what: What::Parcel { access: 1 } }
}

fn numbers(luggage: &Luggage) -> Vec<i32> {
    luggage.tickets().iter().map(|ticket| ticket.number).collect()
}

#[test]
fn what_is_noted_inside_is_kept() {
    let kept = Arc::new(());
    let (value, luggage) = collect(|| {
        note(ticket(7), || kept.clone());
        "result"
    });
    assert_eq!((value, numbers(&luggage)), ("result", vec![7]));
    assert_eq!(Arc::strong_count(&kept), 2);
    drop(luggage);
    assert_eq!(Arc::strong_count(&kept), 1);
}

#[test]
fn nothing_is_kept_outside() {
    note(ticket(1), || unreachable!("nobody collects"));
    let ((), luggage) = collect(|| ());
    assert!(luggage.is_empty());
    note(ticket(1), || unreachable!("nobody collects any more"));
}

#[test]
fn an_inner_collector_has_its_own() {
    let (inner, mut outer) = collect(|| {
        note(ticket(1), || Arc::new(()));
        let ((), inner) = collect(|| note(ticket(2), || Arc::new(())));
        note(ticket(3), || Arc::new(()));
        inner
    });
    assert_eq!((numbers(&inner), numbers(&outer)), (vec![2], vec![1, 3]));
    outer.add(inner);
    outer.add(Luggage::default());
    assert_eq!(numbers(&outer), vec![1, 3, 2]);
}

#[test]
fn a_panic_gives_the_outer_collector_back() {
    let ((), luggage) = collect(|| {
        note(ticket(1), || Arc::new(()));
        let inner = || collect(|| panic!("in a Serialize")).0;
        assert!(catch_unwind(AssertUnwindSafe(inner)).is_err());
        note(ticket(2), || Arc::new(()));
    });
    assert_eq!(numbers(&luggage), vec![1, 2]);
}

#[test]
fn nothing_takes_one_word() {
    assert_eq!(size_of::<Luggage>(), size_of::<usize>());
}
