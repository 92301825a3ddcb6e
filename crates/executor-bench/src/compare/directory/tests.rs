//! Real files are counted and hashed alike, wherever that is done.

use super::*;

/// The crate's own folder: it is there wherever the tests are.
fn own() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/python"))
}

#[test]
fn threads_find_what_one_after_another_finds() {
    let mut venues = Venues::default();
    let files = below(own()).expect("a folder with files");
    assert!(files.files >= 6 && files.bytes > 0 && files.skipped == 0);
    for kind in &KINDS {
        let mut found = |place| {
            let venue = venues.get(place, 2).expect("a pool of two workers");
            pass(venue, kind, files.jobs.clone())
        };
        let (alone, together) = (found(Place::Sequential), found(Place::Threads));
        assert_eq!((alone, alone.1), (together, files.files));
    }
}

#[test]
fn words_are_what_white_space_leaves() {
    let path = own().join("tasks.py");
    let text = fs::read_to_string(&path).expect("a script");
    let path = path.to_str().expect("a plain name").to_owned();
    let expected = text.split_ascii_whitespace().count() as u64;
    assert_eq!(words(vec![path.clone()]), ([expected, 0, 0, 0], 1));
    assert_eq!(words(vec![path, "no such file".to_owned()]).1, 1);
}

#[test]
fn a_directory_without_files_is_an_error() {
    let error = below(Path::new("no-such-directory")).err().expect("there is none");
    assert!(error.starts_with("no-such-directory: no file"), "{error}");
}
