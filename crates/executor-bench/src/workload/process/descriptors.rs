//! How many descriptors this process holds for each task that waits in the queue.

use std::fs::{self, File};

use crate::cost::sum_below;
use crate::measure::{Contender, Role, in_turn};
use crate::peer::{self, PROCSPAWN_WINDOW, ProcessPool, StartMethod};
use crate::plan::Plan;
use crate::row::{Bar, Row};
use crate::text::thousands;

use super::words::{missing, note};

pub(in crate::workload) fn run(plan: &Plan) -> Vec<Row> {
    let tasks = plan.amount(1_000_000);
    let few = u64::try_from(PROCSPAWN_WINDOW).expect("a small number");
    let ours = peer::our_processes(plan.workers, StartMethod::Spawn);
    let procspawn = peer::procspawn(plan.workers);
    let contenders = vec![
        Contender::with("ours", Role::Ours, &ours, |pool| descriptors(&**pool, tasks)),
        Contender::with("procspawn", Role::Peer, &procspawn, |pool| descriptors(&**pool, few)),
    ];
    vec![Row {
        workload: format!("processes, {} queued tasks", thousands(tasks)),
        unit: "descriptors per task".to_owned(),
        entries: in_turn(contenders),
        bars: vec![Bar::AtMost(0.0, 4)],
        note: note([
            Some(format!("procspawn with {few} tasks, as more of them use up what there are")),
            missing("ours", &ours),
            missing("procspawn", &procspawn),
        ]),
    }]
}

/// Counts while a file that the workers wait for holds all of them.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn descriptors(pool: &dyn ProcessPool, tasks: u64) -> f64 {
    let gate = std::env::temp_dir().join(format!("executor-bench-gate-{}", std::process::id()));
    drop(File::create(&gate).expect("a file in the folder for temporary ones"));
    let before = open();
    let mut while_queued = before;
    let mut queued = || {
        while_queued = open();
        fs::remove_file(&gate).expect("the file is there");
    };
    let name = gate.to_str().expect("a plain name");
    assert_eq!(pool.run_behind(name, 0..tasks, &mut queued), sum_below(tasks));
    while_queued.saturating_sub(before) as f64 / tasks as f64
}

/// The descriptors of this process, and the one that the listing takes, each time.
fn open() -> usize {
    fs::read_dir("/dev/fd").expect("the system lists open descriptors").count()
}
