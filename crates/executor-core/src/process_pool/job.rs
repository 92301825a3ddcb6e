use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use executor_sync::process::Luggage;
use slab::Slab;

use crate::error::TaskError;
use crate::process::{Body, CodecError, Function};

use super::sink::{Landed, Results, Sink};
use super::stored::Stored;

/// What a job needs of a worker.
pub(super) struct Order {
    pub(super) function: Function,
    pub(super) arguments: Arguments,
    pub(super) timeout: Option<Duration>,
    pub(super) retries: u32,
    /// What the arguments refer to, kept until the job has ended.
    pub(super) _luggage: Luggage,
}

/// The encoded arguments of a job.
pub(super) struct Arguments {
    pub(super) body: Stored,
    /// Where each item begins, its length first; `None` for a single task, whose argument is the
    /// body.
    pub(super) starts: Option<Vec<u32>>,
}

impl Arguments {
    pub(super) fn single(body: Body) -> Self {
        Self { body: body.into(), starts: None }
    }

    pub(super) fn items(&self) -> u32 {
        self.starts.as_ref().map_or(1, |starts| starts.len() as u32)
    }

    /// The bytes of a frame with these items. A frame with one item has no length before it.
    pub(super) fn range(&self, from: u32, to: u32) -> std::ops::Range<usize> {
        let Some(starts) = &self.starts else { return 0..self.body.len() };
        let end = starts.get(to as usize).map_or(self.body.len(), |at| *at as usize);
        let start = starts[from as usize] as usize;
        if to - from == 1 { start + crate::process::ITEM_PREFIX..end } else { start..end }
    }
}

/// A function with its arguments, on the way to its results: a single task, or a chunk of a map.
pub(super) struct Job {
    pub(super) order: Order,
    /// Nobody has been told of this many items.
    open: u32,
    /// Workers that died of an item, with the item.
    deaths: Vec<(u32, u32)>,
    results: Results,
    sink: Box<dyn Sink>,
    generation: u32,
}

/// What is to be told when no lock is held.
pub(super) enum Delivery {
    Finish(Box<dyn Sink>, Results),
    Fail(Box<dyn Sink>, TaskError),
    /// It has been cancelled.
    Cancel(Box<dyn Sink>),
}

impl Delivery {
    pub(super) fn run(self) {
        match self {
            Self::Finish(sink, results) => sink.finish(results),
            Self::Fail(sink, error) => sink.fail(error),
            Self::Cancel(sink) => sink.tell(),
        }
    }
}

/// Some consecutive items of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) key: u64,
    pub(super) from: u32,
    pub(super) to: u32,
}

impl Piece {
    pub(super) fn len(self) -> u32 {
        self.to - self.from
    }

    /// What of it lies behind an item.
    pub(super) fn behind(self, item: u32) -> Self {
        Self { from: (item + 1).clamp(self.from, self.to), ..self }
    }
}

impl Job {
    /// Storage for a result of so many bytes. For that of a single task it may be the memory of the
    /// argument, which is not sent again once its worker has begun to answer.
    pub(super) fn room(&mut self, len: usize) -> Result<Body, CodecError> {
        let arguments = &mut self.order.arguments;
        let over = arguments.starts.is_none() && self.order.retries == 0;
        let argument = if over { arguments.body.take() } else { None };
        self.sink.room(argument, len)
    }

    /// Another worker has died of the item; true: it may be run again.
    pub(super) fn may_retry(&mut self, item: u32) -> bool {
        let retries = self.order.retries;
        match self.deaths.iter_mut().find(|(at, _)| *at == item) {
            Some((_, deaths)) => {
                *deaths += 1;
                *deaths <= retries
            }
            None => {
                self.deaths.push((item, 1));
                retries > 0
            }
        }
    }
}

/// All jobs that have not ended, each under a key that is never given twice.
#[derive(Default)]
pub(super) struct Jobs {
    slab: Slab<Job>,
    generation: u32,
}

impl Jobs {
    pub(super) fn insert(&mut self, order: Order, sink: Box<dyn Sink>) -> Piece {
        self.generation = self.generation.wrapping_add(1);
        let entry = self.slab.vacant_entry();
        let key = key_of(self.generation, entry.key());
        sink.set_key(key);
        let items = order.arguments.items();
        let results = Results::default();
        let generation = self.generation;
        entry.insert(Job { order, open: items, deaths: Vec::new(), results, sink, generation });
        Piece { key, from: 0, to: items }
    }

    pub(super) fn get(&mut self, key: u64) -> Option<&mut Job> {
        self.slab.get_mut(index(key)).filter(|job| job.generation == generation(key))
    }

    pub(super) fn contains(&self, key: u64) -> bool {
        self.slab.get(index(key)).is_some_and(|job| job.generation == generation(key))
    }

    /// The job is a chunk of a map.
    pub(super) fn is_chunk(&self, key: u64) -> bool {
        let job = self.slab.get(index(key)).filter(|job| job.generation == generation(key));
        job.is_some_and(|job| job.order.arguments.starts.is_some())
    }

