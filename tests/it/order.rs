//! Random programs against a model: what runs, in which order, and what comes of it.

use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use concurrent_futures::{Future, TaskErrorKind, ThreadPoolExecutor, ThreadPoolHandle};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::pool::{eventually, hold_all, pool};
use crate::random::Random;
use crate::watchdog::check;

/// One step of a program; the numbers of `Cancel` and `Forget` choose among the futures so far.
#[derive(Debug, Clone)]
enum Step {
    Spawn,
    Submit,
    SpawnPanicking,
    Cancel(usize),
    Forget(usize),
    Map(Mapping),
    /// Occupies all workers while these steps are done, so that they find a queue.
    Backlog(Vec<Step>),
}

/// A `map` over `len` items, of which the consumer takes up to `take`.
#[derive(Debug, Clone)]
struct Mapping {
    len: usize,
    chunk: Option<usize>,
    buffer: Option<usize>,
    unordered: bool,
    start: bool,
    take: usize,
    panic_every: usize,
}

fn simple_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Spawn),
        2 => Just(Step::Submit),
        1 => Just(Step::SpawnPanicking),
        2 => any::<usize>().prop_map(Step::Cancel),
        1 => any::<usize>().prop_map(Step::Forget),
    ]
}

fn size() -> impl Strategy<Value = Option<usize>> {
    proptest::option::of(1..9_usize)
}

