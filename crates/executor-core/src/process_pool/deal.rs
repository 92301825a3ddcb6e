//! Which worker gets which task.

use std::time::{Duration, Instant};

use super::lane::{Lane, LaneState};
use super::ledger::Ledger;

/// Most workers are ready long before.
const LATE: Duration = Duration::from_millis(50);

impl Ledger {
    /// Gives the backlog to whoever has room for it, and to idle workers what others have not begun.
    pub(super) fn deal(&mut self) {
        self.take_back_late();
        self.hand_out(Lane::is_hungry);
        self.hand_ahead();
        self.balance();
    }

    /// How many workers have something to do, and are not being killed.
    fn busy(&self) -> usize {
        let busy = |lane: &&Lane| lane.verdict.is_none() && !lane.flights.is_empty();
        self.lanes.iter().filter(busy).count()
    }

    /// Gives the backlog to the lanes that qualify, the emptiest first. The successor of a worker
    /// that runs its last task gets nothing before that has ended.
    pub(super) fn hand_out(&mut self, qualifies: impl Fn(&Lane) -> bool) {
        while self.backlog.len() > 0 {
            let full = self.busy() >= self.max_workers;
            let lanes = self.lanes.iter().enumerate().filter(|(_, lane)| qualifies(lane));
            match lanes.min_by_key(|(_, lane)| (full && lane.is_idle(), lane.flights.len())) {
                None => return,
                // Whoever can begin at once goes before a worker that still has to start.
                Some((_, lane)) if full && lane.is_idle() => {
                    if !self.take_back_ahead() {
                        return;
                    }
                }
                Some((at, _)) => {
                    if !self.fill(at) {
                        return;
                    }
                }
            }
        }
    }

    /// Fills the window of a lane, with its fair share if others are free too.
    fn fill(&mut self, at: usize) -> bool {
        let now = Instant::now();
        let others = self.lanes.iter().filter(|lane| lane.has_room()).count().max(1);
        let share = self.backlog.len().div_ceil(others);
        let lane = &mut self.lanes[at];
        let mut sent = 0;
        while sent < share && lane.has_room() {
            let Some(piece) = self.backlog.pop(&self.jobs) else { break };
            let Some(job) = self.jobs.get(piece.key) else { continue };
            if let Some(rest) = lane.send(piece, &job.order, now) {
                self.backlog.push_front(rest);
            }
            sent += 1;
        }
        lane.flush();
        if lane.quota == Some(0) {
            lane.leave(now);
        }
        sent > 0
    }

    /// Lets workers that have nothing to do take over what others have not begun.
    pub(super) fn balance(&mut self) {
        while self.backlog.len() == 0 && self.lanes.iter().any(Lane::is_idle) {
            if self.take_back_ahead() {
                self.hand_out(Lane::is_idle);
                continue;
            }
            let lanes = self.lanes.iter().enumerate().filter(|(_, lane)| lane.flights.len() > 1);
            let Some((from, lane)) = lanes.max_by_key(|(_, lane)| lane.flights.len()) else {
                return;
            };
            let half = lane.flights.len().div_ceil(2);
            if !self.take_back(from, half) {
                return;
            }
            self.hand_out(Lane::is_idle);
        }
    }

    /// Puts the frames from `first` on back into the backlog, but for what has begun.
    pub(super) fn take_back(&mut self, lane: usize, first: usize) -> bool {
        let lane = &mut self.lanes[lane];
        let mut any = false;
        for at in (first.max(1)..lane.flights.len()).rev() {
            if let Some(piece) = lane.revoke(at) {
                self.backlog.push_front(piece);
                any = true;
            }
        }
        any
    }

    /// Gives each worker that is starting a task to begin with. It finds it when it is ready, and
    /// the program need not be woken for that. One that takes long gets nothing while others work.
    pub(super) fn hand_ahead(&mut self) {
        if self.busy() >= self.max_workers {
            return;
        }
        let now = Instant::now();
        let others = self.lanes.iter().any(Lane::works);
        while self.backlog.len() > 0 && self.busy() < self.max_workers {
            let in_time = |lane: &&mut Lane| lane.is_awaited() && !(others && lane.is_late(now));
            let Some(lane) = self.lanes.iter_mut().find(in_time) else { return };
            let Some(piece) = self.backlog.pop(&self.jobs) else { return };
            let Some(job) = self.jobs.get(piece.key) else { continue };
            if let Some(rest) = lane.send(piece, &job.order, now) {
                self.backlog.push_front(rest);
            }
            lane.flush();
        }
    }

    /// Takes back what a worker that is starting was given; false: none has anything.
    fn take_back_ahead(&mut self) -> bool {
        self.take_back_from(|_| true)
    }

    /// Takes back what waits for workers that take long to start, before others get what came
    /// later.
    fn take_back_late(&mut self) {
        if self.backlog.len() == 0 || !self.lanes.iter().any(Lane::is_hungry) {
            return;
        }
        let now = Instant::now();
        while self.take_back_from(|lane| lane.is_late(now)) {}
    }

    /// Takes back what one worker was given that is starting and qualifies; false: none has
    /// anything.
    fn take_back_from(&mut self, qualifies: impl Fn(&Lane) -> bool) -> bool {
        let given =
            |lane: &&mut Lane| lane.is_starting() && !lane.flights.is_empty() && qualifies(lane);
        let mut starting = self.lanes.iter_mut().filter(given);
        let Some(piece) = starting.find_map(|lane| lane.revoke(0)) else { return false };
        self.backlog.push_front(piece);
        true
    }

    /// Takes back what an unresponsive worker was to begin with; false: it has just begun it.
    pub(super) fn take_back_first(&mut self, lane: usize) -> bool {
        let Some(piece) = self.lanes[lane].revoke(0) else { return false };
        self.backlog.push_front(piece);
        true
    }
}

impl Lane {
    /// It is starting, and takes long.
    fn is_late(&self, now: Instant) -> bool {
        match self.state {
            LaneState::Starting { since } => now.saturating_duration_since(since) > LATE,
            _ => false,
        }
    }
}
