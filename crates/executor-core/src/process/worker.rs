//! The life of a worker process: it takes frames from its pipe, one after another, until the pipe
//! ends.
//!
//! Everything runs on the one thread on which `init()` was called. The program's pipe is the
//! worker's life: at its end the worker exits as any program does, so that what is written at exit
//! is written.

use std::collections::HashMap;
use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::OwnedFd;
use std::process::exit;
use std::time::Instant;

use executor_sync::process::{Luggage, let_go, linger, lingers};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, read};

use crate::commons::Step;
use crate::panic;

use super::ancestry;
use super::body::Body;
use super::boot::Boot;
use super::call::{Frame, Function, Input, Outcome};
use super::codec;
use super::ends::{Ends, raise};
use super::frame::{self, Reply, ReplyKind, Request, RequestKind};
use super::identity;
use super::image;
use super::intake::{Content, Intake};
use super::outlet::Outlet;
use super::page::{self, Page};
use super::patience::Patience;
use super::remark::remark;
use super::report::PanicReport;
use super::signals;

/// The program closed or broke what connects it with the worker.
const CUT_OFF: i32 = 70;
/// A task closed descriptors that it does not own.
const BEREFT: i32 = 71;
/// The worker was told something that makes no sense.
const CONFUSED: i32 = 72;
/// It had no memory for a task.
const STARVED: i32 = 74;
/// It could not be prepared, and has said why.
const REFUSED: i32 = 73;

/// Works until the program lets go.
pub(crate) fn run(ends: Ends) -> ! {
    let code = match Worker::new(ends) {
        // It is not dropped: the pipe may refer to blocks of memory that the program has still to
        // read, and whatever runs at exit would write over them.
        Ok(worker) => ManuallyDrop::new(worker).serve(),
        Err(error) => {
            remark(format_args!("a worker cannot reach its program: {error}"));
            CUT_OFF
        }
    };
    exit(code)
}

struct Worker {
    requests: OwnedFd,
    intake: Intake<Request>,
    outlet: Outlet,
    patience: Patience,
    taken: u32,
    /// The longest result that the program takes.
    max_body: u64,
    /// What results refer to, by the slot of their frame. The program has fetched it when it uses
    /// the slot again, or lets the worker go.
    kept: HashMap<u16, Luggage>,
}

/// Why the worker ends.
struct Exit(i32);

impl Worker {
    fn new(ends: Ends) -> io::Result<Self> {
        let page = Page::open(&ends.page)?;
        let requests = raise(ends.requests)?;
        let outlet = Outlet::new(page, raise(ends.replies)?);
        let intake = Intake::new(u64::MAX);
        Ok(Self {
            requests,
            intake,
            outlet,
            patience: Patience::new(),
            taken: 0,
            max_body: u64::MAX,
            kept: HashMap::new(),
        })
    }

    fn serve(&mut self) -> i32 {
        let _observed = panic::observe();
        linger();
        loop {
            if let Err(Exit(code)) = self.take_all() {
                return code;
            }
            match self.receive() {
                Ok(true) => {}
                Ok(false) => return if self.intake.is_between_frames() { 0 } else { CUT_OFF },
                Err(error) => {
                    remark(format_args!("a worker lost its pipe: {error}"));
                    return BEREFT;
                }
            }
        }
    }