fn mapping() -> impl Strategy<Value = Mapping> {
    let flags = (any::<bool>(), any::<bool>());
    (0..40_usize, size(), size(), flags, 0..60_usize, 2..9_usize).prop_map(
        |(len, chunk, buffer, (unordered, start), take, panic_every)| Mapping {
            len,
            chunk,
            buffer,
            unordered,
            start,
            take,
            panic_every,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => simple_step(),
        2 => mapping().prop_map(Step::Map),
        1 => vec(simple_step(), 0..20).prop_map(Step::Backlog),
    ]
}

/// What is known of a task or of an item of a map.
struct Unit {
    /// Units of a later stage were handed over after those of an earlier one.
    stage: usize,
    panics: bool,
}

/// A program on its way.
struct Run {
    pool: ThreadPoolExecutor,
    workers: usize,
    units: Vec<Unit>,
    stages: usize,
    /// The units in the order their bodies began.
    begun: Arc<Mutex<Vec<usize>>>,
    futures: Vec<(usize, Option<Future<usize>>)>,
    cancelled: Vec<usize>,
    /// How often each future has told that it is done.
    told: Arc<Mutex<Vec<usize>>>,
}

impl Run {
    fn new(workers: usize) -> Self {
        Self {
            pool: pool(workers),
            workers,
            units: Vec::new(),
            stages: 0,
            begun: Arc::default(),
            futures: Vec::new(),
            cancelled: Vec::new(),
            told: Arc::default(),
        }
    }

    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Spawn => self.spawn(false),
                Step::SpawnPanicking => self.spawn(true),
                Step::Submit => self.submit(),
                Step::Cancel(choice) => self.cancel(*choice),
                Step::Forget(choice) => self.forget(*choice),
                Step::Map(mapping) => self.map(mapping),
                Step::Backlog(steps) => self.backlog(steps),
            }
        }
    }

    /// A new stage with `count` units, and the number of its first.
    fn stage(&mut self, count: usize, panics: impl Fn(usize) -> bool) -> usize {
        let first = self.units.len();
        let stage = self.stages;
        self.stages += 1;
        self.units.extend((0..count).map(|index| Unit { stage, panics: panics(index) }));
        first
    }

    fn body(&self, panics: bool) -> impl Fn(usize) -> usize + Send + Sync + 'static + use<> {
        let begun = Arc::clone(&self.begun);
        move |unit| {
            begun.lock().unwrap().push(unit);
            if panics {
                resume_unwind(Box::new("no hook, no noise"));
            }
            unit
        }
    }

    fn spawn(&mut self, panics: bool) {
        let unit = self.stage(1, |_| panics);
        let body = self.body(panics);
        let future = self.pool.spawn(move || body(unit));
        self.keep(unit, future);
    }

    fn submit(&mut self) {
        let unit = self.stage(1, |_| false);
        let future = self.pool.submit(self.body(false), unit);
        self.keep(unit, future);
    }

    fn keep(&mut self, unit: usize, future: Future<usize>) {
        let told = Arc::clone(&self.told);
        future.add_done_callback(move |_| told.lock().unwrap().push(unit));
        self.futures.push((unit, Some(future)));
    }

    fn chosen(&mut self, choice: usize) -> Option<&mut (usize, Option<Future<usize>>)> {
        let count = self.futures.len();
        (count > 0).then(|| &mut self.futures[choice % count])
    }

    fn cancel(&mut self, choice: usize) {
        let Some((unit, Some(future))) = self.chosen(choice) else {
            return;
        };
        if future.cancel() {
            let unit = *unit;
            self.cancelled.push(unit);
        }
    }

    fn forget(&mut self, choice: usize) {
        if let Some((_, future)) = self.chosen(choice) {
            *future = None;
        }
    }

    fn backlog(&mut self, steps: &[Step]) {
        let held = hold_all(&self.pool, self.workers);
        self.steps(steps);
        for held in held {
            held.release().result().unwrap();
        }
    }

    fn map(&mut self, mapping: &Mapping) {
        let every = mapping.panic_every;
        let first = self.stage(mapping.len, |index| index % every == 1);
        let yielded = Arc::new(AtomicUsize::new(0));
        let source = Source::new(first..first + mapping.len, mapping.buffer, &yielded);
        let (good, bad) = (self.body(false), self.body(true));
        let function = move |unit: usize| {
            if (unit - first) % every == 1 { bad(unit) } else { good(unit) }
        };
        let pool = &self.pool;
        let mut map = pool.map(function, source);
        map = mapping.chunk.into_iter().fold(map, |map, chunk| map.chunksize(chunk));
        map = mapping.buffer.into_iter().fold(map, |map, buffer| map.buffersize(buffer));
        map = if mapping.unordered { map.unordered() } else { map };
        map = if mapping.start { map.start() } else { map };
        let mut seen = Vec::new();
        for taken in 0..mapping.take {
            let (low, high) = map.size_hint();
            let left = mapping.len - taken.min(mapping.len);
            assert!(low <= left && high.is_none_or(|high| left <= high), "{low} {left} {high:?}");
            let Some(result) = map.next() else { break };
            yielded.fetch_add(1, Ordering::SeqCst);
            seen.push(result.map_err(|error| error.kind()));
        }
        drop(map);
        self.check_map(mapping, first, seen);
    }

    /// A map yields the results of its inputs, in their order unless it was told otherwise.
    fn check_map(&self, mapping: &Mapping, first: usize, seen: Vec<Result<usize, TaskErrorKind>>) {
        assert_eq!(seen.len(), mapping.take.min(mapping.len));
        if !mapping.unordered {
            let expected = (first..).map(|unit| match self.units[unit].panics {
                true => Err(TaskErrorKind::Panicked),
                false => Ok(unit),
            });
            assert!(seen.into_iter().eq(expected.take(mapping.take.min(mapping.len))));
            return;
        }
        let mut good: Vec<usize> = seen.iter().flatten().copied().collect();
        good.sort_unstable();
        good.dedup();
        assert!(good.iter().all(|&unit| !self.units[unit].panics));
        let bad = seen.iter().filter(|result| **result == Err(TaskErrorKind::Panicked)).count();
        assert_eq!(good.len() + bad, seen.len(), "an item came twice, or not at all");
    }

    fn finish(mut self, cancel_futures: bool) {
        self.pool.shutdown_with(concurrent_futures::Shutdown { wait: true, cancel_futures });
        let stats = self.pool.stats();
        assert_eq!((stats.queued, stats.running, stats.workers), (0, 0, 0));
        let begun = std::mem::take(&mut *self.begun.lock().unwrap());
        self.check_exactly_once(&begun);
        self.check_order(&begun);
        self.check_futures(&begun);
    }

    fn check_exactly_once(&self, begun: &[usize]) {
        let mut sorted = begun.to_vec();
        sorted.sort_unstable();
        assert!(sorted.windows(2).all(|pair| pair[0] != pair[1]), "a unit began twice");
        for unit in &self.cancelled {
            assert!(sorted.binary_search(unit).is_err(), "unit {unit} was cancelled, and began");
        }
    }

    /// What was handed over earlier is dequeued earlier; between its dequeuing and its beginning
    /// are at most the tasks that the other workers have in hand.
    fn check_order(&self, begun: &[usize]) {
        for (position, &unit) in begun.iter().enumerate() {
            let stage = self.units[unit].stage;
            let late = begun[position..].iter().filter(|&&other| self.units[other].stage < stage);
            let late = late.count();
            assert!(late < self.workers, "{late} earlier tasks had not begun before {unit}");
        }
        if self.workers == 1 {
            assert!(begun.is_sorted(), "one worker takes everything in order: {begun:?}");
        }
    }

    fn check_futures(&mut self, begun: &[usize]) {
        let mut told = std::mem::take(&mut *self.told.lock().unwrap());
        told.sort_unstable();
        let units: Vec<usize> = self.futures.iter().map(|(unit, _)| *unit).collect();
        assert_eq!(told, units, "every future is done once");
        for (unit, future) in std::mem::take(&mut self.futures) {
            let Some(future) = future else { continue };
            let result = future.try_result().expect("the pool was shut down");
            let outcome = result.map_err(|error| error.kind());
            let expected = match begun.contains(&unit) {
                false => Err(TaskErrorKind::Cancelled),
                true if self.units[unit].panics => Err(TaskErrorKind::Panicked),
                true => Ok(unit),
            };
            assert_eq!(outcome, expected);
        }
    }
}

