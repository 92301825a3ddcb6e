use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::fork;
use crate::future::{SharedFuture, aside};

use super::ident::{ThreadIdent, get_ident, native_id};
use super::name::Name;
use super::system;

/// What is known of a thread, before it starts and after it has ended.
#[derive(Debug)]
pub(crate) struct Record {
    name: Name,
    life: OnceLock<Life>,
}

/// What is known of a thread once it was started.
#[derive(Debug)]
pub(crate) struct Life {
    ident: ThreadIdent,
    /// The thread says so itself when it begins.
    native: OnceLock<u64>,
    gone: AtomicBool,
    /// The fork generation in which it was started.
    born: u32,
    /// For the threads that can be waited for.
    pub(crate) joinable: Option<Joinable>,
}

/// How a thread is waited for, by as many as like.
#[derive(Debug)]
pub(crate) struct Joinable {
    ended: SharedFuture<()>,
    /// Taken by whoever joins it, or lets it go because nobody will.
    handle: Mutex<Option<JoinHandle<()>>>,
    forsaken: AtomicBool,
    /// It waits for all others at this moment. Changes and is read under the list's lock.
    pub(super) waits_for_all: AtomicBool,
}

impl Record {
    /// Of a thread that was not started.
    pub(crate) fn new(name: &str) -> Self {
        Self { name: Name::new(name), life: OnceLock::new() }
    }

    /// Of a thread that runs already, and does not say when it ends.
    pub(super) fn running(name: &str, ident: ThreadIdent, native: u64) -> Arc<Self> {
        let life = Life::new(ident, None);
        let _first = life.native.set(native);
        Arc::new(Self { name: Name::new(name), life: life.into() })
    }

    /// Of the calling thread.
    pub(super) fn own(name: &str) -> Arc<Self> {
        Self::running(name, get_ident(), native_id())
    }

    /// `None` until it was started.
    pub(crate) fn life(&self) -> Option<&Life> {
        self.life.get()
    }

    /// Tells that the thread was started; the caller sees to it that this happens once.
    pub(super) fn start(&self, life: Life) {
        let first = self.life.set(life);
        debug_assert!(first.is_ok(), "a thread is started once");
    }

    /// On the new thread: waits for whoever starts it to say so.
    pub(super) fn begin(&self) {
        let life = self.life.wait();
        life.ident.adopt();
        let native = native_id();
        self.name.hold(|name| {
            let _first = life.native.set(native);
            system::set_name(native, name);
        });
    }

    /// The thread ends: nobody may name the system's thread any more, whose number may be another's
    /// soon. `leave` runs before anybody can rename it, and tells the record.
    pub(super) fn end(&self, leave: impl FnOnce(&AtomicBool)) {
        if let Some(life) = self.life() {
            self.name.hold(|_| leave(&life.gone));
        }
    }

    pub(crate) fn name(&self) -> Arc<str> {
        self.name.get()
    }

    pub(crate) fn set_name(&self, name: &str) {
        self.name.set(name, || {
            let life = self.life().filter(|_| self.is_alive());
            // One that has not begun takes the name when it does.
            if let Some(native) = life.and_then(|life| life.native.get()) {
                system::set_name(*native, name);
            }
        });
    }

    pub(crate) fn ident(&self) -> Option<ThreadIdent> {
        self.life().map(|life| life.ident)
    }

    pub(crate) fn native_id(&self) -> Option<u64> {
        self.life()?.native_id()
    }

    pub(crate) fn is_alive(&self) -> bool {
        self.life().is_some_and(Life::is_alive)
    }
}

impl Life {
    pub(crate) fn new(ident: ThreadIdent, joinable: Option<Joinable>) -> Self {
        let (native, gone) = (OnceLock::new(), AtomicBool::new(false));
        Self { ident, native, gone, born: fork::generation(), joinable }
    }

    /// Waits for the first moment of the thread if it was only just started.
    fn native_id(&self) -> Option<u64> {
        match self.inherited() {
            false => Some(*self.native.wait()),
            true => self.native.get().copied(),
        }
    }

    fn is_alive(&self) -> bool {
        // Acquire for the Release in `end`.
        !self.gone.load(Ordering::Acquire) && (!self.inherited() || self.is_main())
    }

    /// It is the thread with which this process began.
    pub(crate) fn is_main(&self) -> bool {
        self.ident == ThreadIdent::main()
    }

    /// It was started in the process from which this one was forked.
    pub(crate) fn inherited(&self) -> bool {
        self.born != fork::generation()
    }

    pub(crate) fn is_current(&self) -> bool {
        self.ident == get_ident()
    }
}

impl Joinable {
    pub(crate) fn new(ended: SharedFuture<()>, handle: JoinHandle<()>) -> Self {
        let handle = Mutex::new(Some(handle));
        let (forsaken, waits_for_all) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { ended, handle, forsaken, waits_for_all }
    }

    /// Nobody has the handle of a thread any more that has not ended, and sees to this itself.
    /// Relaxed: a lock that the thread takes before its end orders it.
    pub(crate) fn forsake(&self) {
        self.forsaken.store(true, Ordering::Relaxed);
    }

    /// The thread is about to end.
    pub(super) fn take_leave(&self) {
        if self.forsaken.load(Ordering::Relaxed) {
            self.let_go();
        }
    }

    /// Lets the system free what it keeps of a thread until somebody joins it. Whoever waits for all
    /// threads at this moment still sees its end, if not that of its thread-locals.
    pub(crate) fn let_go(&self) {
        // Whoever has the lock joins the thread, perhaps this one, and needs no help.
        let handle = self.handle.try_lock().ok().and_then(|mut handle| handle.take());
        drop(handle);
    }

    /// Waits until the thread and the destructors of its thread-locals are through.
    pub(crate) fn join(&self) {
        self.ended.wait();
        aside(|| {
            let mut handle = self.handle.lock().unwrap_or_else(PoisonError::into_inner);
            // Whoever comes second waits for the lock, hence for the end as well.
            if let Some(handle) = handle.take() {
                let _ended = handle.join();
            }
        });
    }

    /// Waits for the end of its work; false: the time was up.
    pub(crate) fn join_timeout(&self, timeout: Duration) -> bool {
        self.ended.wait_timeout(timeout).is_ok()
    }
}
