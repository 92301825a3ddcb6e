use std::time::{Duration, Instant};

/// How many frames may be in flight to one worker.
///
/// Two of them hide the way to the worker and back. More are worth it for tasks that are over before
/// the program is back with the next; many short ones then share a write.
#[derive(Debug)]
pub(super) struct Window {
    /// What a frame takes, as far as is known.
    per_frame: Option<Duration>,
    /// Since when the worker has had something to do without an answer.
    since: Instant,
    size: usize,
}

/// The worker runs half of this while the program comes back with more, as a window is filled when it
/// is half empty. The program may have to wait for a core: where workers keep all of them busy, the
/// system lets each go on for some milliseconds. With less, workers run out of tasks of 1 ms
/// (`executor-bench peers --filter process_grain`).
const AHEAD: Duration = Duration::from_millis(12);
/// With less than this many frames, a wake-up on either side would be waited for.
pub(super) const LEAST: usize = 2;
/// The most frames.
const MOST: usize = 96;

impl Window {
    pub(super) fn new(now: Instant) -> Self {
        Self { per_frame: None, since: now, size: LEAST }
    }

    /// An idle worker has got something to do.
    pub(super) fn begin(&mut self, now: Instant) {
        self.since = now;
    }

    /// So many frames have been answered. A slow one counts at once, as it means that the others
    /// wait behind it; fast ones only little by little.
    pub(super) fn learn(&mut self, frames: usize, now: Instant) {
        let seen = now.saturating_duration_since(self.since) / frames.max(1) as u32;
        self.since = now;
        let per_frame = match self.per_frame {
            Some(known) if seen < known => known / 2 + seen / 2,
            _ => seen,
        };
        self.per_frame = Some(per_frame);
        let fit = AHEAD.as_nanos() / per_frame.as_nanos().max(1);
        self.size = usize::try_from(fit).unwrap_or(MOST).clamp(LEAST, MOST);
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }
}

#[cfg(test)]
mod tests;