    /// Reads more; false: the program has closed the pipe.
    fn receive(&mut self) -> io::Result<bool> {
        let clock = match self.intake.is_between_frames() {
            true => self.rest(),
            false => self.patience.about_to_sleep(),
        };
        loop {
            match read(&self.requests, self.intake.space()) {
                Ok(0) => return Ok(false),
                Ok(n) => {
                    self.intake.filled(n);
                    self.patience.woke(clock);
                    return Ok(true);
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Looks out for a request, and lets go of what the last tasks have used if none comes; returns
    /// since when there was nothing to do.
    fn rest(&mut self) -> Instant {
        let (page, taken) = (self.outlet.page(), self.taken);
        if !self.patience.wait(|| page.sent() != taken) {
            self.outlet.settle();
        }
        let clock = self.patience.about_to_sleep();
        if (lingers() || self.outlet.has_blocks()) && !self.comes_soon() {
            let_go();
            self.outlet.forget_blocks();
        }
        clock
    }

    /// More comes before it is time to let go of the memory that the last tasks have used.
    fn comes_soon(&self) -> bool {
        const SOON: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
        let mut pipe = [PollFd::new(&self.requests, PollFlags::IN)];
        poll(&mut pipe, Some(&SOON)).is_ok_and(|ready| ready > 0)
    }

    /// Does what has been received.
    fn take_all(&mut self) -> Result<(), Exit> {
        loop {
            let outlet = &mut self.outlet;
            let room = |request: &Request| outlet.room(request.width, request.len as usize);
            let next = self.intake.next(room);
            let Some(next) = next.map_err(|_| Exit(CONFUSED))? else { return Ok(()) };
            self.taken = self.taken.wrapping_add(1);
            let request = next.header;
            let input = match next.content {
                Content::Small(bytes) => Input::Borrowed(bytes),
                Content::Large(body) => Input::Owned(body),
                Content::Skipped(why) => {
                    remark(format_args!("a worker cannot take a task: {why}"));
                    return Err(Exit(STARVED));
                }
            };
            match request.kind {
                RequestKind::Boot => {
                    self.max_body = boot(&mut self.outlet, input.as_bytes())?;
                    continue;
                }
                RequestKind::Leave => return Err(Exit(0)),
                RequestKind::Run => {}
            }
            let kept = Kept::of_frame(&mut self.kept, request.slot);
            let mut run =
                Run::new(request, input, &mut self.outlet, &self.requests, self.max_body, kept);
            let function = Function { wrapper: request.wrapper, offset: request.function };
            // SAFETY: N1: the handshake has shown that this is the program's own build, and the
            // program takes both offsets from `Function::of`.
            let known = unsafe { function.run(&mut run) };
            if !known {
                return Err(Exit(CONFUSED));
            }
            run.end()?;
        }
    }
}

/// Prepares the worker as the program wishes, and says how that went.
fn boot(outlet: &mut Outlet, bytes: &[u8]) -> Result<u64, Exit> {
    let prepared = match codec::decode::<Boot>(bytes) {
        Ok(boot) => prepare(boot),
        Err(error) => Err(format!("the worker was told something else than how to start: {error}")),
    };
    let (kind, text) = match &prepared {
        Ok(_) => (ReplyKind::Hello, ""),
        Err(why) => (ReplyKind::Refused, why.as_str()),
    };
    let reply = Reply { kind, slot: 0, seq: 0, item: 0, len: 0 };
    outlet.send(reply, text.as_bytes()).map_err(|_| Exit(CUT_OFF))?;
    prepared.map_err(|_| Exit(REFUSED))
}

/// The longest result that the program takes, or why the worker cannot work.
fn prepare(boot: Boot) -> Result<u64, String> {
    image::matches(&boot.identity)?;
    identity::become_worker(boot.index);
    signals::name(&boot.name);
    ancestry::christen(boot.names);
    if let Some(bytes) = &boot.directory {
        enter(bytes)?;
    }
    if let Some(limit) = boot.data_limit {
        limit_data(limit);
    }
    let Some(initializer) = boot.initializer else { return Ok(boot.max_body) };
    let function = Function { wrapper: initializer.wrapper, offset: initializer.function };
    // SAFETY: N1: the identities are the same, and the program has the offsets from
    // `Function::of_initializer`.
    unsafe { function.initialize(&initializer.argument) }
        .map(|()| boot.max_body)
        .map_err(|why| format!("the initializer of a worker failed: {why}"))
}

fn enter(bytes: &[u8]) -> Result<(), String> {
    use std::os::unix::ffi::OsStrExt;
    let path = std::path::Path::new(std::ffi::OsStr::from_bytes(bytes));
    std::env::set_current_dir(path)
        .map_err(|error| format!("current_dir({}): {error}", path.display()))
}

/// Has the system refuse the worker more private memory than this; a stricter limit stays.
fn limit_data(bytes: u64) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::Data);
    let stricter = |limit: Option<u64>| Some(limit.map_or(bytes, |limit| limit.min(bytes)));
    let limit = Rlimit { current: stricter(now.current), maximum: stricter(now.maximum) };
    // The program also looks at the worker's size, so a refusal is no failure.
    let _refused = setrlimit(Resource::Data, limit);
}

/// A frame that is being run.
struct Run<'a> {
    request: Request,
    items: Items<'a>,
    outlet: &'a mut Outlet,
    requests: &'a OwnedFd,
    max_body: u64,
    /// The number of the item that runs, once one has been begun.
    item: Option<u32>,
    left: bool,
    begun_at: u64,
    failure: Option<Exit>,
    kept: Kept<'a>,
}

/// Where the luggage of a frame's results is kept.
struct Kept<'a> {
    all: &'a mut HashMap<u16, Luggage>,
    slot: u16,
}

impl<'a> Kept<'a> {
    /// Lets go of what was kept for the frame that had the slot before.
    fn of_frame(all: &'a mut HashMap<u16, Luggage>, slot: u16) -> Self {
        if !all.is_empty() {
            all.remove(&slot);
        }
        Self { all, slot }
    }

    fn keep(&mut self, luggage: Luggage) {
        self.all.entry(self.slot).or_default().add(luggage);
    }
}

