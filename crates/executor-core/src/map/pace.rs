use std::time::Duration;

/// How many items to send at a time, and how many may be on their way.
///
/// A chunk should hold enough work to make its own cost vanish and little enough to keep all
/// workers busy to the end. The time an item takes is measured as results come back.
#[derive(Debug)]
pub(crate) struct Pace {
    workers: usize,
    chunksize: Option<usize>,
    buffersize: Option<usize>,
    /// What an item takes, in nanoseconds; `None` until the first result.
    per_item: Option<f64>,
}

/// The work in a chunk: a few hundred times what a chunk costs.
const AIM: Duration = Duration::from_micros(75);
/// With tiny items, how many may be on their way for each worker.
const ITEMS_AHEAD: usize = 1 << 15;
/// With large items, how many chunks may be on their way for each worker: enough for the others to
/// go on while one item takes a hundred times as long as a chunk should.
const CHUNKS_AHEAD: usize = 128;

impl Pace {
    /// The pace for a pool of so many workers.
    pub(crate) fn adaptive(workers: usize) -> Self {
        Self { workers: workers.max(1), chunksize: None, buffersize: None, per_item: None }
    }

    /// One item at a time, pulled when it is wanted.
    pub(crate) fn one_by_one() -> Self {
        Self { workers: 1, chunksize: Some(1), buffersize: Some(1), per_item: None }
    }

    pub(crate) fn set_chunksize(&mut self, n: usize) {
        self.chunksize = Some(n);
    }

    pub(crate) fn set_buffersize(&mut self, n: usize) {
        self.buffersize = Some(n);
    }

    /// Learns from a chunk of so many items. A slow chunk counts at once, as it means that chunks
    /// are too large; fast ones only little by little.
    pub(crate) fn learn(&mut self, items: usize, spent: Duration) {
        let seen = spent.as_nanos() as f64 / items.max(1) as f64;
        self.per_item = Some(match self.per_item {
            Some(known) if seen < known => known * 0.5 + seen * 0.5,
            _ => seen,
        });
    }

    /// How many items to pull now, when `pulled` of them in `chunks` chunks have not been yielded
    /// and about `left` are known to remain; zero: enough are on their way.
    pub(crate) fn next(&self, pulled: usize, chunks: usize, left: Option<usize>) -> usize {
        let limit = self.buffersize.unwrap_or(self.workers.saturating_mul(ITEMS_AHEAD));
        let size = self.size(limit, left);
        if self.buffersize.is_none() && self.chunksize.is_some() {
            // A wish for large chunks must not leave all but one worker without any.
            return if chunks < 2 * self.workers + 2 { size } else { 0 };
        }
        let full = limit - pulled.min(limit) < size || chunks >= self.workers * CHUNKS_AHEAD;
        if full { 0 } else { size }
    }

    fn size(&self, limit: usize, left: Option<usize>) -> usize {
        if let Some(chunksize) = self.chunksize {
            return chunksize.min(limit).max(1);
        }
        let Some(per_item) = self.per_item else {
            return 1;
        };
        let by_time = (AIM.as_nanos() as f64 / per_item.max(0.1)) as usize;
        let by_room = limit / (2 * self.workers + 2);
        // Towards the end chunks shrink, so that all workers end together.
        let by_rest = left.map_or(usize::MAX, |left| left / (4 * self.workers));
        by_time.min(by_room).min(by_rest).max(1)
    }
}
