//! `process::Lock`: what it costs that other processes could use it, too.

use crossbeam_utils::CachePadded;

use crate::measure::{Contender, Role, in_turn};
use crate::peer::{OurLock, OurProcessLock};
use crate::plan::Plan;
use crate::row::{Bar, Row};

use super::hammer::alone;

pub(in crate::workload) fn run(plan: &Plan) -> Vec<Row> {
    let (shared, own) = (OurProcessLock::new(), CachePadded::new(OurLock::default()));
    let lock = Contender::new("Lock", Role::Reference, || alone(plan, &own));
    let ours = Contender::with("ours", Role::Ours, &shared, |shared| alone(plan, shared));
    vec![Row {
        workload: "process::Lock, uncontended".to_owned(),
        unit: "ns per acquire".to_owned(),
        entries: in_turn(vec![ours, lock]),
        bars: vec![Bar::Of("Lock".to_owned(), 2.00)],
        note: shared.as_ref().err().map(|error| format!("ours: {error}")),
    }]
}
