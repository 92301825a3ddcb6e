//! A pool under fire: somebody kills a random worker every few milliseconds, while tasks of every
//! kind come and go.
//!
//! Each future resolves once; what was not killed gives the right answer; what ran, ran once,
//! unless it asked for more. `CF_STRESS=100000` runs so many tasks and `CF_SEED` begins with
//! another round; `scripts/kill-stress` does the former often.
concurrent_futures::init_in_tests!();

use std::collections::BTreeMap;
use std::env;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::atomic::{AtomicU8, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use concurrent_futures::{
    Future, ProcessPoolBuilder, ProcessPoolExecutor, StartMethod, TaskError, TaskErrorKind,
    TaskOptions, WorkerOutput,
};
use serde::{Deserialize, Serialize};

#[path = "support/gate.rs"]
mod gate;
#[path = "support/random.rs"]
mod random;
#[path = "support/system.rs"]
#[expect(unsafe_code, reason = "signals and limits are C functions")]
mod system;
#[path = "support/watchdog.rs"]
mod watchdog;

use gate::{Log, eventually};
use random::Random;
use system::{SIGKILL, children, descriptors, signal};
use watchdog::check;

/// Tasks in the life of one pool, those included that are items of maps.
const ROUND: u64 = 1000;
const ITEMS: u64 = 150;
/// Tasks if nobody says otherwise.
const FEW: u64 = 3000;
/// What a task that never ends is given.
const TIMEOUT: Duration = Duration::from_millis(20);
const LARGE: usize = 100 << 10;
/// How often a task runs again that may.
const RETRIES: u32 = 3;

/// What becomes of a task, besides being hit by accident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Plain,
    Retried,
    Cancelled,
    Killed,
    Endless,
    Large,
    Item,
}

/// A number, where it is noted, how long the task takes, and how large its argument and its answer
/// are.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Errand {
    log: String,
    number: u64,
    micros: u64,
    len: usize,
    payload: Vec<u8>,
}

/// The answer to an errand: its number is at the end.
fn answer(number: u64, len: usize) -> Vec<u8> {
    let mut bytes = vec![number as u8; len];
    bytes.extend(number.to_le_bytes());
    bytes
}

/// The task.
fn run(errand: Errand) -> Vec<u8> {
    static FILE: OnceLock<File> = OnceLock::new();
    let open = || OpenOptions::new().append(true).open(&errand.log).unwrap();
    let mut file = FILE.get_or_init(open);
    file.write_all(&errand.number.to_le_bytes()).unwrap();
    let (begun, time) = (Instant::now(), Duration::from_micros(errand.micros));
    while begun.elapsed() < time {
        std::hint::spin_loop();
    }
    assert!(errand.payload.iter().all(|byte| *byte == 7), "the argument has been changed");
    answer(errand.number, errand.len)
}

/// Makes errands.
struct Dice {
    random: Random,
    next: u64,
    log: String,
}

impl Dice {
    fn fate(&mut self) -> Fate {
        match self.random.below(100) {
            0..50 => Fate::Plain,
            50..70 => Fate::Retried,
            70..85 => Fate::Cancelled,
            85..92 => Fate::Killed,
            92 => Fate::Endless,
            _ => Fate::Large,
        }
    }

    fn errand(&mut self, fate: Fate) -> Errand {
        let number = self.next;
        self.next += 1;
        let len = if fate == Fate::Large { LARGE } else { 0 };
        let micros = match fate {
            Fate::Endless => u64::MAX,
            Fate::Killed | Fate::Cancelled => self.random.below(2000),
            _ => self.random.below(200),
        };
        Errand { log: self.log.clone(), number, micros, len, payload: vec![7; len / 2] }
    }
}

/// A task, while it is on its way.
struct Task {
    number: u64,
    fate: Fate,
    future: Future<Vec<u8>>,
    /// Whoever wanted to end it was told that this is its end.
    ended: bool,
}

/// What came of a task.
struct Outcome {
    number: u64,
    fate: Fate,
    ended: bool,
    result: Result<Vec<u8>, TaskError>,
}

type Calls = Arc<Vec<AtomicU8>>;