/// Counts at every pull how far the map has run ahead of its consumer.
struct Source {
    units: std::ops::Range<usize>,
    pulled: usize,
    bound: usize,
    yielded: Arc<AtomicUsize>,
}

impl Source {
    fn new(
        units: std::ops::Range<usize>,
        bound: Option<usize>,
        yielded: &Arc<AtomicUsize>,
    ) -> Self {
        let bound = bound.unwrap_or(usize::MAX);
        Self { units, pulled: 0, bound, yielded: Arc::clone(yielded) }
    }
}

impl Iterator for Source {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let unit = self.units.next()?;
        self.pulled += 1;
        let ahead = self.pulled - self.yielded.load(Ordering::SeqCst);
        assert!(ahead <= self.bound, "{ahead} items ahead, but the bound is {}", self.bound);
        Some(unit)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.units.size_hint()
    }
}

/// The seeds of failures are printed; a file of them is of little use where schedules decide.
fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) }
}

/// `PROPTEST_CASES` of the environment, or few enough for every day.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(256)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn programs_keep_order_and_lose_nothing(
        workers in 1..=4_usize,
        steps in vec(step(), 0..30),
        cancel in any::<bool>(),
    ) {
        check(|| {
            let mut run = Run::new(workers);
            run.steps(&steps);
            run.finish(cancel);
        });
    }

    #[test]
    fn accounts_add_up(workers in 1..=4_usize, steps in vec(simple_step(), 0..60)) {
        check(|| {
            let mut run = Run::new(workers);
            run.steps(&steps);
            let (accepted, cancelled) = (run.futures.len(), cancelled_once(&run));
            run.pool.shutdown();
            let stats = run.pool.stats();
            assert_eq!((stats.finished + stats.cancelled) as usize, accepted);
            assert_eq!(stats.cancelled as usize, cancelled);
            run.finish(false);
        });
    }

    #[test]
    fn spawners_on_several_threads_keep_the_order_of_their_calls(
        workers in 1..=4_usize,
        counts in vec(1..40_usize, 1..4),
    ) {
        check(|| concurrent_spawners(workers, &counts));
    }

    #[test]
    fn what_tasks_spawn_queues_behind_what_was_there(families in vec(family(), 1..6)) {
        check(|| families_on_one_worker(&families));
    }
}

/// A task and the tasks it spawns, none of which anybody waits for.
#[derive(Debug, Clone)]
struct Family {
    children: Vec<Family>,
}

fn family() -> impl Strategy<Value = Family> {
    let leaf = Just(Family { children: Vec::new() });
    leaf.prop_recursive(4, 40, 4, |inner| vec(inner, 0..4).prop_map(|children| Family { children }))
}

