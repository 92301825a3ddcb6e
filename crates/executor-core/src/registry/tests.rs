use super::living::{admit, all, begin, current, end, enroll, main};
use super::record::{Life, Record};
use super::system::short;
use super::{ThreadIdent, get_ident};

use std::sync::Arc;
use std::thread;

fn listed(record: &Record) -> bool {
    all().iter().any(|other| other.ident() == record.ident())
}

#[test]
fn names_are_cut_at_a_whole_character_and_at_a_nul() {
    assert_eq!(short("short"), "short");
    assert_eq!(short("exactly-fifteen"), "exactly-fifteen");
    assert_eq!(short("one more than 15"), "one more than 1");
    assert_eq!(short("fourteen bytesé"), "fourteen bytes");
    assert_eq!(short("before\0after"), "before");
    assert_eq!(short("\0"), "");
}

#[test]
fn a_record_is_listed_from_its_start_to_its_end() {
    let record = Arc::new(Record::new("listed"));
    assert!(!record.is_alive() && record.ident().is_none() && record.native_id().is_none());
    let ident = ThreadIdent::fresh();
    admit(&record, ident, Life::new(ident, None));
    assert!(record.is_alive() && listed(&record));
    thread::scope(|scope| scope.spawn(|| begin(&record)).join().unwrap());
    assert!(record.native_id().is_some());
    end(&record);
    assert!(!record.is_alive() && !listed(&record) && record.ident().is_some());
}

#[test]
fn a_thread_that_is_enrolled_is_the_current_one_until_the_end() {
    thread::spawn(|| {
        let enrolled = enroll();
        let own = current();
        assert!(listed(&own) && own.ident() == Some(get_ident()));
        drop(enrolled);
        assert!(!listed(&own) && !own.is_alive());
        assert_eq!(current().ident(), own.ident(), "it is nobody else afterwards");
        assert!(!listed(&own));
    })
    .join()
    .unwrap();
}

#[test]
fn the_main_thread_is_always_listed() {
    assert_eq!(&*main().name(), "MainThread");
    assert!(listed(&main()));
    assert_eq!(main().native_id(), Some(u64::from(std::process::id())));
}
