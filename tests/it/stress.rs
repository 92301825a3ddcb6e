//! Random trees of tasks that wait for their children, with cancels, drops and shutdowns between.
//!
//! `CF_STRESS` is the number of rounds, `CF_STRESS_SEED` the seed of the first; a failing round is
//! named by its seed.

use std::env;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use concurrent_futures::{
    Future, ReturnWhen, SharedFuture, Shutdown, ThreadPoolExecutor, ThreadPoolHandle, as_completed,
    blocking, wait,
};
use futures::executor::block_on;

use crate::pool::{eventually, named_pool, threads_named};
use crate::random::Random;
use crate::tokens::{Ledger, Token};
use crate::watchdog::check;

/// How a task deals with its children.
#[derive(Debug, Clone, Copy)]
enum Deal {
    Result,
    Exception,
    WaitAll,
    WaitFirst,
    AsCompleted,
    Shared,
    Await,
    Cancel,
    Drop,
    Map,
}

const DEALS: [Deal; 10] = [
    Deal::Result,
    Deal::Exception,
    Deal::WaitAll,
    Deal::WaitFirst,
    Deal::AsCompleted,
    Deal::Shared,
    Deal::Await,
    Deal::Cancel,
    Deal::Drop,
    Deal::Map,
];

/// A task to be, with the tasks it will spawn.
#[derive(Debug)]
struct Node {
    deal: Deal,
    panics: bool,
    children: Vec<Node>,
}

fn tree(random: &mut Random, depth: u64) -> Node {
    let width = if depth == 0 { 0 } else { random.below(4) };
    Node {
        deal: DEALS[usize::try_from(random.below(10)).unwrap()],
        panics: random.one_in(20),
        children: (0..width).map(|_| tree(random, depth - 1)).collect(),
    }
}

/// What all tasks of a round share.
#[derive(Clone)]
struct World {
    handle: ThreadPoolHandle,
    ledger: Ledger,
    spawned: Arc<AtomicUsize>,
    resolved: Arc<AtomicUsize>,
    /// Futures that others may cancel at any time.
    loose: Arc<Mutex<Vec<SharedFuture<Token>>>>,
}

impl World {
    fn new(pool: &ThreadPoolExecutor) -> Self {
        Self {
            handle: pool.handle(),
            ledger: Ledger::default(),
            spawned: Arc::default(),
            resolved: Arc::default(),
            loose: Arc::default(),
        }
    }

    fn spawn(&self, node: Node) -> Future<Token> {
        let (world, token) = (self.clone(), self.ledger.token());
        self.spawned.fetch_add(1, Ordering::SeqCst);
        let future = self.handle.spawn(move || {
            let _captured = token;
            world.run(node)
        });
        let resolved = Arc::clone(&self.resolved);
        future.add_done_callback(move |_| _ = resolved.fetch_add(1, Ordering::SeqCst));
        future
    }

    fn run(&self, node: Node) -> Token {
        let Node { deal, panics, children } = node;
        match deal {
            Deal::Map => self.map(children.len()),
            _ => self.deal(deal, children.into_iter().map(|child| self.spawn(child)).collect()),
        }
        if panics {
            resume_unwind(Box::new("no hook, no noise"));
        }
        self.ledger.token()
    }

    fn deal(&self, deal: Deal, children: Vec<Future<Token>>) {
        match deal {
            Deal::Result => children.into_iter().for_each(|child| drop(child.result())),
            Deal::Exception => children.iter().for_each(|child| _ = child.exception()),
            Deal::WaitAll => drop(wait(children, ReturnWhen::AllCompleted)),
            Deal::WaitFirst => drop(wait(children, ReturnWhen::FirstCompleted)),
            Deal::AsCompleted => as_completed(children).for_each(drop),
            Deal::Shared => children.into_iter().for_each(|child| self.share(child)),
            Deal::Await => drop(blocking(|| block_on(futures::future::join_all(children)))),
            Deal::Cancel => {
                children.iter().for_each(|child| _ = child.cancel());
                drop(wait(children, ReturnWhen::AllCompleted));
            }
            Deal::Drop | Deal::Map => drop(children),
        }
    }

    fn share(&self, child: Future<Token>) {
        let shared = child.shared();
        self.loose.lock().unwrap().push(shared.clone());
        let _ = shared.result();
    }