/// Spawns a family; each task notes its place in the family tree when it begins.
fn spawn_family(handle: &ThreadPoolHandle, family: Family, place: Vec<usize>, begun: &Places) {
    let (inner, notes) = (handle.clone(), Arc::clone(begun));
    drop(handle.spawn(move || {
        notes.lock().unwrap().push(place.clone());
        for (number, child) in family.children.into_iter().enumerate() {
            let place = place.iter().copied().chain([number]).collect();
            spawn_family(&inner, child, place, &notes);
        }
    }));
}

/// The ways from the roots of the families to their members.
type Places = Arc<Mutex<Vec<Vec<usize>>>>;

/// One queue and one worker: the model is a queue, too.
fn breadth_first(families: &[Family]) -> Vec<Vec<usize>> {
    let roots = families.iter().enumerate().map(|(number, root)| (vec![number], root));
    let mut queue: VecDeque<(Vec<usize>, &Family)> = roots.collect();
    let mut order = Vec::new();
    while let Some((place, family)) = queue.pop_front() {
        let child = |(number, child)| {
            let place: Vec<usize> = place.iter().copied().chain([number]).collect();
            (place, child)
        };
        queue.extend(family.children.iter().enumerate().map(child));
        order.push(place);
    }
    order
}

fn families_on_one_worker(families: &[Family]) {
    let pool = pool(1);
    let begun = Places::default();
    let held = hold_all(&pool, 1);
    for (number, family) in families.iter().enumerate() {
        spawn_family(&pool.handle(), family.clone(), vec![number], &begun);
    }
    drop(held);
    let expected = breadth_first(families);
    eventually(|| begun.lock().unwrap().len() == expected.len());
    assert_eq!(*begun.lock().unwrap(), expected);
}

/// How many futures were cancelled, however often.
fn cancelled_once(run: &Run) -> usize {
    let mut cancelled = run.cancelled.clone();
    cancelled.sort_unstable();
    cancelled.dedup();
    cancelled.len()
}

/// When `spawn` was called and when it had returned, on one clock for all threads.
#[derive(Clone, Copy)]
struct Call {
    called: u64,
    returned: u64,
}

fn concurrent_spawners(workers: usize, counts: &[usize]) {
    let pool = pool(workers);
    let clock = AtomicU64::new(0);
    let tick = || clock.fetch_add(1, Ordering::SeqCst);
    let begun = Arc::new(Mutex::new(Vec::new()));
    let calls: Vec<Call> = thread::scope(|scope| {
        let spawn_all = |count: usize| {
            let spawn_one = |_| {
                let called = tick();
                let begun = Arc::clone(&begun);
                drop(pool.spawn(move || begun.lock().unwrap().push(called)));
                Call { called, returned: tick() }
            };
            (0..count).map(spawn_one).collect::<Vec<_>>()
        };
        let threads: Vec<_> = counts.iter().map(|&c| scope.spawn(move || spawn_all(c))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    pool.shutdown();
    let begun = std::mem::take(&mut *begun.lock().unwrap());
    assert_eq!(begun.len(), calls.len());
    let call = |called: u64| *calls.iter().find(|call| call.called == called).unwrap();
    let begun: Vec<Call> = begun.into_iter().map(call).collect();
    for (position, unit) in begun.iter().enumerate() {
        let earlier = |other: &&Call| other.returned < unit.called;
        let late = begun[position..].iter().filter(earlier).count();
        assert!(late < workers, "{late} earlier tasks had not begun");
    }
}

/// Spawns by the thousand, of which `odds` in four are cancelled a little later.
fn churn(random: &mut Random, odds: u64) -> Vec<Step> {
    let mut steps = Vec::new();
    for spawned in 0..1500 {
        steps.push(Step::Spawn);
        if random.below(4) < odds {
            let back = usize::try_from(random.below(100)).unwrap();
            steps.push(Step::Cancel(spawned - back.min(spawned)));
        }
    }
    steps
}

/// So many dead entries make the queue tidy itself, which must not be seen from outside.
#[test]
fn thousands_of_cancellations_leave_the_order_alone() {
    for workers in 1..=3 {
        for odds in 2..=4 {
            for backlog in [true, false] {
                check(|| {
                    let mut random = Random::seeded(odds);
                    let steps = churn(&mut random, odds);
                    let mut run = Run::new(workers);
                    if backlog {
                        run.steps(&[Step::Backlog(steps)]);
                    } else {
                        run.steps(&steps);
                    }
                    run.finish(false);
                });
            }
        }
    }
}
