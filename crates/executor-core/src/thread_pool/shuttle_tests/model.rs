use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};

use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, MaxSteps, Runner};

use crate::{Future, ThreadPoolExecutor, ThreadPoolHandle};

/// How many priority changes a PCT schedule has.
const DEPTH: usize = 3;

/// Runs a model under random schedules of both kinds.
pub(super) fn explore(model: impl Fn() + Send + Sync + 'static) {
    // One model at a time: the locks that all pools of a program share are shared by the models
    // too.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let model = Arc::new(model);
    under(RandomScheduler::new(schedules()), Arc::clone(&model));
    under(PctScheduler::new(DEPTH, schedules()), model);
}

fn schedules() -> usize {
    std::env::var("CF_SHUTTLE").ok().and_then(|n| n.parse().ok()).unwrap_or(1000)
}

fn under(scheduler: impl Scheduler + 'static, model: Arc<impl Fn() + Send + Sync + 'static>) {
    let mut config = Config::new();
    config.stack_size = 1 << 18;
    // A model that takes so many steps is one that never ends.
    config.max_steps = MaxSteps::FailAfter(200_000);
    Runner::new(scheduler, config).run(move || model());
}

pub(super) fn pool(workers: usize) -> ThreadPoolExecutor {
    ThreadPoolExecutor::new(workers).unwrap()
}

/// Counts what is made and dropped, and what has run. shuttle does not see it.
#[derive(Clone, Default)]
pub(super) struct Tally(Arc<Counts>);

#[derive(Default)]
struct Counts {
    ran: AtomicUsize,
    alive: AtomicUsize,
}

/// Alive until it is dropped.
pub(super) struct Token(Tally);

impl Tally {
    pub(super) fn token(&self) -> Token {
        self.0.alive.fetch_add(1, SeqCst);
        Token(self.clone())
    }

    pub(super) fn ran(&self) -> usize {
        self.0.ran.load(SeqCst)
    }

    pub(super) fn run(&self) {
        self.0.ran.fetch_add(1, SeqCst);
    }

    pub(super) fn alive(&self) -> usize {
        self.0.alive.load(SeqCst)
    }

    /// A closure that counts its run and its drop, and whose result counts its own.
    pub(super) fn work(&self) -> impl FnOnce() -> Token + Send + 'static {
        let (tally, argument) = (self.clone(), self.token());
        move || {
            tally.run();
            drop(argument);
            tally.token()
        }
    }

    pub(super) fn spawn(&self, pool: &ThreadPoolHandle) -> Future<Token> {
        pool.spawn(self.work())
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.0.0.alive.fetch_sub(1, SeqCst);
    }
}
