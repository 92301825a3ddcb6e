//! How a worker process starts, what it runs, how it is spoken to, and how it ends.
//!
//! A `remark` is for people. A `codec` makes bytes of values and values of bytes, a `body` holds those of one message and a
//! `frame` says what they are for; `intake` cuts what arrives into frames again. These four know no
//! process and do no input or output.
//!
//! A worker is a fresh copy of the program itself. `image` knows the program's own code, `marker`
//! how a copy is told that it is a worker, `ends` what it is given. `launch` starts one process and
//! `fork_server` a process that starts others; `nursery` is the thread on which either happens.
//! `signals` is what a worker does first, `exit` how its end is told, and `init` the call in the
//! user's `main` that never returns in a worker.
//!
//! A process of its own, which calls one function and ends, is `single`; it is told what to call in
//! a `letter`, and leaves there what came of it. `ancestry` is what a process knows of its parent.
//!
//! What the program and a worker say to each other without a pipe is in the `page`. A `call` is
//! where a number becomes a function again, and `worker` is the loop in the child. A result that refers
//! to descriptors is `laden` with tickets for them.

#[cfg(target_os = "linux")]
mod remark;
mod codec;
mod body;
mod frame;
mod intake;
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "memory that two processes share; rules M1 and M2")]
mod page;
mod image;
mod marker;
mod permit;
mod identity;
pub(crate) mod ancestry;
mod boot;
mod report;
mod laden;
#[expect(unsafe_code, reason = "a function from a number; rule N1")]
mod call;
#[cfg(target_os = "linux")]
mod solo;
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "writes where the kernel put the arguments; rule T1")]
mod title;
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "descriptors by their number; rule E1")]
mod ends;
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "wait4 tells more than the safe calls do; rule W1")]
mod exit;
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "posix_spawn; rules P1 to P5")]
mod launch;
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "the signal mask, and an end without ceremony; rules S1 and S2")]
mod signals;
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "advice on memory; rule A1")]
mod paging;
mod patience;
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "pages that a pipe refers to; rule Q1")]
mod splice;
#[cfg(target_os = "linux")]
mod outlet;
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "calls what the program names; rule N1")]
mod worker;
#[cfg(target_os = "linux")]
mod letter;
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "calls what the program names; rule N1")]
mod single;
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "what a forked process must forget; rule F2")]
mod fork_server;
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "a thread for as long as the program runs; rule N1")]
mod nursery;
#[cfg_attr(
    target_os = "linux",
    expect(
        unsafe_code,
        reason = "changes the environment, takes what it was given; rules V1 and E1"
    )
)]
mod init;

#[cfg(target_os = "linux")]
pub(crate) use self::{
    ends::{Ends, Output},
    exit::{Ended, reap, signal},
    fork_server::ForkServer,
    image::identity,
    launch::{Child, Launch, launch},
    letter::Letter,
    marker::Role,
    nursery::{Method, Order, start, start_and_wait},
    page::{Page, SLOTS, Turn, now},
    paging::prepare,
    signals::is_child_of,
    single::{Errand, Word},
    splice::{Block, Lender, TURN, widen},
};
pub(crate) use ancestry::Names;
pub(crate) use body::Body;
pub(crate) use boot::{Boot, Initializer};
pub(crate) use call::Function;
pub(crate) use codec::{CodecError, decode, encode};
pub(crate) use frame::{
    FrameError, ITEM_PREFIX, Reply, ReplyKind, Request, RequestKind, push_item,
};
pub use identity::worker_id;
pub use init::{init, init_before_main};
pub(crate) use intake::{Content, Intake};
pub(crate) use laden::unload;
pub(crate) use patience::Patience;
#[cfg(target_os = "linux")]
pub(crate) use permit::Refusal;
pub(crate) use permit::{LACKS_INIT, permitted};
pub(crate) use report::PanicReport;
