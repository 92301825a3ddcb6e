//! The rooms of a crate and what each imports.
//!
//! The order of the `mod` lines is the order of the rooms, in a crate and in each of its folders.

use std::path::{Path, PathBuf};

use crate::source::{Source, root};

/// What is wrong with the imports of one file.
pub(crate) fn wrong_imports(source: &Source, src: &Path) -> Vec<String> {
    let house = House { src, room: room_of(source, src) };
    let (mut wrong, mut inline) = (Vec::new(), Inline::default());
    for (line, code) in source.code.lines().enumerate() {
        inline.follow(code);
        for (start, base) in house.references(code, inline.modules.len()) {
            let end = offset(&source.code, line) + start;
            for path in use_tree(&source.code[end..]) {
                if let Some(reason) = house.judge(&base, &path) {
                    wrong.push(format!("{}: {reason}", source.place(line)));
                }
            }
        }
    }
    wrong
}

/// The modules that are written inside of a file: from within them, `super` is the file itself.
#[derive(Default)]
struct Inline {
    /// How many braces are open.
    depth: usize,
    /// How many were open where each module around the present line begins.
    modules: Vec<usize>,
}

impl Inline {
    fn follow(&mut self, code: &str) {
        if code.trim_end().ends_with('{') && code.split_whitespace().any(|word| word == "mod") {
            self.modules.push(self.depth);
        }
        for c in code.chars() {
            match c {
                '{' => self.depth += 1,
                '}' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        if code.contains('}') {
            self.modules.retain(|&outside| outside < self.depth);
        }
    }
}

/// Where a line begins.
fn offset(code: &str, line: usize) -> usize {
    code.split_inclusive('\n').take(line).map(str::len).sum()
}

/// The names on the way from the crate's root to a file: `future/cell/ticket.rs` is three.
fn room_of(source: &Source, src: &Path) -> Vec<String> {
    let path = source.path.strip_prefix(src).expect("the file is in its crate").with_extension("");
    let mut room: Vec<String> =
        path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if room.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        room.pop();
    }
    room
}

/// A crate, seen from one of its rooms.
struct House<'a> {
    src: &'a Path,
    room: Vec<String>,
}

impl House<'_> {
    /// Where a line names another room: the place after `crate::` or `super::`, and the folder that
    /// these words stand for.
    fn references(&self, code: &str, inline: usize) -> Vec<(usize, Vec<String>)> {
        let mut found = Vec::new();
        for (at, _) in code.match_indices("crate::") {
            let before = code[..at].chars().next_back();
            if !before.is_some_and(|c| c == '$' || c == '_' || c.is_alphanumeric()) {
                found.push((at + "crate::".len(), Vec::new()));
            }
        }
        for (at, _) in code.match_indices("super::") {
            if code[..at].ends_with("super::") {
                continue;
            }
            let ups = code[at..].split("super::").take_while(|part| part.is_empty()).count();
            // The first piece of the split is empty as well, so pieces and steps are as many.
            if ups > inline {
                let depth = self.room.len().saturating_sub(ups - inline);
                found.push((at + ups * "super::".len(), self.room[..depth].to_vec()));
            }
        }
        found
    }

    /// Why this room may not name `base` and then `path`, if it may not.
    fn judge(&self, base: &[String], path: &[String]) -> Option<String> {
        let full: Vec<&String> = base.iter().chain(path).collect();
        let shared = full.iter().zip(&self.room).take_while(|(one, other)| *one == other).count();
        // A room may name itself, what is in it, and its folders where it says who may see a thing.
        if shared == self.room.len() || shared == full.len() {
            return None;
        }
        let folder = &self.room[..shared];
        let order = self.order(folder);
        let position = |name: &String| order.iter().position(|other| other == name);
        let (named, own) = (full[shared], &self.room[shared]);
        match (position(named), position(own)) {
            (Some(used), Some(user)) if used < user => None,
            (Some(_), _) => Some(format!("`{own}` stands above `{named}` and must not know it")),
            (None, _) => Some(format!("`{own}` takes `{named}` from the room around it")),
        }
    }

    /// The rooms in a folder, in the order of their declaration.
    fn order(&self, folder: &[String]) -> Vec<String> {
        let declared = self.declaration(folder);
        let code = Source::read(&declared).code;
        let name = |line: &str| {
            let line = line.trim().trim_start_matches("pub(crate) ").trim_start_matches("pub ");
            let name = line.strip_prefix("mod ")?.trim_end_matches([';', '{', ' ']);
            Some(name.to_owned())
        };
        code.lines().filter_map(name).collect()
    }

    fn declaration(&self, folder: &[String]) -> PathBuf {
        let inside: PathBuf = folder.iter().collect();
        let candidates = match folder.is_empty() {
            true => vec![self.src.join("lib.rs"), self.src.join("main.rs")],
            false => {
                let inside = self.src.join(inside);
                vec![inside.join("mod.rs"), inside.with_extension("rs")]
            }
        };
        let exists = |path: &PathBuf| root().join(path).exists();
        candidates.into_iter().find(exists).expect("every folder declares its rooms")
    }
}

/// The paths that a `use` tree stands for, of which the first names are enough to judge it.
fn use_tree(code: &str) -> Vec<Vec<String>> {
    let code = code.trim_start();
    if let Some(inside) = code.strip_prefix('{') {
        return branches(inside).into_iter().flat_map(use_tree).collect();
    }
    let end = code.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(code.len());
    let (name, after) = code.split_at(end);
    let below = match after.strip_prefix("::") {
        Some(after) => use_tree(after),
        None => vec![Vec::new()],
    };
    let prepend = |path: Vec<String>| std::iter::once(name.to_owned()).chain(path).collect();
    below.into_iter().map(prepend).map(without_empty).collect()
}

fn without_empty(path: Vec<String>) -> Vec<String> {
    path.into_iter().filter(|name| !name.is_empty()).collect()
}

/// The parts between the commas of a pair of braces whose opening one is gone.
fn branches(code: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                parts.push(&code[start..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&code[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

#[test]
fn use_trees_are_taken_apart() {
    let paths = |code| -> Vec<String> {
        use_tree(code).into_iter().map(|path: Vec<String>| path.join("/")).collect()
    };
    assert_eq!(paths("future::Header;"), ["future/Header"]);
    assert_eq!(paths("{error::{A, B}, map};"), ["error/A", "error/B", "map"]);
    assert_eq!(paths("panic) fn"), ["panic"]);
}
