use crate::future::TaskRef;
use crate::primitives::{Rounds, Spun, pause, spin_until};
use crate::queue::Fifo;

use super::pursuit::Pursuit;

/// How a worker that has found the queue empty looks out for the next task.
pub(super) struct Lookout {
    /// The latest task came while this thread had given way: whoever submits is on its core.
    shares_core: bool,
    pursuit: Pursuit,
}

/// A task that follows within microseconds is cheaper to look out for than to be woken for.
const BRIEFLY: Rounds = Rounds { pauses: 60, yields: 60, counted: true };

/// Those who submit are let go ahead for so many steps: for dozens of tasks.
const STEPS: usize = 8;
/// The processor's pauses of a step, in which many tasks come from who does nothing else.
const PAUSES: u32 = 25;

impl Lookout {
    pub(super) const fn new() -> Self {
        Self { shares_core: false, pursuit: Pursuit::new() }
    }

    /// Looks out for a moment; true: there is a task.
    pub(super) fn sees_one_in(&mut self, queue: &Fifo<TaskRef>) -> bool {
        let rounds = if self.shares_core { BRIEFLY.giving_way_at_once() } else { BRIEFLY };
        let spun = spin_until(rounds, || !queue.is_empty());
        self.shares_core = spun == Spun::OnThisCore;
        if spun == Spun::Beside && self.pursuit.catches_up() {
            self.pursuit.learn(come_meanwhile(queue));
        }
        spun != Spun::InVain
    }
}

/// Lets those who submit go ahead until they pause themselves; how many tasks have come meanwhile.
fn come_meanwhile(queue: &Fifo<TaskRef>) -> usize {
    let before = queue.alive();
    let mut queued = before;
    for _ in 0..STEPS {
        pause(PAUSES);
        let now = queue.alive();
        if now <= queued {
            break;
        }
        queued = now;
    }
    queued - before
}
