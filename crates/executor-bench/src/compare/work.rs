//! What a task does, wherever it runs.

use std::cell::RefCell;
use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::cost;

/// What a task spends its time with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// It multiplies.
    Cpu,
    /// It changes a word in each cache line of a block that is larger than most caches.
    Memory,
    /// It allocates and frees blocks of 16 bytes to 4 KiB.
    Allocation,
    /// It sleeps.
    Sleep,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Cpu, Self::Memory, Self::Allocation, Self::Sleep];

    /// As tables and plots name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Cpu => "CPU-bound",
            Self::Memory => "memory-bound",
            Self::Allocation => "allocation-heavy",
            Self::Sleep => "sleeping",
        }
    }

    /// How many tasks make progress at a time with so many workers.
    pub(crate) fn at_a_time(self, workers: usize, cores: usize) -> usize {
        if self == Self::Sleep { workers } else { workers.min(cores) }
    }
}

/// The bytes of an order; what follows them in a parcel is the payload.
pub(super) const ORDER: usize = 16;

/// A task as it travels: its order, then as many bytes as it has to carry.
///
/// Bytes alone, because that is how a process pool takes large arguments with the fewest copies.
pub(super) fn parcel(kind: Kind, amount: u64, payload: u64) -> Vec<u8> {
    let mut parcel = vec![0xa5; ORDER + usize::try_from(payload).expect("a payload in memory")];
    parcel[..8].copy_from_slice(&(kind as u64).to_le_bytes());
    parcel[8..ORDER].copy_from_slice(&amount.to_le_bytes());
    parcel
}

/// Does what the parcel says, and returns how long it was.
pub(super) fn perform(parcel: Vec<u8>) -> u64 {
    let word = |at: usize| parcel[at..at + 8].try_into().map_or(0, u64::from_le_bytes);
    let (kind, amount) = (word(0), word(8));
    match Kind::ALL.get(usize::try_from(kind).unwrap_or(usize::MAX)) {
        Some(kind) => kind.work(amount),
        None => panic!("a parcel with the unknown order {kind}"),
    }
    parcel.len() as u64
}

impl Kind {
    fn work(self, amount: u64) {
        match self {
            Self::Cpu => _ = cost::spin(amount),
            Self::Memory => wander(amount),
            Self::Allocation => allocate(amount),
            Self::Sleep => thread::sleep(Duration::from_nanos(amount)),
        }
    }
}

/// Words of the block that a worker's memory-bound tasks walk through: 32 MiB.
const BLOCK: usize = 4 << 20;
/// Words of a cache line.
const LINE: usize = 8;

thread_local! {
    /// A worker's block, and where its last task stopped.
    static WALK: RefCell<(Vec<u64>, usize)> = const { RefCell::new((Vec::new(), 0)) };
}

fn wander(lines: u64) {
    WALK.with_borrow_mut(|(block, place)| {
        block.resize(BLOCK, 1);
        for _ in 0..lines {
            *place = (*place + LINE) % BLOCK;
            block[*place] = black_box(block[*place]).wrapping_add(1);
        }
    });
}

/// So many blocks of very different sizes, of which the last 32 live.
fn allocate(blocks: u64) {
    let mut living: [Vec<u8>; 32] = Default::default();
    for n in 0..blocks {
        let size = 16_usize << (cost::cheap(n) % 9);
        let mut block = Vec::with_capacity(size);
        block.push(7);
        living[n as usize % living.len()] = black_box(block);
    }
}

/// How much of each kind of work a core does in a microsecond when nobody else wants it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    per_us: [f64; 3],
}

impl Pace {
    /// Tries it out.
    pub(super) fn of_this_machine() -> Self {
        // The block of this thread is there before the clock runs.
        wander(1);
        let spin = cost::rounds_per_ms() as f64 / 1_000.0;
        Self { per_us: [spin, pace(Kind::Memory), pace(Kind::Allocation)] }
    }

    /// The amount of a task that is to take so long.
    pub(super) fn amount(&self, kind: Kind, nanos: u64) -> u64 {
        match self.per_us.get(kind as usize) {
            Some(per_us) => (per_us * nanos as f64 / 1_000.0).max(1.0) as u64,
            None => nanos,
        }
    }
}

fn pace(kind: Kind) -> f64 {
    const AMOUNT: u64 = 50_000;
    let took = |_| {
        let start = Instant::now();
        kind.work(AMOUNT);
        start.elapsed()
    };
    let best = (0..10).map(took).min().unwrap_or_default();
    AMOUNT as f64 / (best.as_secs_f64() * 1e6).max(1.0)
}

#[cfg(test)]
mod tests;
