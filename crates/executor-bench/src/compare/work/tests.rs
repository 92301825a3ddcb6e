//! A parcel says what is to be done, and comes whole.

use super::*;

#[test]
fn every_kind_of_work_is_done_and_the_parcel_is_whole() {
    for kind in Kind::ALL {
        for payload in [0, 1, 4_096] {
            assert_eq!(perform(parcel(kind, 10, payload)), ORDER as u64 + payload);
        }
    }
}

#[test]
#[should_panic(expected = "unknown order 9")]
fn an_unknown_order_is_refused() {
    let mut wrong = parcel(Kind::Cpu, 1, 0);
    wrong[0] = 9;
    perform(wrong);
}

#[test]
fn amounts_grow_with_the_size_and_are_never_nothing() {
    let pace = Pace { per_us: [500.0, 20.0, 0.5] };
    assert_eq!(pace.amount(Kind::Cpu, 2_000), 1_000);
    assert_eq!(pace.amount(Kind::Memory, 1_000_000), 20_000);
    assert_eq!(pace.amount(Kind::Allocation, 1_000), 1);
    assert_eq!(pace.amount(Kind::Sleep, 1_000), 1_000);
}

#[test]
fn only_sleepers_share_a_core() {
    assert_eq!(Kind::Cpu.at_a_time(4, 2), 2);
    assert_eq!(Kind::Cpu.at_a_time(1, 2), 1);
    assert_eq!(Kind::Sleep.at_a_time(4, 2), 4);
}
