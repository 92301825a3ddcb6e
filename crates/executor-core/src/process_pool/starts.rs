//! How the manager orders workers and takes them in.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Instant;

use rustix::fs::{OFlags, fcntl_setfl};
use rustix::pipe::{PipeFlags, pipe_with};

use crate::process::{self, Child, Ends, Order, Output, Page};

use super::deaths::too_slow;
use super::lane::{Lane, Wiring};
use super::ledger::Ledger;
use super::options::WorkerOutput;
use super::shared::Shared;
use super::tail::Tail;

/// Orders the workers that are missing.
pub(super) fn order_missing(shared: &Arc<Shared>) {
    let now = Instant::now();
    loop {
        let mut ledger = shared.ledger.lock();
        if ledger.missing(now) == 0 {
            return;
        }
        let Ledger { crew, lanes, .. } = &mut *ledger;
        let (index, serial) = crew.order(|index| lanes.iter().any(|lane| lane.index == index));
        drop(ledger);
        order_one(shared, index, serial);
    }
}

fn order_one(shared: &Arc<Shared>, index: u32, serial: u64) {
    let wired = wire(shared, index);
    let taker = Arc::clone(shared);
    match wired {
        Ok((wiring, order)) => {
            let tell = move |started: io::Result<Child>| {
                take_in(&taker, index, serial, started.map(|child| (child, wiring)));
            };
            process::start(order, Box::new(tell));
        }
        Err(error) => take_in(&taker, index, serial, Err(error)),
    }
}

/// Makes what connects the program with a worker.
fn wire(shared: &Shared, index: u32) -> io::Result<(Wiring, Order)> {
    let config = &shared.config;
    let (their_requests, requests) = pipe()?;
    let (replies, their_replies) = pipe()?;
    let reader = their_requests.try_clone()?;
    unblock(&requests)?;
    unblock(&replies)?;
    let (page, turn, memory) = Page::create()?;
    let (stdout, their_stdout) = output(config.stdout)?;
    let (stderr, their_stderr) = output(config.stderr)?;
    let order = Order {
        ends: Ends { requests: their_requests, replies: their_replies, page: memory },
        title: format!("{} [{} worker {index}]", shared.program, shared.name),
        env: config.env.clone(),
        stdout: their_stdout,
        stderr: their_stderr,
        method: shared.method.clone(),
        patience: config.start_timeout,
    };
    Ok((Wiring { requests, reader, replies, page, turn, stdout, stderr }, order))
}

fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(pipe_with(PipeFlags::CLOEXEC)?)
}

fn unblock(end: &OwnedFd) -> io::Result<()> {
    Ok(fcntl_setfl(end, OFlags::NONBLOCK)?)
}

fn output(wish: WorkerOutput) -> io::Result<(Option<Tail>, Output)> {
    match wish {
        WorkerOutput::Inherit => Ok((None, Output::Inherit)),
        WorkerOutput::Null => Ok((None, Output::Null)),
        WorkerOutput::Capture => {
            let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
            unblock(&read)?;
            Ok((Some(Tail::new(read)), Output::Pipe(write)))
        }
    }
}

/// A worker has been started, or could not be. Runs on the thread that starts processes.
fn take_in(shared: &Arc<Shared>, index: u32, serial: u64, started: io::Result<(Child, Wiring)>) {
    let now = Instant::now();
    let mut ledger = shared.ledger.lock();
    ledger.crew.arrived(index);
    let config = &shared.config;
    let taken = started.and_then(|(child, wiring)| {
        let (quota, most) = (config.max_tasks_per_child, config.max_message_size);
        let mut lane = Lane::new(serial, index, child, wiring, quota, most.max(SMALL_TALK));
        if let Err(error) = shared.poller.watch(&lane) {
            shared.poller.unwatch(&lane);
            lane.kill(super::lane::Verdict::Unneeded);
            let _ended = process::reap(lane.child.pid, true);
            return Err(error);
        }
        lane.boot(&shared.boot(index));
        lane.flush();
        if lane.clogged {
            shared.poller.watch_room(&lane);
        }
        Ok(lane)
    });
    match taken {
        Ok(lane) => ledger.lanes.push(lane),
        Err(error) => {
            let others = ledger.lanes.iter().any(Lane::works);
            if error.kind() == io::ErrorKind::TimedOut {
                // The fork server has not reached init().
                if ledger.crew.started_badly(others, now) {
                    ledger.break_down(too_slow(config.start_timeout, ""));
                }
            } else if ledger.crew.refused(others, now) {
                ledger.break_down(format!(
                    "the system does not let it start worker processes: {error}"
                ));
            }
        }
    }
    shared.wake(&mut ledger);
}

/// Reports of panics and the like may be this long, whatever the limit for results.
const SMALL_TALK: u64 = 16 << 20;
