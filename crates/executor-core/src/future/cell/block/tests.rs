use std::alloc::Layout;
use std::collections::HashSet;
use std::ptr::NonNull;
use std::thread;

use super::{ALIGN, MOST, cut, give_up, suits};

/// A place that may go to another thread.
struct Place(NonNull<u8>);

// SAFETY: B2: it is nobody else's.
unsafe impl Send for Place {}

fn place(size: usize) -> Place {
    let place = cut(Layout::from_size_align(size, 8).unwrap()).unwrap();
    // SAFETY: B2: there is room for so much.
    unsafe { place.write_bytes(0xa5, size) };
    Place(place)
}

fn end(place: Place) {
    // SAFETY: it is not used any more.
    unsafe { give_up(place.0) };
}

#[test]
fn only_small_things_suit() {
    assert!(suits(Layout::new::<u64>()) && suits(Layout::new::<[u8; MOST]>()));
    assert!(!suits(Layout::new::<[u8; MOST + 1]>()) && !suits(Layout::new::<u128>()));
}

#[test]
fn places_do_not_overlap_and_are_aligned() {
    let mut bytes = HashSet::new();
    let places: Vec<Place> = (0..2000).map(|n| place(n % MOST + 1)).collect();
    for (n, place) in places.iter().enumerate() {
        let start = place.0.addr().get();
        assert_eq!(start % ALIGN, 0);
        assert!((start..=start + n % MOST).all(|byte| bytes.insert(byte)), "place {n} overlaps");
    }
    places.into_iter().for_each(end);
}

/// One who has one task at a time needs one block for all of them.
#[test]
fn a_block_is_cut_again_when_all_was_given_up() {
    let all: HashSet<usize> = (0..10_000)
        .map(|_| {
            let place = place(56);
            let at = place.0.addr().get();
            end(place);
            at
        })
        .collect();
    assert!(all.len() < 100, "{} places for one task at a time", all.len());
}

#[test]
fn places_outlive_the_thread_that_cut_them() {
    let places = thread::spawn(|| (0..1000).map(|_| place(64)).collect::<Vec<_>>()).join().unwrap();
    let ends = places.into_iter().map(|place| thread::spawn(move || end(place)));
    ends.for_each(|ended| ended.join().unwrap());
}
