//! The list of living threads, and the calling one's place in it.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed, Ordering::Release};

use super::forked::{LIVING, watch};
use super::ident::{ThreadIdent, get_ident};
use super::record::{Life, Record};
use super::system;

std::thread_local! {
    static CURRENT: RefCell<Option<Place>> = const { RefCell::new(None) };
}

/// A thread's place in the list, which it leaves when its thread-locals are dropped, at the latest.
struct Place(Arc<Record>);

impl Drop for Place {
    fn drop(&mut self) {
        end(&self.0);
        if let Some(joinable) = self.0.life().and_then(|life| life.joinable.as_ref()) {
            joinable.take_leave();
        }
    }
}

fn list(record: &Arc<Record>) {
    watch();
    if let Some(ident) = record.ident() {
        let replaced = LIVING.write().insert(ident, Arc::clone(record));
        drop(replaced);
    }
}

/// Says who the calling thread is; false: it is too late for that.
fn occupy(record: &Arc<Record>) -> bool {
    let place = Place(Arc::clone(record));
    CURRENT.try_with(|slot| slot.replace(Some(place))).map(drop).is_ok()
}

/// A thread was started that [begins](begin) as soon as this has been said, and not before.
pub(crate) fn admit(record: &Arc<Record>, ident: ThreadIdent, life: Life) {
    watch();
    // Both under the lock: nobody finds a thread that says it was not started, and the thread can
    // leave the list only after it was put there.
    let mut living = LIVING.write();
    record.start(life);
    living.insert(ident, Arc::clone(record));
}

/// The first thing that an admitted thread does.
pub(crate) fn begin(record: &Arc<Record>) {
    record.begin();
    occupy(record);
}

/// The last thing that a thread does. Only then it does not count as alive any more.
pub(crate) fn end(record: &Record) {
    let Some(ident) = record.ident() else { return };
    record.end(|gone| {
        // Both under the lock: who is listed lives, and who is not listed any more does not.
        let mut living = LIVING.write();
        let listed = living.remove(&ident);
        // Release for the Acquire in `is_alive`: who sees it ended sees what it did.
        gone.store(true, Release);
        drop(living);
        drop(listed);
    });
}

/// Lists the calling thread, which a pool has made, under the name that it has.
pub(crate) fn enroll() -> Enrolled {
    let record = Record::own(&own_name().unwrap_or_default());
    list(&record);
    occupy(&record);
    Enrolled(record)
}

/// See [`enroll`]; the thread is listed until this is dropped.
#[derive(Debug)]
pub(crate) struct Enrolled(Arc<Record>);

impl Drop for Enrolled {
    fn drop(&mut self) {
        end(&self.0);
    }
}

fn own_name() -> Option<String> {
    std::thread::current().name().map(str::to_owned)
}

/// The calling thread, which is listed from now on whoever made it.
pub(crate) fn current() -> Arc<Record> {
    watch();
    if get_ident() == ThreadIdent::main() {
        return main();
    }
    let known = CURRENT.try_with(|slot| slot.borrow().as_ref().map(|place| Arc::clone(&place.0)));
    known.ok().flatten().unwrap_or_else(list_dummy)
}

/// A thread that this library did not make.
fn list_dummy() -> Arc<Record> {
    static DUMMIES: AtomicU64 = AtomicU64::new(1);
    let number = || format!("Dummy-{}", DUMMIES.fetch_add(1, Relaxed));
    let record = Record::own(&own_name().unwrap_or_else(number));
    // Who asks while its thread-locals are dropped is not listed: it would be for ever.
    if occupy(&record) {
        list(&record);
    }
    record
}

/// The main thread, which is listed from the first question on.
pub(crate) fn main() -> Arc<Record> {
    watch();
    let ident = ThreadIdent::main();
    let listed = LIVING.read().get(&ident).map(Arc::clone);
    listed.unwrap_or_else(|| {
        let native = system::main_native_id().unwrap_or(ident.get());
        let record = Record::running("MainThread", ident, native);
        Arc::clone(LIVING.write().entry(ident).or_insert(record))
    })
}

/// All living threads, in the order of their starts as far as that is known.
pub(crate) fn all() -> Vec<Arc<Record>> {
    // For the main thread to be among them.
    drop(main());
    LIVING.read().values().map(Arc::clone).collect()
}

/// The threads for which the calling one can wait, without those that wait for all others at this
/// moment if the calling one is such a thread too: these must not wait for each other.
pub(crate) fn mark_and_find_others(waiting: bool) -> Vec<Arc<Record>> {
    let own = get_ident();
    // The lock sees to it that of two threads that come at once one sees the other's mark.
    let living = LIVING.write();
    let own_mark = living.get(&own).and_then(|record| mark(record));
    if let Some(mark) = own_mark {
        mark.store(waiting, Relaxed);
    }
    let awaited = |record: &&Arc<Record>| {
        let waits = mark(record).map(|mark| mark.load(Relaxed));
        record.ident() != Some(own) && waits.is_some_and(|waits| !waits || own_mark.is_none())
    };
    living.values().filter(awaited).map(Arc::clone).collect()
}

fn mark(record: &Record) -> Option<&AtomicBool> {
    Some(&record.life()?.joinable.as_ref()?.waits_for_all)
}
