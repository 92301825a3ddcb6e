//! `Event::wait` when it is set: nothing but a look.

use crossbeam_utils::CachePadded;

use crate::measure::{Contender, Role, in_turn};
use crate::peer::OurEvent;
use crate::plan::Plan;
use crate::row::{Bar, Row};

use super::hammer::alone;

pub(in crate::workload) fn run(plan: &Plan) -> Vec<Row> {
    let event = CachePadded::new(OurEvent::set());
    vec![Row {
        workload: "Event, wait when set".to_owned(),
        unit: "ns per wait".to_owned(),
        entries: in_turn(vec![Contender::new("ours", Role::Ours, || alone(plan, &event))]),
        bars: vec![Bar::AtMost(2.0, 1)],
        note: None,
    }]
}
