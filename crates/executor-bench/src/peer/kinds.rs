use crate::cost;
use crate::measure::{Contender, Entry, Role, in_turn};
use crate::plan::Plan;
use crate::turn::Turn;

use super::pool::Peer;
use super::{
    affinitypool, futures_pool, ours, rayon, rusty_pool, std_threads, threadpool, tokio_blocking,
    tokio_spawn,
};

/// A pool that can be started.
struct Kind {
    name: &'static str,
    role: Role,
    /// Starts it with so many workers.
    start: fn(usize) -> Box<dyn Peer>,
}

impl Kind {
    const fn peer(name: &'static str, start: fn(usize) -> Box<dyn Peer>) -> Self {
        Self { name, role: Role::Peer, start }
    }
}

/// Ours first, then the peers.
const ALL: [Kind; 9] = [
    Kind { name: "ours", role: Role::Ours, start: ours::start },
    Kind::peer("threadpool", threadpool::start),
    Kind::peer("rayon", rayon::start),
    Kind::peer("tokio blocking", tokio_blocking::start),
    Kind::peer("tokio spawn", tokio_spawn::start),
    Kind::peer("affinitypool", affinitypool::start),
    Kind::peer("rusty_pool", rusty_pool::start),
    Kind::peer("futures", futures_pool::start),
    Kind::peer("std threads", std_threads::start),
];

/// Enough tasks that every pool has started all of its workers.
const WARM_UP_TASKS: u64 = 2_000;

/// What a row says below it whose turns have more tasks than `std threads` can take.
pub(crate) const FEWER: &str = "std threads: a thread for each of at most 20,000 tasks";

/// Measures every pool with `turn`, which gets a fresh pool whose workers all run.
///
/// A fresh pool for each turn keeps the idle threads of one peer out of the next one's figure.
pub(crate) fn every_pool<T: Into<Turn>>(plan: &Plan, turn: impl Fn(&dyn Peer) -> T) -> Vec<Entry> {
    let turn = &turn;
    let contenders = ALL.iter().map(|kind| {
        Contender::new(kind.name, kind.role, move || {
            let pool = (kind.start)(plan.workers);
            pool.run_all(0..WARM_UP_TASKS, cost::nothing);
            turn(&*pool)
        })
    });
    in_turn(contenders.collect())
}