    fn map(&self, count: usize) {
        let ledger = self.ledger.clone();
        let items = (0..count * 3).map(|_| self.ledger.token()).collect::<Vec<_>>();
        let map = self.handle.map(move |token: Token| (token, ledger.token()), items);
        map.chunksize(2).for_each(drop);
    }

    fn cancel_some(&self, random: &mut Random) {
        let loose = std::mem::take(&mut *self.loose.lock().unwrap());
        for future in loose {
            if random.one_in(2) {
                future.cancel();
            }
        }
    }
}

fn seeds() -> Range<u64> {
    let number = |name| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let first = number("CF_STRESS_SEED").unwrap_or(0);
    first..first + number("CF_STRESS").unwrap_or(300)
}

/// Runs `round` for many seeds, and names the one that fails.
fn for_many_seeds(round: impl Fn(&mut Random)) {
    for seed in seeds() {
        let outcome = check(|| catch_unwind(AssertUnwindSafe(|| round(&mut Random::seeded(seed)))));
        if let Err(payload) = outcome {
            eprintln!("this was seed {seed}");
            resume_unwind(payload);
        }
    }
}

fn plant(random: &mut Random, world: &World) -> Vec<Future<Token>> {
    let roots = 1 + random.below(6);
    (0..roots).map(|_| world.spawn(tree(random, 4))).collect()
}

/// Every future has told once that it is done, and nothing was dropped twice or not at all.
fn assert_conserved(world: &World) {
    let spawned = world.spawned.load(Ordering::SeqCst);
    assert_eq!(world.resolved.load(Ordering::SeqCst), spawned);
    world.loose.lock().unwrap().clear();
    world.ledger.assert_settled();
}

#[test]
fn trees_of_waits_end() {
    for_many_seeds(|random| {
        let workers = 1 + usize::try_from(random.below(3)).unwrap();
        let pool = named_pool(workers, "s_trees");
        let world = World::new(&pool);
        for future in plant(random, &world) {
            drop(future.result());
        }
        world.cancel_some(random);
        eventually(|| pool.stats().queued == 0 && pool.stats().running == 0);
        pool.shutdown();
        assert_eq!(pool.stats().workers, 0);
        assert_conserved(&world);
    });
}

#[test]
fn shutdowns_and_cancels_race_with_trees() {
    for_many_seeds(|random| {
        let pool = named_pool(1 + usize::try_from(random.below(3)).unwrap(), "s_races");
        let world = World::new(&pool);
        let mut other = Random::seeded(random.next());
        let roots = plant(random, &world);
        thread::scope(|scope| {
            scope.spawn(|| disturb(&pool, &world, &mut other));
            for root in roots {
                match random.below(3) {
                    0 => drop(root),
                    1 => _ = root.cancel(),
                    _ => drop(root.result()),
                }
            }
        });
        drop(pool);
        assert_conserved(&world);
    });
}

/// Cancels and shuts down at a moment that `random` decides.
fn disturb(pool: &ThreadPoolExecutor, world: &World, random: &mut Random) {
    for _ in 0..random.below(200) {
        thread::yield_now();
    }
    world.cancel_some(random);
    pool.shutdown_with(Shutdown { wait: random.one_in(2), cancel_futures: random.one_in(2) });
    world.cancel_some(random);
}

#[test]
fn pools_dropped_by_their_own_tasks_end() {
    for_many_seeds(|random| {
        let prefix = "s_drops";
        let pool = Arc::new(named_pool(1 + usize::try_from(random.below(3)).unwrap(), prefix));
        let world = World::new(&pool);
        let roots = plant(random, &world);
        let inside = Arc::clone(&pool);
        let dropper = pool.spawn(move || drop(inside));
        roots.into_iter().for_each(drop);
        drop(pool);
        drop(dropper.result());
        eventually(|| threads_named(prefix) == 0);
        assert_conserved(&world);
    });
}

#[test]
fn keep_alive_and_bounds_race_with_trees() {
    for_many_seeds(|random| {
        let builder = ThreadPoolExecutor::builder()
            .max_workers(1 + usize::try_from(random.below(3)).unwrap())
            .keep_alive(std::time::Duration::from_micros(random.below(50)))
            .queue_capacity(1 + usize::try_from(random.below(4)).unwrap());
        let pool = builder.build().unwrap();
        let world = World::new(&pool);
        for _ in 0..3 {
            plant(random, &world).into_iter().for_each(|root| drop(root.result()));
        }
        drop(pool);
        assert_conserved(&world);
    });
}
