use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::io::{Errno, read};
use rustix::process::Signal;

use crate::commons::{MOST_ITEMS, Progress};
use crate::process::{
    Body, Child, CodecError, Content, FrameError, Intake, Page, Reply, ReplyKind, Request,
    RequestKind, SLOTS, Turn, now, signal,
};

use super::flight::{Flight, Twice};
use super::job::{Order, Piece};
use super::outbox::{Flushed, Outbox};
use super::stored::Stored;
use super::tail::Tail;
use super::window::Window;

/// The program's side of one worker process.
pub(super) struct Lane {
    /// Never given twice in a pool.
    pub(super) serial: u64,
    /// The number of the worker in its pool.
    pub(super) index: u32,
    pub(super) child: Child,
    pub(super) state: LaneState,
    /// It has said that it is ready.
    pub(super) greeted: bool,
    /// Frames that were sent and not answered, the oldest first.
    pub(super) flights: VecDeque<Flight>,
    /// How many more items it may be sent.
    pub(super) quota: Option<u32>,
    /// Why it is being killed.
    pub(super) verdict: Option<Verdict>,
    /// It has been asked to end, by a signal that it could ignore.
    pub(super) asked_to_end: Option<Instant>,
    pub(super) stdout: Option<Tail>,
    pub(super) stderr: Option<Tail>,
    pub(super) window: Window,
    /// When it was last seen to do something.
    pub(super) lively: Instant,
    requests: Option<OwnedFd>,
    /// It has been told to leave.
    dismissed: bool,
    /// The worker's end, too: a write to a pipe that nobody can read would send the program a
    /// signal.
    _reader: OwnedFd,
    outbox: Outbox,
    /// Its pipe is full, and the manager is to be told when it no longer is.
    pub(super) clogged: bool,
    replies: OwnedFd,
    intake: Intake<Reply>,
    page: Arc<Page>,
    turn: Turn,
    /// Frames of which the worker has not been told.
    unsent: u32,
    seq: u32,
    taken: [bool; SLOTS],
}

/// How far a worker has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LaneState {
    /// It has not said that it is ready.
    Starting {
        since: Instant,
    },
    Ready,
    /// It has been given its last task, or none, and ends when it is done.
    Leaving {
        since: Instant,
    },
}

/// Why a worker is killed by the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Its task was ended, by a timeout or on request, and has been told so.
    TaskEnded,
    /// It used more memory than it may.
    Memory { used: u64 },
    /// It did not take up a task, or did not start, in time.
    Stuck,
    /// It said something that makes no sense.
    Garbled,
    /// The pool has no use for it any more.
    Unneeded,
}

/// What became of a frame of which nobody wants more.
pub(super) struct Stopped {
    /// An item of it runs, or has been run.
    pub(super) begun: bool,
    /// The items that will not be run.
    pub(super) left_out: Vec<Piece>,
}

/// What a worker said.
pub(super) enum Said<'a> {
    Hello,
    Refused(String),
    /// An answer for an item of a job.
    Item {
        key: u64,
        item: u32,
        kind: ReplyKind,
        content: Content<'a>,
    },
    /// All items of a piece of the job are answered, and took this long.
    Over {
        key: u64,
        spent: Duration,
    },
}

/// The worker's words make no sense; it counts as dead.
#[derive(Debug)]
pub(super) struct Garbled;

impl From<Twice> for Garbled {
    fn from(_: Twice) -> Self {
        Self
    }
}

impl From<FrameError> for Garbled {
    fn from(_: FrameError) -> Self {
        Self
    }
}

/// The ends that the program keeps of what connects it with a worker.
pub(super) struct Wiring {
    pub(super) requests: OwnedFd,
    /// The worker's end of the same pipe.
    pub(super) reader: OwnedFd,
    pub(super) replies: OwnedFd,
    pub(super) page: Page,
    pub(super) turn: Turn,
    pub(super) stdout: Option<Tail>,
    pub(super) stderr: Option<Tail>,
}

/// Bytes that may wait for a full pipe, beyond which no more is sent to a worker that has something
/// to do.
const ENOUGH_BYTES: usize = 256 << 10;

