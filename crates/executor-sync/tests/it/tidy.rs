//! The order of the rooms, and the size of the files.

use std::fs;
use std::path::{Path, PathBuf};

/// The longest a source file may get, not counting comments and blank lines.
const LONGEST: usize = 350;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    found.into_iter().map(|path| (path.clone(), fs::read_to_string(&path).unwrap())).collect()
}

/// The `mod` lines of a file, in their order.
fn rooms(text: &str) -> Vec<&str> {
    let names = text.lines().map(|line| line.trim_start_matches("pub(crate) "));
    let names = names.map(|line| line.trim_start_matches("pub "));
    let mut names: Vec<_> =
        names.filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).collect();
    names.dedup();
    names
}

/// The names that follow `prefix` in a file.
fn imports<'a>(text: &'a str, prefix: &str) -> Vec<&'a str> {
    let ends = |rest: &'a str| rest.split([':', ';', ',', '{', '}', ' ']).next().unwrap_or("");
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split(prefix).skip(1).map(ends))
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn rooms_import_only_upwards() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let order = fs::read_to_string(root.join("lib.rs")).unwrap();
    let order = rooms(&order);
    for (path, text) in all("src") {
        let room = path.strip_prefix(&root).unwrap().iter().next().unwrap().to_str().unwrap();
        let Some(place) = order.iter().position(|&name| name == room.trim_end_matches(".rs"))
        else {
            continue;
        };
        for name in imports(&text, "crate::") {
            let used = order.iter().position(|&room| room == name);
            // What is no room is a public item named in a doc link or a test.
            let upwards = used.is_none_or(|used| used <= place);
            assert!(upwards, "{} must not know {name}", path.display());
        }
    }
}

#[test]
fn files_stay_short() {
    for (path, text) in ["src", "tests", "benches"].into_iter().flat_map(all) {
        let code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
        let length = text.lines().filter(code).count();
        assert!(length <= LONGEST, "{} has {length} lines of code", path.display());
    }
}