/// The arguments of a frame.
enum Items<'a> {
    One(Option<Input<'a>>),
    Many(frame::Items<'a>),
    ManyOwned { body: Body, at: usize },
}

impl<'a> Run<'a> {
    fn new(
        request: Request,
        input: Input<'a>,
        outlet: &'a mut Outlet,
        requests: &'a OwnedFd,
        max_body: u64,
        kept: Kept<'a>,
    ) -> Self {
        let items = match input {
            one if request.items == 1 => Items::One(Some(one)),
            Input::Borrowed(bytes) => Items::Many(frame::items(bytes)),
            Input::Owned(body) => Items::ManyOwned { body, at: 0 },
        };
        let begun_at = if request.metered { page::now() } else { 0 };
        let failure = None;
        Self {
            request,
            items,
            outlet,
            requests,
            max_body,
            item: None,
            left: false,
            begun_at,
            failure,
            kept,
        }
    }

    fn step(&mut self, step: Step) -> bool {
        match step {
            Step::On => true,
            Step::Leave => {
                self.left = true;
                false
            }
            Step::Halt => halt(),
        }
    }

    fn reply(&self, kind: ReplyKind) -> Reply {
        let item = self.item.unwrap_or(0);
        Reply { kind, slot: self.request.slot, seq: self.request.seq, item, len: 0 }
    }

    fn send(&mut self, kind: ReplyKind, body: &[u8]) {
        let sent = self.outlet.send(self.reply(kind), body);
        self.note(sent);
    }

    fn note(&mut self, sent: io::Result<()>) {
        if let Err(error) = sent {
            self.failure = Some(unreachable_program(&error));
        }
    }

    fn refuse_size(&mut self, len: usize) {
        let most = self.max_body;
        let text = format!("it takes {len} bytes, more than the pool's max_message_size of {most}");
        self.send(ReplyKind::Encode, text.as_bytes());
    }

    /// Marks the frame as done, and says how long it took.
    fn end(mut self) -> Result<(), Exit> {
        if self.left {
            return Ok(());
        }
        if let Some(failure) = self.failure {
            // The frame stays at its last item, behind which nothing has been begun.
            return Err(failure);
        }
        if self.request.metered {
            let spent = page::now().saturating_sub(self.begun_at);
            self.send(ReplyKind::Spent, &spent.to_le_bytes());
        }
        let last = self.item.unwrap_or(0);
        let done = self.outlet.page().claim(self.request.slot).finish(self.request.seq, last);
        self.step(done);
        self.failure.map_or(Ok(()), Err)
    }
}

impl Frame for Run<'_> {
    fn begin(&mut self) -> Option<Input<'_>> {
        let item = self.item.map_or(0, |item| item + 1);
        if self.failure.is_some() || item >= self.request.items {
            return None;
        }
        self.outlet.forget_blocks();
        if self.request.timed {
            self.outlet.page().note_beginning(page::now());
        }
        let step = self.outlet.page().claim(self.request.slot).begin(self.request.seq, item);
        if !self.step(step) {
            return None;
        }
        self.item = Some(item);
        if self.request.timed {
            let announced = self.outlet.announce();
            self.note(announced);
        }
        let input = self.items.next();
        if input.is_none() {
            self.failure = Some(Exit(CONFUSED));
        }
        input
    }

    fn answer(&mut self, outcome: Outcome<'_>) {
        let last = self.item.map_or(0, |item| item + 1) == self.request.items;
        // A result must not go out from a worker that is about to be found dead.
        if last && !self.outlet.is_open_beside(self.requests) {
            exit(bereft().0);
        }
        match outcome {
            Outcome::Value(bytes) | Outcome::Laden(bytes, _)
                if bytes.len() as u64 > self.max_body =>
            {
                self.refuse_size(bytes.len());
            }
            Outcome::Value(bytes) => self.send(ReplyKind::Value, bytes),
            Outcome::Laden(bytes, luggage) => {
                self.kept.keep(luggage);
                self.send(ReplyKind::Laden, bytes);
            }
            Outcome::Block(block) if block.len() as u64 > self.max_body => {
                self.refuse_size(block.len());
            }
            Outcome::Block(block) => {
                let sent = self.outlet.send_block(self.reply(ReplyKind::Value), block);
                self.note(sent);
            }
            Outcome::Encode(error) => self.send(ReplyKind::Encode, error.to_string().as_bytes()),
            Outcome::Decode(error) => self.send(ReplyKind::Decode, error.to_string().as_bytes()),
            Outcome::Panicked(info) => {
                let mut report = Vec::new();
                let encoded = codec::encode(&PanicReport::of(&info), &mut report);
                debug_assert!(encoded.is_ok(), "texts can be encoded");
                self.send(ReplyKind::Panicked, &report);
            }
        }
    }
}

impl Items<'_> {
    fn next(&mut self) -> Option<Input<'_>> {
        match self {
            Self::One(input) => input.take(),
            Self::Many(items) => items.next()?.ok().map(Input::Borrowed),
            Self::ManyOwned { body, at } => {
                let mut rest = frame::items(&body.as_bytes()[*at..]);
                let item = rest.next()?.ok()?;
                *at = body.len() - rest.rest().len();
                Some(Input::Borrowed(item))
            }
        }
    }
}

/// Nothing can be told to the program any more.
fn unreachable_program(error: &io::Error) -> Exit {
    match Errno::from_io_error(error) {
        Some(Errno::BADF) => bereft(),
        _ => Exit(CUT_OFF),
    }
}

fn bereft() -> Exit {
    remark(format_args!("a task closed descriptors that belong to its worker"));
    Exit(BEREFT)
}

/// The program has decided to kill this worker.
fn halt() -> ! {
    loop {
        std::thread::park();
    }
}