impl Lane {
    pub(super) fn new(
        serial: u64,
        index: u32,
        child: Child,
        wiring: Wiring,
        quota: Option<u32>,
        max_body: u64,
    ) -> Self {
        let Wiring { requests, reader, replies, page, turn, stdout, stderr } = wiring;
        let now = Instant::now();
        Self {
            serial,
            index,
            child,
            state: LaneState::Starting { since: now },
            greeted: false,
            flights: VecDeque::new(),
            quota,
            verdict: None,
            asked_to_end: None,
            stdout,
            stderr,
            window: Window::new(now),
            lively: now,
            requests: Some(requests),
            dismissed: false,
            _reader: reader,
            outbox: Outbox::new(),
            clogged: false,
            replies,
            intake: Intake::new(max_body),
            page: Arc::new(page),
            turn,
            unsent: 0,
            seq: 0,
            taken: [false; SLOTS],
        }
    }

    /// The descriptors that the manager watches.
    pub(super) fn replies(&self) -> impl AsFd {
        self.replies.as_fd()
    }

    pub(super) fn requests(&self) -> Option<impl AsFd> {
        self.requests.as_ref().map(OwnedFd::as_fd)
    }

    /// It may be given tasks.
    pub(super) fn works(&self) -> bool {
        self.state == LaneState::Ready && self.verdict.is_none() && self.quota != Some(0)
    }

    pub(super) fn is_idle(&self) -> bool {
        self.works() && self.flights.is_empty()
    }

    /// It is starting, and may be given a task to begin with.
    pub(super) fn is_awaited(&self) -> bool {
        self.is_starting()
            && self.verdict.is_none()
            && self.asked_to_end.is_none()
            && self.quota != Some(0)
            && self.flights.is_empty()
    }

    /// Frames of which something is still to be told.
    pub(super) fn open_flights(&self) -> usize {
        self.flights.iter().filter(|flight| flight.is_open()).count()
    }

    /// It is worth giving it more.
    pub(super) fn has_room(&self) -> bool {
        self.works()
            && self.flights.len() < self.window.size()
            && (self.outbox.is_empty() || self.outbox.bytes() < ENOUGH_BYTES)
    }

    /// The window is so empty that filling it is worth a system call.
    pub(super) fn is_hungry(&self) -> bool {
        self.has_room() && self.flights.len() <= self.window.size() / 2
    }

    /// Sends what the worker is told first.
    pub(super) fn boot(&mut self, boot: &Stored) {
        let request = plain(RequestKind::Boot, boot.len() as u64);
        self.outbox.push(|into| request.write(into), boot, 0..boot.len());
        self.unsent += 1;
    }

    /// The worker has started. It may have been asked to end before that.
    pub(super) fn ready(&mut self, now: Instant) {
        self.greeted = true;
        if self.is_starting() {
            self.state = LaneState::Ready;
        }
        self.lively = now;
        self.window.begin(now);
        if self.quota == Some(0) {
            self.leave(now);
        }
    }

    /// Takes as many items of the piece as the worker may have; the rest comes back.
    pub(super) fn send(&mut self, piece: Piece, order: &Order, now: Instant) -> Option<Piece> {
        let most = self.quota.unwrap_or(u32::MAX).min(piece.len()).min(MOST_ITEMS);
        let to = piece.from + most;
        let rest = (to < piece.to).then_some(Piece { from: to, ..piece });
        let piece = Piece { to, ..piece };
        if let Some(quota) = &mut self.quota {
            *quota -= most;
        }
        if self.flights.is_empty() {
            self.window.begin(now);
            self.lively = now;
        }
        self.seq = self.seq.wrapping_add(1);
        let (slot, seq) = (self.take_slot(), self.seq);
        self.page.claim(slot).offer(seq);
        let range = order.arguments.range(piece.from, piece.to);
        let metered = order.arguments.starts.is_some();
        let request = Request {
            kind: RequestKind::Run,
            timed: order.timeout.is_some(),
            metered,
            width: order.arguments.body.width(),
            slot,
            seq,
            items: piece.len(),
            wrapper: order.function.wrapper,
            function: order.function.offset,
            len: range.len() as u64,
        };
        self.outbox.push(|into| request.write(into), &order.arguments.body, range);
        self.unsent += 1;
        let flight = Flight::new((slot, seq), piece, now, order.timeout, metered);
        self.flights.push_back(flight);
        rest
    }

