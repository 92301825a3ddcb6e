//! The thread that starts all processes of the program.
//!
//! A worker asks the kernel to be ended together with the thread that started it. This thread lives
//! as long as the program does, so that means the program. It sleeps in its channel while there is
//! nothing to start.
//!
//! Rule N1. What [`NURSERY`] leads to was leaked, so it is there for ever, also in a process that
//! is forked off: there its thread is gone, and another one takes its place.

use std::ffi::OsString;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering::AcqRel, Ordering::Acquire};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use crate::fork;

use super::ends::{Ends, Output};
use super::fork_server::{ForkServer, Request};
use super::launch::{Child, Launch, launch};
use super::marker::Role;
use super::signals;

/// A worker to be started.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) ends: Ends,
    /// What `ps` shows.
    pub(crate) title: String,
    /// What its environment has besides that of the program.
    pub(crate) env: Vec<(OsString, OsString)>,
    pub(crate) stdout: Output,
    pub(crate) stderr: Output,
    pub(crate) method: Method,
    /// How long a fork server may take to answer.
    pub(crate) patience: std::time::Duration,
}

/// How a worker is started.
#[derive(Clone, Debug)]
pub(crate) enum Method {
    /// The program is executed.
    Spawn,
    /// A process that executed it is forked, where that can be done.
    Fork(Arc<ForkServer>),
}

/// Told once what came of an order.
pub(crate) type Tell = Box<dyn FnOnce(io::Result<Child>) + Send>;

/// What is done on the nursery's thread.
type Work = Box<dyn FnOnce() + Send>;

/// Whom to give orders in one process of the program.
struct Nursery {
    process: Process,
    works: Sender<Work>,
}

/// Which process of a program that forks this is.
type Process = (u32, u32);

/// `Acquire` and `AcqRel` make what a thread put into it visible to those that find it there.
static NURSERY: AtomicPtr<Nursery> = AtomicPtr::new(null_mut());

/// Starts a worker on the nursery's thread, and there tells what came of it. The thread starts one
/// worker after the other, so telling must not take long.
pub(crate) fn start(order: Order, tell: Tell) {
    match nursery() {
        Ok(nursery) => nursery.give(Box::new(move || {
            let started = catch_unwind(AssertUnwindSafe(|| obey(order)));
            let failed = |_| Err(io::Error::other("starting a worker process panicked"));
            tell(started.unwrap_or_else(failed));
        })),
        Err(error) => tell(Err(error)),
    }
}

/// Starts a process that ends with the program, on the nursery's thread, and waits for that.
pub(crate) fn start_and_wait(
    launch: impl FnOnce() -> io::Result<Child> + Send + 'static,
) -> io::Result<Child> {
    let (tell, told) = channel();
    nursery()?.give(Box::new(move || {
        // Nobody has left: the caller waits.
        let _told = tell.send(launch());
    }));
    told.recv().unwrap_or_else(|_| Err(io::Error::other("starting a process panicked")))
}

impl Nursery {
    fn give(&self, work: Work) {
        // The thread never drops its half of the channel.
        let _taken = self.works.send(work);
    }
}

fn nursery() -> io::Result<&'static Nursery> {
    let process = (fork::generation(), std::process::id());
    let found = NURSERY.load(Acquire);
    // SAFETY: N1.
    if let Some(nursery) = unsafe { found.as_ref() }
        && nursery.process == process
    {
        return Ok(nursery);
    }
    let own: &'static mut Nursery = Box::leak(Box::new(open(process)?));
    let own: *mut Nursery = own;
    let current = match NURSERY.compare_exchange(found, own, AcqRel, Acquire) {
        Ok(_) => own,
        Err(other) => {
            // Another thread was faster.
            // SAFETY: N1 does not hold for this one: nobody else has seen it.
            drop(unsafe { Box::from_raw(own) });
            other
        }
    };
    // SAFETY: N1.
    Ok(unsafe { &*current })
}

/// Starts the thread.
fn open(process: Process) -> io::Result<Nursery> {
    const STACK: usize = 256 * 1024;
    let (works, receiver) = channel();
    let thread = thread::Builder::new().name("cf-nursery".to_owned()).stack_size(STACK);
    thread.spawn(move || serve(&receiver))?;
    Ok(Nursery { process, works })
}

fn serve(works: &Receiver<Work>) {
    signals::block_all();
    for work in works {
        // Workers end with this thread, so it ends for nobody's panic.
        let _panicked = catch_unwind(AssertUnwindSafe(work));
    }
}

fn obey(order: Order) -> io::Result<Child> {
    match &order.method {
        Method::Spawn => spawn(&order),
        Method::Fork(server) => match fork(server, &order) {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => spawn(&order),
            started => started,
        },
    }
}

fn spawn(order: &Order) -> io::Result<Child> {
    let fds = order.ends.borrow();
    let Order { title, env, stdout, stderr, .. } = order;
    launch(&Launch { role: Role::Worker, fds: &fds, title, env, stdout, stderr })
}

fn fork(server: &ForkServer, order: &Order) -> io::Result<Child> {
    let Order { ends, title, env, stdout, stderr, patience, .. } = order;
    server.start(&Request { ends, title, env, stdout, stderr, patience: *patience })
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests;