fn submit(pool: &ProcessPoolExecutor, dice: &mut Dice, calls: &Calls) -> Task {
    let fate = dice.fate();
    let errand = dice.errand(fate);
    let options = match fate {
        Fate::Retried => TaskOptions::new().retries(RETRIES),
        Fate::Endless => TaskOptions::new().timeout(TIMEOUT),
        _ => TaskOptions::new(),
    };
    let (number, calls) = (errand.number, Arc::clone(calls));
    let future = pool.submit_with(options, run, errand);
    future.add_done_callback(move |_| {
        calls[number as usize].fetch_add(1, SeqCst);
    });
    Task { number, fate, future, ended: false }
}

/// All that go alone. Some of them are ended by those who gave them, a little later.
fn singles(pool: &ProcessPoolExecutor, dice: &mut Dice, calls: &Calls) -> Vec<Outcome> {
    let mut tasks: Vec<Task> = Vec::new();
    while dice.next < ROUND {
        tasks.push(submit(pool, dice, calls));
        let back = dice.random.below(20.min(tasks.len() as u64)) as usize;
        let at = tasks.len() - 1 - back;
        let task = &mut tasks[at];
        match task.fate {
            Fate::Cancelled => task.ended |= task.future.cancel(),
            Fate::Killed => {
                // Most often it is to be hit while it runs.
                if !dice.random.one_in(4) {
                    eventually(|| task.future.running() || task.future.done());
                }
                task.ended |= task.future.kill();
            }
            _ => {}
        }
        // Now and then the queue runs empty.
        if dice.random.one_in(100) {
            task.future.wait();
        }
    }
    if dice.random.one_in(2) {
        tasks.reverse();
    }
    let outcome = |task: Task| {
        let Task { number, fate, future, ended } = task;
        Outcome { number, fate, ended, result: future.result() }
    };
    tasks.into_iter().map(outcome).collect()
}

/// A map: its results come in order, or each says where it belongs.
fn items(
    pool: &ProcessPoolExecutor,
    errands: Vec<Errand>,
    chunk: usize,
    ordered: bool,
) -> Vec<Outcome> {
    let numbers: Vec<u64> = errands.iter().map(|errand| errand.number).collect();
    let map = pool.map(run, errands).chunksize(chunk);
    let map = if ordered { map } else { map.unordered() };
    let mut results: Vec<Result<Vec<u8>, TaskError>> = map.collect();
    assert_eq!(results.len(), numbers.len(), "each item has one result");
    if !ordered {
        // Errors do not say whose they are: they are of those that have no value.
        let (values, errors): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
        let number = |value: &[u8]| u64::from_le_bytes(value.try_into().unwrap());
        let values = values.into_iter().map(|value| (number(value.as_ref().unwrap()), value));
        let mut values: BTreeMap<u64, _> = values.collect();
        let mut errors = errors.into_iter();
        let of = |number| values.remove(number).or_else(|| errors.next());
        results = numbers.iter().filter_map(of).collect();
        assert_eq!(results.len(), numbers.len(), "an item has two results");
    }
    let outcome = |(number, result)| Outcome { number, fate: Fate::Item, ended: false, result };
    numbers.into_iter().zip(results).map(outcome).collect()
}

/// Kills workers until nobody holds the other end any more; how many.
fn fire(pool: &ProcessPoolExecutor, stopped: &Receiver<()>, seed: u64) -> usize {
    let mut random = Random::seeded(seed);
    let mut hits = 0;
    loop {
        let pause = Duration::from_micros(500 + random.below(6000));
        if stopped.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
            return hits;
        }
        // The process that starts workers, and one that was born just now, are not spared.
        let pids = if random.one_in(8) { children() } else { pool.worker_pids() };
        if !pids.is_empty() {
            let victim = pids[random.below(pids.len() as u64) as usize];
            hits += usize::from(signal(victim, SIGKILL));
        }
    }
}

fn any_pool(random: &mut Random, retries: u32) -> ProcessPoolBuilder {
    let method = [StartMethod::Spawn, StartMethod::ForkServer][random.below(2) as usize];
    let builder = ProcessPoolExecutor::builder()
        .max_workers(2 + random.below(3) as usize)
        .start_method(method)
        .stderr(WorkerOutput::Null)
        .retries(retries);
    if random.one_in(4) {
        builder.max_tasks_per_child(1 + random.below(40) as usize)
    } else {
        builder
    }
}

/// How many tasks ended how.
type Tally = BTreeMap<String, usize>;