    fn take_slot(&mut self) -> u16 {
        let slot = self.taken.iter().position(|taken| !taken);
        let slot = slot.expect("a window is smaller than the number of places");
        self.taken[slot] = true;
        slot as u16
    }

    /// Writes what the pipe takes.
    pub(super) fn flush(&mut self) {
        let Some(requests) = &self.requests else { return };
        if self.outbox.is_empty() {
            return;
        }
        let flushed = self.outbox.flush(requests);
        // Also what the pipe has no room for: the worker is to make it, and not to look out for the rest.
        self.page.count_sent(std::mem::take(&mut self.unsent));
        // If nobody reads any more, its death will be noticed soon, and what it has not begun goes elsewhere.
        self.clogged = flushed == Flushed::Full;
        self.close_when_done();
    }

    /// Takes a frame back that the worker has not begun.
    pub(super) fn revoke(&mut self, at: usize) -> Option<Piece> {
        let flight = &self.flights[at];
        if flight.answers || !self.page.claim(flight.slot).revoke(flight.seq) {
            return None;
        }
        let piece = flight.piece;
        self.forget(at);
        if let Some(quota) = &mut self.quota {
            *quota += piece.len();
        }
        Some(piece)
    }

    /// Wants no more of a frame; the item that runs goes on to its end. `None`: the frame is
    /// answered already.
    pub(super) fn stop(&mut self, at: usize) -> Option<Stopped> {
        let flight = &mut self.flights[at];
        if flight.last().is_some() {
            return Some(Stopped { begun: true, left_out: Vec::new() });
        }
        let stopped = match self.page.claim(flight.slot).stop(flight.seq)? {
            Progress::Begun(item) => Stopped { begun: true, left_out: flight.stop_after(item) },
            _ => Stopped { begun: false, left_out: flight.unanswered() },
        };
        if !stopped.begun || flight.is_over() {
            self.forget(at);
        }
        Some(stopped)
    }

    /// Sees to it that this item of the frame is the last that the worker runs, and is not
    /// answered; false: it does not run any more.
    pub(super) fn condemn(&mut self, at: usize, item: u32) -> bool {
        let flight = &self.flights[at];
        self.page.claim(flight.slot).condemn(flight.seq, item)
    }

    /// Ends the worker, for this reason unless there was one before.
    pub(super) fn kill(&mut self, verdict: Verdict) {
        self.verdict.get_or_insert(verdict);
        self.signal(Signal::KILL);
    }

    pub(super) fn signal(&self, which: Signal) {
        // A process that has ended, which is no error, is the only one that cannot be signalled.
        let _ended = signal(self.child.pidfd.as_fd(), which);
    }

    /// How far the worker has come with the flight; items are counted within it.
    pub(super) fn progress(&self, flight: &Flight) -> Progress {
        if let Some(item) = flight.last() {
            return Progress::Begun(item);
        }
        match self.page.claim(flight.slot).progress(flight.seq) {
            // The page, which the worker can write, is wrong. The argument may be gone, so that the
            // task must not count as one that can be run elsewhere.
            Progress::Sent | Progress::Revoked | Progress::Condemned(_)
                if flight.answers && flight.piece.len() == 1 =>
            {
                Progress::Begun(0)
            }
            told => told,
        }
    }

    /// How long the item that runs has run.
    pub(super) fn running_for(&self) -> Duration {
        Duration::from_nanos(now().saturating_sub(self.page.begun_at()))
    }

    fn forget(&mut self, at: usize) {
        if let Some(flight) = self.flights.remove(at) {
            self.taken[usize::from(flight.slot)] = false;
        }
        self.settle();
        self.close_when_done();
    }

