//! What a worker does is done here by hand, on the worker's side of a page.

use std::os::fd::OwnedFd;
use std::sync::mpsc::{Receiver, Sender, channel};

use executor_sync::process::Luggage;
use rustix::io::write;
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::*;
use crate::commons::{Progress, Step};
use crate::process::{Body, Child, CodecError, Function, Page, Reply, ReplyKind, Turn};
use crate::process_pool::config::Config;
use crate::process_pool::job::Arguments;
use crate::process_pool::lane::Wiring;
use crate::process_pool::sink::Results;

/// Tells how many items a job ended with, and whether others were left out.
struct Ear(Sender<Option<(usize, bool)>>);

impl Sink for Ear {
    fn room(&self, _spare: Option<Body>, len: usize) -> Result<Body, CodecError> {
        Body::room_for::<Vec<u8>>(len)
    }

    fn finish(self: Box<Self>, results: Results) {
        self.0.send(Some((results.landed.len(), results.cut))).unwrap();
    }

    fn fail(self: Box<Self>, _error: TaskError) {
        self.0.send(None).unwrap();
    }

    fn cancel(&self) {}

    fn tell(self: Box<Self>) {
        self.0.send(None).unwrap();
    }

    fn set_key(&self, _key: u64) {}
}

/// A pool whose only worker is this test.
struct Rig {
    ledger: Ledger,
    page: Page,
    turn: Turn,
    /// The worker's ends of its pipes.
    theirs: [OwnedFd; 2],
}

impl Rig {
    fn new() -> Self {
        let mut rig = Self::starting(None);
        rig.ledger.lanes[0].state = LaneState::Ready;
        rig
    }

    /// Its worker has not said that it is ready.
    fn starting(quota: Option<u32>) -> Self {
        let own = Pid::from_raw(std::process::id().cast_signed()).unwrap();
        let pidfd = pidfd_open(own, PidfdFlags::empty()).unwrap();
        let child = Child { pid: std::process::id(), pidfd };
        let (reader, requests) = pipe_with(PipeFlags::CLOEXEC).unwrap();
        let (replies, theirs) = pipe_with(PipeFlags::CLOEXEC).unwrap();
        let (page, turn, memory) = Page::create().unwrap();
        let other = reader.try_clone().unwrap();
        let wiring = Wiring { requests, reader, replies, page, turn, stdout: None, stderr: None };
        let lane = Lane::new(1, 0, child, wiring, quota, 1 << 20);
        let mut ledger = Ledger::new(1);
        ledger.lanes.push(lane);
        let (page, turn) = Page::open(&memory).unwrap();
        Self { ledger, page, turn, theirs: [other, theirs] }
    }

    /// A chunk of three items, which is sent at once.
    fn chunk(&mut self) -> Receiver<Option<(usize, bool)>> {
        let (bytes, starts) = (vec![0; 12], vec![0, 4, 8]);
        self.accept(Arguments { body: Body::Bytes(bytes).into(), starts: Some(starts) })
    }

    fn accept(&mut self, arguments: Arguments) -> Receiver<Option<(usize, bool)>> {
        let (sender, receiver) = channel();
        let order = Order {
            function: Function { wrapper: 0, offset: 0 },
            arguments,
            timeout: None,
            retries: 0,
            _luggage: Luggage::default(),
        };
        self.ledger.accept(order, Box::new(Ear(sender)));
        receiver
    }

    fn publish_hello(&mut self) {
        let hello = Reply { kind: ReplyKind::Hello, slot: 0, seq: 0, item: 0, len: 0 };
        assert!(self.page.push(&mut self.turn, &hello.to_bytes(), &[]));
    }

    fn say_hello(&mut self) {
        self.publish_hello();
        self.ledger.read_pages(&mut Vec::new());
    }

    fn begin(&self, item: u32) -> Step {
        self.page.claim(0).begin(1, item)
    }

    fn publish_answer(&mut self, item: u32) {
        let reply = Reply { kind: ReplyKind::Value, slot: 0, seq: 1, item, len: 0 };
        assert!(self.page.push(&mut self.turn, &reply.to_bytes(), &[]));
    }

    fn answer(&mut self, item: u32) {
        self.publish_answer(item);
        self.ledger.read_pages(&mut Vec::new());
    }

    fn deliver(&mut self) {
        self.ledger.deliveries.drain(..).for_each(Delivery::run);
    }
}

#[test]
fn a_chunk_that_is_cancelled_while_an_item_runs_ends_with_that_item() {
    let mut rig = Rig::new();
    let told = rig.chunk();
    assert_eq!(rig.begin(0), Step::On);
    rig.ledger.cancel_queued();
    rig.deliver();
    assert!(told.try_recv().is_err(), "its first item still runs");
    rig.answer(0);
    rig.deliver();
    assert_eq!(told.try_recv().unwrap(), Some((1, true)));
    assert_eq!(rig.begin(1), Step::Leave);
    assert!(rig.ledger.lanes[0].flights.is_empty());
}

/// Its argument's memory may be in use for the answer, so it is not sent again, even if the worker
/// has overwritten the page, which says that the task was not begun.
#[test]
fn a_task_whose_answer_has_begun_to_come_has_begun() {
    let mut rig = Rig::new();
    let _told = rig.accept(Arguments::single(Body::Bytes(vec![1; 40_000])));
    let progress = |rig: &Rig| {
        let lane = &rig.ledger.lanes[0];
        lane.progress(&lane.flights[0])
    };
    assert_eq!(progress(&rig), Progress::Sent);
    let reply = Reply { kind: ReplyKind::Value, slot: 0, seq: 1, item: 0, len: 40_000 };
    write(&rig.theirs[1], &reply.to_bytes()).unwrap();
    assert!(rig.ledger.read_pipe(1));
    assert_eq!(progress(&rig), Progress::Begun(0));
    assert!(rig.ledger.lanes[0].revoke(0).is_none());
}