/// The life of one pool.
fn round(seed: u64, tally: &mut Tally) {
    let log = Log::new();
    let mut dice = Dice { random: Random::seeded(seed), next: 0, log: log.key() };
    let retries = if dice.random.one_in(3) { 2 } else { 0 };
    let pool = any_pool(&mut dice.random, retries).build().unwrap();
    let calls: Calls = Arc::new((0..ROUND).map(|_| AtomicU8::new(0)).collect());
    let (stop, stopped) = channel::<()>();
    let (outcomes, hits) = thread::scope(|scope| {
        let (pool, stop) = (&pool, stop);
        let aim = dice.random.next();
        let killer = scope.spawn(move || fire(pool, &stopped, aim));
        let maps = [true, false].map(|ordered| {
            let errands = (0..ITEMS).map(|_| dice.errand(Fate::Item)).collect();
            let chunk = 1 + dice.random.below(30) as usize;
            scope.spawn(move || items(pool, errands, chunk, ordered))
        });
        let mut outcomes = singles(pool, &mut dice, &calls);
        for outcome in &outcomes {
            let calls = calls[outcome.number as usize].load(SeqCst);
            assert_eq!(calls, 1, "seed {seed}: callbacks of {}", outcome.number);
        }
        maps.into_iter().for_each(|map| outcomes.extend(map.join().unwrap()));
        drop(stop);
        (outcomes, killer.join().unwrap())
    });
    pool.shutdown();
    *tally.entry("kills".to_owned()).or_default() += hits;
    examine(seed, &log, retries, &outcomes, tally);
}

fn examine(seed: u64, log: &Log, retries: u32, outcomes: &[Outcome], tally: &mut Tally) {
    assert_eq!(outcomes.len() as u64, ROUND);
    let mut runs = vec![0_u32; ROUND as usize];
    log.numbers().into_iter().for_each(|number| runs[number as usize] += 1);
    for outcome in outcomes {
        let runs = runs[outcome.number as usize];
        if let Err(why) = verdict(outcome, runs, retries) {
            let Outcome { number, fate, ended, result } = outcome;
            panic!(
                "seed {seed}, task {number} ({fate:?}, ended: {ended}, {runs} runs): {why}: {result:?}"
            );
        }
        let name = match &outcome.result {
            Ok(_) => "Ok".to_owned(),
            Err(error) => format!("{:?}", error.kind()),
        };
        *tally.entry(name).or_default() += 1;
    }
}

/// What is wrong with an outcome.
fn verdict(outcome: &Outcome, runs: u32, retries: u32) -> Result<(), &'static str> {
    let Outcome { number, fate, ended, result } = outcome;
    let most = 1 + if *fate == Fate::Retried { RETRIES } else { retries };
    let require = |right: bool, what| if right { Ok(()) } else { Err(what) };
    require(runs <= most, "it ran too often")?;
    let error = match result {
        Ok(value) => {
            let len = if *fate == Fate::Large { LARGE } else { 0 };
            require(*value == answer(*number, len), "a wrong answer")?;
            require(runs > 0, "an answer without a run")?;
            return require(!ended, "it was ended");
        }
        Err(error) => error,
    };
    match error.kind() {
        TaskErrorKind::WorkerDied => {
            let exit = error.worker_exit().expect("an end of a worker is described");
            require(exit.signal() == Some(SIGKILL), "nobody did this")?;
            require(!ended, "it was ended")
        }
        TaskErrorKind::Cancelled => {
            require(*ended, "nobody cancelled it")?;
            require(runs < most, "it ran, and was cancelled")
        }
        TaskErrorKind::Killed => require(*ended && *fate == Fate::Killed, "nobody killed it"),
        TaskErrorKind::TimedOut => require(*fate == Fate::Endless, "it had no timeout"),
        _ => Err("an error that has no cause here"),
    }
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok().and_then(|text| text.parse().ok())
}

#[test]
fn a_pool_whose_workers_are_killed_all_the_time() {
    let rounds = number("CF_STRESS").unwrap_or(FEW).div_ceil(ROUND);
    let first = number("CF_SEED").unwrap_or(1);
    let mut tally = Tally::new();
    let mut open = None;
    for seed in first..first + rounds {
        check(|| {
            round(seed, &mut tally);
            eventually(|| children().is_empty());
            let before = *open.get_or_insert_with(|| descriptors().len());
            eventually(|| descriptors().len() <= before);
        });
    }
    println!("{} tasks in {rounds} pools: {tally:?}", rounds * ROUND);
}