    /// Lets go the bodies that the worker has read.
    pub(super) fn settle(&mut self) {
        if let Some(requests) = &self.requests {
            self.outbox.settle(requests);
        }
    }

    /// Lets the worker go once it is done.
    pub(super) fn leave(&mut self, now: Instant) {
        if !matches!(self.state, LaneState::Leaving { .. }) {
            self.state = LaneState::Leaving { since: now };
        }
        self.close_when_done();
    }

    fn close_when_done(&mut self) {
        let leaving = matches!(self.state, LaneState::Leaving { .. });
        if !leaving || !self.flights.is_empty() || !self.outbox.is_empty() {
            return;
        }
        if self.dismissed {
            self.requests = None;
        } else {
            // The end of the pipe would do, but for a process that was forked off the program and
            // has it open.
            self.dismissed = true;
            let body = Stored::from(Body::default());
            self.outbox.push(|into| plain(RequestKind::Leave, 0).write(into), &body, 0..0);
            self.unsent += 1;
            self.flush();
        }
    }

    /// The program is about to sleep; false: there is something to read first.
    pub(super) fn hang_bell(&self) -> bool {
        self.page.bell().hang();
        !self.page.has_replies()
    }

    pub(super) fn has_replies(&self) -> bool {
        self.page.has_replies()
    }

