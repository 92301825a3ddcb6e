//! Turns really alternate.

use std::cell::RefCell;

use super::*;

#[test]
fn what_did_not_come_up_is_listed_without_figures() {
    let missing: Result<u8, String> = Err("not installed".to_owned());
    let present = Ok(7_u8);
    let turn = |pool: &u8| f64::from(*pool);
    let entries = in_turn(vec![
        Contender::with("missing", Role::Peer, &missing, turn),
        Contender::with("present", Role::Peer, &present, turn),
    ]);
    assert!(entries[0].is_absent() && entries[0].median().is_nan());
    assert_eq!((entries[1].is_absent(), entries[1].median()), (false, 7.0));
}

#[test]
fn contenders_alternate_and_what_warms_them_up_is_left_out() {
    let log = RefCell::new(String::new());
    let contender = |name: &'static str| {
        let log = &log;
        Contender::new(name, Role::Peer, move || {
            log.borrow_mut().push_str(name);
            if log.borrow().len() <= 2 * Plan::WARM_UPS { 1000.0 } else { 1.0 }
        })
    };
    let entries = in_turn(vec![contender("a"), contender("b")]);
    assert_eq!(*log.borrow(), "ab".repeat(Plan::WARM_UPS + Plan::ROUNDS));
    assert!(
        entries
            .iter()
            .all(|entry| entry.figures.max() == 1.0 && entry.figures.len() == Plan::ROUNDS),
        "the warm-up was counted"
    );
}
