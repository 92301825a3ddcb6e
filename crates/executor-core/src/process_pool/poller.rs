use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::event::{EventfdFlags, Timespec, eventfd};
use rustix::io::{Errno, read, write};

use super::lane::Lane;

/// What the manager waits for: words from workers, their ends, room in their pipes, and a call.
#[derive(Debug)]
pub(super) struct Poller {
    epoll: OwnedFd,
    call: OwnedFd,
}

/// What has happened to the worker with this serial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Called,
    /// There is something in its pipe.
    Spoke(u64),
    /// Its process has ended.
    Ended(u64),
    /// There is room in its pipe.
    Drained(u64),
    /// It has written to its standard output or error.
    Printed(u64),
}

const KINDS: u64 = 8;

impl Event {
    fn code(self) -> u64 {
        match self {
            Self::Called => 0,
            Self::Spoke(serial) => serial * KINDS + 1,
            Self::Ended(serial) => serial * KINDS + 2,
            Self::Drained(serial) => serial * KINDS + 3,
            Self::Printed(serial) => serial * KINDS + 4,
        }
    }

    fn of(code: u64) -> Self {
        let serial = code / KINDS;
        match code % KINDS {
            1 => Self::Spoke(serial),
            2 => Self::Ended(serial),
            3 => Self::Drained(serial),
            4 => Self::Printed(serial),
            _ => Self::Called,
        }
    }
}

impl Poller {
    pub(super) fn new() -> io::Result<Self> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        let call = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        epoll::add(&epoll, &call, EventData::new_u64(Event::Called.code()), EventFlags::IN)?;
        Ok(Self { epoll, call })
    }

    /// Wakes whoever waits, or whoever waits next.
    pub(super) fn call(&self) {
        // The only possible failure is a counter that is full, and then somebody has called
        // already.
        let _called = write(&self.call, &1_u64.to_ne_bytes());
    }

    /// Watches a worker from now on.
    pub(super) fn watch(&self, lane: &Lane) -> io::Result<()> {
        let serial = lane.serial;
        self.add(lane.replies(), Event::Spoke(serial), EventFlags::IN)?;
        self.add(&lane.child.pidfd, Event::Ended(serial), EventFlags::IN)?;
        if let Some(requests) = lane.requests() {
            self.add(requests, Event::Drained(serial), EventFlags::ONESHOT)?;
        }
        for tail in lane.stdout.iter().chain(&lane.stderr) {
            self.add(tail.pipe(), Event::Printed(serial), EventFlags::IN)?;
        }
        Ok(())
    }

    fn add(&self, source: impl AsFd, event: Event, flags: EventFlags) -> io::Result<()> {
        Ok(epoll::add(&self.epoll, source, EventData::new_u64(event.code()), flags)?)
    }

    /// Tells once when there is room in the pipe of a worker.
    pub(super) fn watch_room(&self, lane: &Lane) {
        let Some(requests) = lane.requests() else { return };
        let data = EventData::new_u64(Event::Drained(lane.serial).code());
        let flags = EventFlags::OUT | EventFlags::ONESHOT;
        let watched = epoll::modify(&self.epoll, requests, data, flags);
        debug_assert!(watched.is_ok(), "the pipe has been added");
    }

    /// Hears nothing of a worker any more. Closing is not enough where the program was forked.
    pub(super) fn unwatch(&self, lane: &Lane) {
        self.forget(lane.replies());
        self.forget(&lane.child.pidfd);
        if let Some(requests) = lane.requests() {
            self.forget(requests);
        }
        for tail in lane.stdout.iter().chain(&lane.stderr) {
            self.forget(tail.pipe());
        }
    }

    /// Hears no more of what has ended.
    pub(super) fn forget(&self, source: impl AsFd) {
        let _not_there = epoll::delete(&self.epoll, source);
    }

    /// Waits for events until the deadline; `None` is for ever.
    pub(super) fn wait(&self, deadline: Option<Instant>) -> Vec<Event> {
        self.wait_for(deadline.map(|at| timespec(at.saturating_duration_since(Instant::now()))))
    }

    /// The events that have happened already.
    pub(super) fn look(&self) -> Vec<Event> {
        self.wait_for(Some(Timespec::default()))
    }

    fn wait_for(&self, timeout: Option<Timespec>) -> Vec<Event> {
        const AT_ONCE: usize = 64;
        let mut events = Vec::with_capacity(AT_ONCE);
        match epoll::wait(&self.epoll, spare_capacity(&mut events), timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => panic!("the system refuses to wait for worker processes: {error}"),
        }
        let events: Vec<Event> = events.iter().map(|event| Event::of(event.data.u64())).collect();
        if events.contains(&Event::Called) {
            let mut count = [0; 8];
            let _emptied = read(&self.call, &mut count);
        }
        events
    }
}

/// Rounded up to whole milliseconds, so that nobody is woken just before the time.
fn timespec(left: Duration) -> Timespec {
    let millis = left.as_nanos().div_ceil(1_000_000);
    let capped = i64::try_from(millis).unwrap_or(i64::MAX).min(i64::from(i32::MAX));
    Timespec { tv_sec: capped / 1000, tv_nsec: capped % 1000 * 1_000_000 }
}
