//! The thread that speaks with the workers of a pool, and tells futures what came of their tasks.
//!
//! Telling runs code of users: callbacks, and `Deserialize`. If that waits for something, a
//! stand-in becomes the manager meanwhile, so that a callback may wait for another task of the same
//! pool.

use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::{Duration, Instant};

use crate::future::{Header, Host, Need, Stuck, Wanted, set_host, waits};
use crate::panic;
use crate::primitives::nap;
use crate::process::Patience;

use super::poller::Event;
use super::seat;
use super::shared::Shared;
use super::starts;

/// Starts a manager.
pub(super) fn start(shared: &Arc<Shared>) -> io::Result<()> {
    let own = Arc::clone(shared);
    let before = shared.manager.load(Relaxed);
    let number = shared.new_manager();
    let thread = thread::Builder::new().name(format!("{}-manager", shared.name));
    let started = thread.spawn(move || run(own, number)).map(drop);
    // Only the manager itself comes here, so nobody has looked in between.
    started.inspect_err(|_| shared.manager.store(before, Relaxed))
}

fn run(shared: Arc<Shared>, number: u64) {
    seat::take(shared.address(), number);
    let _observed = panic::observe();
    set_host(Some(Rc::new(Seat { shared: Arc::clone(&shared), number, id: waits::new_id() })));
    let mut manager = Manager {
        number,
        patience: Patience::new(),
        scratch: Vec::new(),
        late: false,
        hurried: 0,
        sparse: false,
    };
    if let Err(error) = panic::catch(|| manager.manage(&shared)) {
        // No error of a user can bring it here; nobody is to wait for a thread that is gone, all
        // the same.
        shared.collapse(&error);
    }
    set_host(None);
    seat::leave();
}

struct Manager {
    number: u64,
    patience: Patience,
    scratch: Vec<u8>,
    /// Telling futures has taken so long that workers may have been left waiting.
    late: bool,
    /// How often the manager has not waited for events.
    hurried: u32,
    /// The latest round has heard few answers, while there is more to do: others are soon there.
    sparse: bool,
}

/// So often the manager goes on without asking for events.
const OFTEN: u32 = 16;

/// So many answers are few, and yet so many that others are soon there. A round for few of them
/// takes longer for each: those who submit wait for the ledger meanwhile, and the manager for them.
const FEW: std::ops::Range<usize> = 4..32;

/// If they are small, a page has room for those that come meanwhile.
const SMALL: usize = 16 << 10;

/// A moment to wait for others; the system makes some fifty microseconds of it.
const MOMENT: Duration = Duration::from_micros(1);

/// Telling futures usually takes less.
const SOON: Duration = Duration::from_millis(2);

impl Manager {
    fn manage(&mut self, shared: &Arc<Shared>) {
        loop {
            let events = self.rest(shared);
            self.attend(shared, &events);
            starts::order_missing(shared);
            shared.tell_of_room();
            let begun = Instant::now();
            if !self.deliver(shared) || over(shared) {
                return;
            }
            self.late = begun.elapsed() > SOON;
        }
    }

    /// Sleeps until something happens. Where answers come fast it looks out for a moment first.
    fn rest(&mut self, shared: &Shared) -> Vec<Event> {
        if std::mem::take(&mut self.late) {
            // What has come meanwhile is heard before anybody is found to be too slow.
            return shared.poller.look();
        }
        if std::mem::take(&mut self.sparse) {
            nap(MOMENT);
        }
        // What is large comes through a pipe, and a pipe that was full has room again.
        let mut events = Vec::new();
        let mut happened = || {
            events = shared.poller.look();
            !events.is_empty()
        };
        // Whoever submits has the ledger again and again, and is not to wait for mere looks.
        let speaks = || {
            let ledger = shared.ledger.try_lock();
            ledger.is_some_and(|ledger| ledger.lanes.iter().any(|lane| lane.has_replies()))
        };
        if self.patience.wait(|| speaks() || happened()) {
            // Others than those who speak all the time are heard now and then.
            self.hurried = (self.hurried + 1) % OFTEN;
            return if events.is_empty() && self.hurried == 0 {
                shared.poller.look()
            } else {
                events
            };
        }
        let mut ledger = shared.ledger.lock();
        // First the bells: whatever a worker does after the looks that follow, it rings for.
        let silent = ledger.hang_bells();
        if !silent {
            drop(ledger);
            return shared.poller.look();
        }
        let until = ledger.check_times(&shared.config);
        let now = Instant::now();
        let roused = std::mem::take(&mut ledger.roused);
        let to_tell = !ledger.deliveries.is_empty() || !shared.telling.lock().is_empty();
        if roused || to_tell || ledger.missing(now) > 0 || ledger.is_over() {
            drop(ledger);
            return shared.poller.look();
        }
        ledger.asleep = Some(until);
        drop(ledger);
        let clock = self.patience.about_to_sleep();
        let events = shared.poller.wait(until);
        self.patience.woke(clock);
        shared.ledger.lock().asleep = None;
        events
    }

