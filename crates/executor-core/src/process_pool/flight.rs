use std::time::{Duration, Instant};

use crate::process::Reply;

use super::job::Piece;

/// A frame that was sent to a worker and not answered in full.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) slot: u16,
    pub(super) seq: u32,
    pub(super) piece: Piece,
    pub(super) sent_at: Instant,
    pub(super) timeout: Option<Duration>,
    /// The worker will say how long it took, after the last item.
    metered: bool,
    spent: Option<Duration>,
    /// An answer has begun to come.
    pub(super) answers: bool,
    /// Nobody wants more of it than the answer for this item, after which the worker leaves it.
    last: Option<u32>,
    /// How many items were not answered.
    open: u32,
    /// A bit for each item that was answered. Large results overtake small ones, or are overtaken.
    answered: Vec<u64>,
}

/// The answer is one that cannot be.
#[derive(Debug)]
pub(super) struct Twice;

impl Flight {
    pub(super) fn new(
        (slot, seq): (u16, u32),
        piece: Piece,
        sent_at: Instant,
        timeout: Option<Duration>,
        metered: bool,
    ) -> Self {
        let words = if piece.len() > 1 { piece.len().div_ceil(u64::BITS) as usize } else { 0 };
        let answered = vec![0; words];
        Self {
            slot,
            seq,
            piece,
            sent_at,
            timeout,
            metered,
            spent: None,
            answers: false,
            last: None,
            open: piece.len(),
            answered,
        }
    }

    pub(super) fn is_for(&self, reply: &Reply) -> bool {
        self.slot == reply.slot && self.seq == reply.seq
    }

    /// Notes the answer for an item, counted within the frame.
    pub(super) fn answer(&mut self, item: u32) -> Result<(), Twice> {
        if item >= self.piece.len() || self.is_answered(item) {
            return Err(Twice);
        }
        if let Some(word) = self.answered.get_mut((item / u64::BITS) as usize) {
            *word |= 1 << (item % u64::BITS);
        }
        self.open -= 1;
        Ok(())
    }

    fn is_answered(&self, item: u32) -> bool {
        match self.answered.get((item / u64::BITS) as usize) {
            Some(word) => word & 1 << (item % u64::BITS) != 0,
            None => self.open == 0,
        }
    }

    /// Notes how long the worker says that the frame took.
    pub(super) fn spend(&mut self, spent: Duration) -> Result<(), Twice> {
        let first = self.metered && self.spent.replace(spent).is_none();
        if first { Ok(()) } else { Err(Twice) }
    }

    /// Something of it is still to be told.
    pub(super) fn is_open(&self) -> bool {
        self.open > 0 && !self.is_over()
    }

    /// All that the worker has to say of it has been said.
    pub(super) fn is_over(&self) -> bool {
        match self.last {
            // The answer for the last one may have overtaken a large one before it.
            Some(item) => (0..=item).all(|item| self.is_answered(item)),
            None => self.open == 0 && (self.spent.is_some() || !self.metered),
        }
    }

    pub(super) fn spent(&self) -> Duration {
        self.spent.unwrap_or_default()
    }

    /// Wants no more of it than the answer for this item, which runs; returns what is left out.
    pub(super) fn stop_after(&mut self, item: u32) -> Vec<Piece> {
        let open = self.unanswered();
        self.last = Some(item);
        let behind = open.into_iter().map(|run| run.behind(self.piece.from + item));
        behind.filter(|run| run.len() > 0).collect()
    }

    /// The item that runs, of a frame that was stopped.
    pub(super) fn last(&self) -> Option<u32> {
        self.last
    }

    /// The items that were not answered and are still wanted, in runs.
    pub(super) fn unanswered(&self) -> Vec<Piece> {
        let mut runs: Vec<Piece> = Vec::new();
        let end = self.last.map_or(self.piece.len(), |last| last + 1);
        for item in (0..end).filter(|item| !self.is_answered(*item)) {
            let at = self.piece.from + item;
            match runs.last_mut() {
                Some(run) if run.to == at => run.to += 1,
                _ => runs.push(Piece { key: self.piece.key, from: at, to: at + 1 }),
            }
        }
        runs
    }
}

#[cfg(test)]
mod tests;