    /// Takes a job out before its end.
    pub(super) fn remove(&mut self, key: u64) -> Option<Box<dyn Sink>> {
        self.contains(key).then(|| self.slab.remove(index(key)).sink)
    }

    pub(super) fn len(&self) -> usize {
        self.slab.len()
    }

    /// Takes out all jobs but those with these keys.
    pub(super) fn take_all_but(&mut self, keys: &BTreeSet<u64>) -> Vec<Box<dyn Sink>> {
        let key = |(index, job): (usize, &Job)| key_of(job.generation, index);
        let gone: Vec<u64> = self.slab.iter().map(key).filter(|key| !keys.contains(key)).collect();
        gone.into_iter().map(|key| self.slab.remove(index(key)).sink).collect()
    }

    /// An item has ended with a value that lies in `bytes`.
    pub(super) fn land_bytes(&mut self, key: u64, item: u32, bytes: &[u8]) -> Option<Delivery> {
        let job = self.get(key)?;
        let start = job.results.bytes.len();
        job.results.bytes.extend_from_slice(bytes);
        self.land(key, item, Landed::At { start, len: bytes.len() })
    }

    /// Keeps what results refer to until they have been decoded.
    pub(super) fn load(&mut self, key: u64, luggage: Luggage) {
        if let Some(job) = self.get(key) {
            job.results.luggage.add(luggage);
        }
    }

    /// An item has ended; what is to be told, if it was the last one.
    pub(super) fn land(&mut self, key: u64, item: u32, landed: Landed) -> Option<Delivery> {
        let job = self.get(key)?;
        job.results.landed.push((item, landed));
        job.open -= 1;
        // A chunk ends when its worker has said how long it took.
        if job.open > 0 || job.order.arguments.starts.is_some() { None } else { self.finish(key) }
    }

    /// A worker has spent this time on a piece of the job; what is to be told, if that was the last
    /// one.
    pub(super) fn spent(&mut self, key: u64, spent: Duration) -> Option<Delivery> {
        let job = self.get(key)?;
        job.results.spent += spent;
        self.finish_if_over(key)
    }

    /// A shutdown leaves so many items of the job out.
    pub(super) fn cut(&mut self, key: u64, items: u32) {
        if let Some(job) = self.get(key) {
            job.open -= items;
            job.results.cut = true;
        }
    }

    /// Some of its items have ended already.
    pub(super) fn has_results(&self, key: u64) -> bool {
        let job = self.slab.get(index(key)).filter(|job| job.generation == generation(key));
        job.is_some_and(|job| !job.results.landed.is_empty())
    }

    /// What is to be told, if every item of the job has ended.
    pub(super) fn finish_if_over(&mut self, key: u64) -> Option<Delivery> {
        if self.get(key)?.open > 0 { None } else { self.finish(key) }
    }

    fn finish(&mut self, key: u64) -> Option<Delivery> {
        let job = self.slab.remove(index(key));
        Some(Delivery::Finish(job.sink, job.results))
    }
}

/// More jobs than memory has room for; a key leaves its highest bit to the future that knows it.
const INDEX_BITS: u32 = 31;

fn key_of(generation: u32, index: usize) -> u64 {
    u64::from(generation) << INDEX_BITS | index as u64
}

fn index(key: u64) -> usize {
    (key & ((1 << INDEX_BITS) - 1)) as usize
}

fn generation(key: u64) -> u32 {
    (key >> INDEX_BITS) as u32
}

/// The pieces that no worker has, first come, first served.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    pieces: VecDeque<Piece>,
    /// How many of them belong to jobs that are gone.
    dead: usize,
}

impl Backlog {
    pub(super) fn push_back(&mut self, piece: Piece) {
        self.pieces.push_back(piece);
    }

    /// Puts back what came from the front.
    pub(super) fn push_front(&mut self, piece: Piece) {
        self.pieces.push_front(piece);
    }

    pub(super) fn pop(&mut self, jobs: &Jobs) -> Option<Piece> {
        while let Some(piece) = self.pieces.pop_front() {
            if jobs.contains(piece.key) {
                return Some(piece);
            }
            self.dead = self.dead.saturating_sub(1);
        }
        None
    }

    /// How many pieces wait.
    pub(super) fn len(&self) -> usize {
        self.pieces.len().saturating_sub(self.dead)
    }

    /// A job with one piece in here is gone. Once most are dead, they are swept out.
    pub(super) fn bury(&mut self, jobs: &Jobs) {
        const FEW: usize = 64;
        self.dead += 1;
        if self.dead > FEW && self.dead > self.pieces.len() / 2 {
            self.pieces.retain(|piece| jobs.contains(piece.key));
            self.dead = 0;
        }
    }

    /// A job that may have several pieces in here is gone.
    pub(super) fn bury_all(&mut self, key: u64) {
        self.dead += self.pieces.iter().filter(|piece| piece.key == key).count();
    }

    /// Takes everything, dead or not.
    pub(super) fn take_all(&mut self) -> Vec<Piece> {
        self.dead = 0;
        std::mem::take(&mut self.pieces).into()
    }
}

#[cfg(test)]
mod tests;