    /// Sees to all that has happened.
    fn attend(&mut self, shared: &Shared, events: &[Event]) {
        let mut ledger = shared.ledger.lock();
        for event in events {
            match *event {
                Event::Called => {}
                Event::Spoke(serial) => {
                    if !ledger.read_pipe(serial)
                        && let Some(lane) = ledger.lane(serial)
                    {
                        // Its end will be told by its process; a pipe that has ended would be told
                        // for ever.
                        shared.poller.forget(lane.replies());
                    }
                }
                Event::Drained(serial) => {
                    if let Some(lane) = ledger.lane(serial) {
                        lane.lively = Instant::now();
                        lane.flush();
                        if lane.clogged {
                            shared.poller.watch_room(lane);
                        }
                    }
                }
                Event::Printed(serial) => {
                    if let Some(lane) = ledger.lane(serial) {
                        lane.read_tails(|ended| shared.poller.forget(ended));
                    }
                }
                Event::Ended(serial) => {
                    if let Some(lane) = ledger.lane(serial) {
                        shared.poller.unwatch(lane);
                    }
                    ledger.end_of(serial, &mut self.scratch, &shared.config);
                }
            }
        }
        let heard = ledger.read_pages(&mut self.scratch);
        ledger.check_times(&shared.config);
        ledger.deal();
        let few = FEW.contains(&heard.frames) && heard.bytes < SMALL;
        self.sparse = few && ledger.backlog.len() > 0;
        ledger.let_go();
        for lane in ledger.lanes.iter().filter(|lane| lane.clogged) {
            shared.poller.watch_room(lane);
        }
    }

    /// Tells futures; false: this thread is no longer the manager.
    fn deliver(&self, shared: &Shared) -> bool {
        while let Some(delivery) = shared.next_delivery() {
            panic::contain(|| delivery.run());
            // The workers are not those of a process that the callback has forked off.
            if shared.manager.load(Relaxed) != self.number || shared.inherited() {
                return false;
            }
        }
        true
    }
}

/// All has ended; then nobody needs a manager.
fn over(shared: &Shared) -> bool {
    let mut ledger = shared.ledger.lock();
    let over = ledger.is_over();
    if over {
        shared.note_end(&mut ledger);
    }
    over
}

/// The manager's place, for whoever waits while holding it.
struct Seat {
    shared: Arc<Shared>,
    number: u64,
    /// The number of this thread among those who wait for each other.
    id: u64,
}

impl Seat {
    /// Makes sure that somebody manages the pool while this thread sleeps.
    fn find_stand_in(&self) -> Result<(), Stuck> {
        let another = self.shared.manager.load(Relaxed) != self.number;
        // In a process that a callback has forked off there is nothing to manage.
        if another || self.shared.inherited() {
            return Ok(());
        }
        start(&self.shared).map_err(|error| {
            Stuck(format!(
                "a callback of {} waits, and no other thread could be started to go on meanwhile: {error}",
                self.shared.name
            ))
        })
    }
}

impl Host for Seat {
    fn id(&self) -> u64 {
        self.id
    }

    fn serves(&self, _home: *const ()) -> bool {
        false
    }

    fn run_in_place(&self, _task: &Header) -> bool {
        false
    }

    fn run_one_in_place(&self, _tasks: &dyn Wanted) {}

    fn block(&self, need: Need<'_>) -> Result<(), Stuck> {
        if !matches!(need, Need::Timed(_) | Need::Other) {
            waits::enter(self.id, need)?;
        }
        match self.find_stand_in() {
            // It cannot give up; `unmanned` tries again.
            Err(_) if matches!(need, Need::Borrowers(_)) => Ok(()),
            found => found.inspect_err(|_| waits::leave(self.id)),
        }
    }

    fn gave_up(&self, _tasks: &dyn Wanted) {}

    fn unmanned(&self) -> bool {
        self.find_stand_in().is_err()
    }

    fn stuck(&self) -> Option<Stuck> {
        waits::told(self.id)
    }

    fn unblock(&self) {
        waits::leave(self.id);
    }
}