    /// Reads everything that was published in the page, and tells it.
    pub(super) fn read_page(
        &mut self,
        scratch: &mut Vec<u8>,
        tell: &mut dyn FnMut(&mut Self, Said<'_>),
    ) -> Result<(), Garbled> {
        if !self.page.has_replies() {
            return Ok(());
        }
        scratch.clear();
        self.page.drain(&mut self.turn, scratch).map_err(|_| Garbled)?;
        let mut rest = scratch.as_slice();
        while !rest.is_empty() {
            let (header, body, after) = Reply::split(rest)?;
            self.hear(header, Content::Small(body), tell)?;
            rest = after;
        }
        Ok(())
    }

    /// Reads what is in the pipe, and tells it; `Ok(false)`: the pipe has ended.
    pub(super) fn read_pipe(
        &mut self,
        room: &mut dyn FnMut(Piece, usize) -> Result<Body, CodecError>,
        tell: &mut dyn FnMut(&mut Self, Said<'_>),
    ) -> Result<bool, Garbled> {
        // Others are served now and then, also while a large result comes in.
        const AT_MOST: usize = 4 << 20;
        let mut total = 0;
        while total < AT_MOST {
            let space = self.intake.space();
            let asked = space.len();
            let n = match read(&self.replies, space) {
                Ok(0) => return Ok(false),
                Ok(n) => n,
                Err(Errno::INTR) => continue,
                Err(Errno::AGAIN) => return Ok(true),
                Err(_) => return Ok(false),
            };
            total += n;
            self.lively = Instant::now();
            self.intake.filled(n);
            self.hear_pipe(room, tell)?;
            if n < asked {
                // There is nothing more now, and whoever watches the pipe is told when there is.
                return Ok(true);
            }
        }
        Ok(true)
    }

    fn hear_pipe(
        &mut self,
        room: &mut dyn FnMut(Piece, usize) -> Result<Body, CodecError>,
        tell: &mut dyn FnMut(&mut Self, Said<'_>),
    ) -> Result<(), Garbled> {
        loop {
            let Self { flights, outbox, requests, .. } = self;
            let next = self.intake.next(|reply| {
                match flights.iter_mut().find(|flight| flight.is_for(reply)) {
                    Some(flight) if reply.kind == ReplyKind::Value => {
                        flight.answers = true;
                        requests.iter().for_each(|pipe| outbox.settle(pipe));
                        room(flight.piece, reply.len as usize)
                    }
                    // Of a frame that was taken back, or a long text.
                    _ => Body::room_for::<Vec<u8>>(reply.len as usize),
                }
            })?;
            let Some(frame) = next else { return Ok(()) };
            let header = frame.header;
            // What is small and yet came through the pipe is rare: it found no room in the page.
            let (small, large) = match frame.content {
                Content::Small(bytes) => (bytes.to_vec(), None),
                Content::Large(body) => (Vec::new(), Some(Content::Large(body))),
                Content::Skipped(why) => (Vec::new(), Some(Content::Skipped(why))),
            };
            self.hear(header, large.unwrap_or(Content::Small(&small)), tell)?;
        }
    }

    fn hear(
        &mut self,
        reply: Reply,
        content: Content<'_>,
        tell: &mut dyn FnMut(&mut Self, Said<'_>),
    ) -> Result<(), Garbled> {
        match (reply.kind, &content) {
            (ReplyKind::Bell, _) => {}
            (ReplyKind::Hello, _) => tell(self, Said::Hello),
            (ReplyKind::Refused, Content::Small(why)) => {
                let why = String::from_utf8_lossy(why).into_owned();
                tell(self, Said::Refused(why));
            }
            (ReplyKind::Refused, _) => return Err(Garbled),
            (ReplyKind::Spent, Content::Small(bytes)) => {
                let nanoseconds = <[u8; 8]>::try_from(*bytes).map_err(|_| Garbled)?;
                let Some(at) = self.find(&reply)? else { return Ok(()) };
                self.flights[at].spend(Duration::from_nanos(u64::from_le_bytes(nanoseconds)))?;
                self.end_if_over(at, tell);
            }
            (ReplyKind::Spent, _) => return Err(Garbled),
            _ => self.hear_item(reply, content, tell)?,
        }
        Ok(())
    }

    fn hear_item(
        &mut self,
        reply: Reply,
        content: Content<'_>,
        tell: &mut dyn FnMut(&mut Self, Said<'_>),
    ) -> Result<(), Garbled> {
        let Some(at) = self.find(&reply)? else { return Ok(()) };
        let flight = &mut self.flights[at];
        flight.answer(reply.item)?;
        let (key, item) = (flight.piece.key, flight.piece.from + reply.item);
        tell(self, Said::Item { key, item, kind: reply.kind, content });
        self.end_if_over(at, tell);
        Ok(())
    }

    fn end_if_over(&mut self, at: usize, tell: &mut dyn FnMut(&mut Self, Said<'_>)) {
        let Some(flight) = self.flights.get(at).filter(|flight| flight.is_over()) else { return };
        let (key, spent) = (flight.piece.key, flight.spent());
        self.forget(at);
        tell(self, Said::Over { key, spent });
    }

    /// Where the flight is that a reply is for; `None`: it was taken back.
    fn find(&self, reply: &Reply) -> Result<Option<usize>, Garbled> {
        if let Some(at) = self.flights.iter().position(|flight| flight.is_for(reply)) {
            return Ok(Some(at));
        }
        // Numbers that were never given make no sense.
        let ahead = reply.seq.wrapping_sub(self.seq);
        if ahead != 0 && ahead < 1 << 31 { Err(Garbled) } else { Ok(None) }
    }

    /// Reads what the worker has printed; what it has closed is handed to `ended`.
    pub(super) fn read_tails(&mut self, mut ended: impl FnMut(BorrowedFd<'_>)) {
        for tail in [&mut self.stdout, &mut self.stderr].into_iter().flatten() {
            if !tail.read() {
                ended(tail.pipe());
            }
        }
    }

    /// Bytes of memory that the worker uses, as far as the system tells.
    pub(super) fn memory(&self) -> io::Result<u64> {
        let text = std::fs::read_to_string(format!("/proc/{}/statm", self.child.pid))?;
        let pages = text.split(' ').nth(1).and_then(|field| field.parse::<u64>().ok());
        let pages = pages.ok_or(io::ErrorKind::InvalidData)?;
        Ok(pages * rustix::param::page_size() as u64)
    }
}

/// A frame that carries no task.
fn plain(kind: RequestKind, len: u64) -> Request {
    Request {
        kind,
        timed: false,
        metered: false,
        width: 1,
        slot: 0,
        seq: 0,
        items: 0,
        wrapper: 0,
        function: 0,
        len,
    }
}