/// Between its answer for an item and the step to the next one, a worker has begun nothing else.
#[test]
fn a_chunk_that_is_cancelled_between_two_items_ends_at_once() {
    let mut rig = Rig::new();
    let told = rig.chunk();
    assert_eq!(rig.begin(0), Step::On);
    rig.answer(0);
    rig.ledger.cancel_queued();
    rig.deliver();
    assert_eq!(told.try_recv().unwrap(), Some((1, true)));
    assert_eq!(rig.begin(1), Step::Leave);
    assert_eq!(rig.ledger.jobs.len(), 0);
}

#[test]
fn a_chunk_that_has_not_begun_is_cancelled_as_a_whole() {
    let mut rig = Rig::new();
    let told = rig.chunk();
    rig.ledger.cancel_queued();
    rig.deliver();
    assert_eq!(told.try_recv().unwrap(), None);
    assert_eq!(rig.begin(0), Step::Leave);
    assert_eq!(rig.ledger.cancelled, 1);
}

#[test]
fn a_worker_that_starts_finds_a_task() {
    let mut rig = Rig::starting(None);
    let told = rig.chunk();
    assert_eq!(rig.ledger.backlog.len(), 0);
    assert_eq!(rig.ledger.stats().queued, 1);
    rig.say_hello();
    assert_eq!(rig.begin(0), Step::On);
    (0..3).for_each(|item| rig.answer(item));
    assert_eq!(rig.ledger.lanes[0].state, LaneState::Ready);
    rig.deliver();
    assert!(told.try_recv().is_err(), "how long it took is told after that");
}

#[test]
fn what_a_worker_was_given_before_it_is_ready_can_be_cancelled() {
    let mut rig = Rig::starting(None);
    let told = rig.chunk();
    rig.ledger.cancel_queued();
    rig.deliver();
    assert_eq!(told.try_recv().unwrap(), None);
    rig.say_hello();
    assert_eq!(rig.begin(0), Step::Leave);
}

#[test]
fn a_worker_that_may_run_only_what_it_was_given_leaves_after_that() {
    let mut rig = Rig::starting(Some(3));
    let _told = rig.chunk();
    assert!(rig.ledger.lanes[0].is_starting(), "it has not spoken yet");
    rig.say_hello();
    assert!(matches!(rig.ledger.lanes[0].state, LaneState::Leaving { .. }));
    assert_eq!(rig.begin(0), Step::On);
}

#[test]
fn a_task_that_comes_while_a_starting_worker_is_busy_calls_another() {
    let mut rig = Rig::starting(None);
    rig.ledger.max_workers = 2;
    let _first = rig.chunk();
    assert!(!rig.ledger.crew.wants(2));
    assert_eq!(rig.begin(0), Step::On);
    let _second = rig.chunk();
    assert!(rig.ledger.crew.wants(2), "the first is busy, though not heard to be ready");
}

/// Its task may have been begun just before it was to be found to be too slow.
#[test]
fn a_worker_that_has_begun_is_not_too_slow_to_start() {
    let mut rig = Rig::starting(None);
    let _told = rig.chunk();
    assert_eq!(rig.begin(0), Step::On);
    rig.ledger.lanes[0].state = LaneState::Starting { since: long_ago() };
    rig.ledger.check_times(&Config::new());
    assert_eq!(rig.ledger.lanes[0].verdict, None);
}

/// What was given to a worker that takes long to start is not overtaken by all that comes later.
#[test]
fn a_task_does_not_wait_for_a_worker_that_takes_long_to_start() {
    let mut rig = Rig::starting(None);
    rig.ledger.max_workers = 2;
    let [_first, _second] = [(); 2].map(|()| rig.chunk());
    assert_eq!(rig.ledger.backlog.len(), 1);
    let mut other = Rig::new();
    rig.ledger.lanes.push(other.ledger.lanes.remove(0));
    rig.ledger.lanes[0].state = LaneState::Starting { since: long_ago() };
    rig.ledger.deal();
    assert_eq!(rig.begin(0), Step::Leave, "it went to the other");
    assert_eq!(other.begin(0), Step::On);
}

/// A program that has been busy hears of both at once, and cannot know how long the task took.
#[test]
fn what_was_answered_before_the_greeting_was_heard_is_no_sign_of_speed() {
    let mut rig = Rig::starting(None);
    let _told = rig.chunk();
    rig.publish_hello();
    assert_eq!(rig.begin(0), Step::On);
    (0..3).for_each(|item| rig.publish_answer(item));
    let spent = Reply { kind: ReplyKind::Spent, slot: 0, seq: 1, item: 2, len: 8 };
    assert!(rig.page.push(&mut rig.turn, &spent.to_bytes(), &[0; 8]));
    rig.ledger.read_pages(&mut Vec::new());
    assert!(rig.ledger.lanes[0].is_idle());
    assert_eq!(rig.ledger.lanes[0].window.size(), LEAST);
}

fn long_ago() -> Instant {
    Instant::now().checked_sub(std::time::Duration::from_secs(60)).expect("the clock began before")
}
