//! loom explores blocks with room for two places.
//!
//! A block is freed once, after the last use of a place in it, and cut again only when all of its
//! places were given up: the allocator of the models keeps what is freed, poisoned, and each place
//! is a cell that finds overlapping access.

use std::alloc::Layout;
use std::ptr::NonNull;

use loom::thread;

use crate::future::explore;

use super::{cut, give_up};

/// A place with a number in it.
struct Place(NonNull<u8>);

// SAFETY: B2: it is nobody else's.
unsafe impl Send for Place {}

impl Place {
    fn new(number: u64) -> Self {
        let place = cut(Layout::new::<u64>()).unwrap();
        // SAFETY: B2: there is room for it.
        unsafe { place.cast::<u64>().write(number) };
        Self(place)
    }

    fn end(self) -> u64 {
        // SAFETY: B2: it was written when the place was cut.
        let number = unsafe { self.0.cast::<u64>().read() };
        // SAFETY: it is not used any more.
        unsafe { give_up(self.0) };
        number
    }
}

fn end_elsewhere(place: Place) -> thread::JoinHandle<u64> {
    thread::spawn(move || place.end())
}

/// The owner goes on to the next block while others give up what was cut from the first.
#[test]
fn a_block_is_left_while_its_places_are_given_up() {
    explore(|| {
        let owner = thread::spawn(|| {
            let others = [Place::new(1), Place::new(2)].map(end_elsewhere);
            let third = Place::new(3);
            let ended = others.map(|other| other.join().unwrap());
            assert_eq!((ended, third.end()), ([1, 2], 3));
        });
        owner.join().unwrap();
    });
}

/// The owner ends, and the last place frees the block, or the other way round.
#[test]
fn an_owner_ends_before_its_places() {
    explore(|| {
        let owner = thread::spawn(|| Place::new(1));
        let place = owner.join().unwrap();
        let other = end_elsewhere(place);
        assert_eq!(other.join().unwrap(), 1);
    });
}

/// The owner cuts a block again from its start.
#[test]
fn a_block_is_cut_again() {
    explore(|| {
        let owner = thread::spawn(|| {
            for number in 0..3 {
                let other = end_elsewhere(Place::new(number));
                if number % 2 == 0 {
                    assert_eq!(other.join().unwrap(), number);
                }
            }
        });
        owner.join().unwrap();
    });
}
