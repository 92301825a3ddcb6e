//! The project's own files, and what of them is code.

use std::fs;
use std::path::{Path, PathBuf};

/// A file by its path below the workspace.
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    /// The text with comments and the insides of literals blanked out, line for line.
    pub(crate) code: String,
}

impl Source {
    pub(crate) fn read(path: &Path) -> Self {
        let text = fs::read_to_string(root().join(path));
        let text = text.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let code = blank(&text);
        Self { path: path.to_owned(), text, code }
    }

    /// Where a line is, for messages; lines count from zero here and from one there.
    pub(crate) fn place(&self, line: usize) -> String {
        format!("{}:{}", self.path.display(), line + 1)
    }

    pub(crate) fn is_below(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }

    /// Tests have files of their own, which the rules for rooms leave alone.
    pub(crate) fn is_test(&self) -> bool {
        self.path.iter().any(|part| {
            let stem = part.to_string_lossy();
            let stem = stem.trim_end_matches(".rs");
            stem == "tests" || stem.ends_with("_tests")
        })
    }
}

/// The workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below the workspace whose names end with `ending`, without what is built.
pub(crate) fn files(ending: &str) -> Vec<Source> {
    let mut found = Vec::new();
    walk(root(), ending, &mut found);
    found.sort();
    found.iter().map(|path| Source::read(path)).collect()
}

fn walk(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the workspace").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if path.is_dir() {
            let hidden = name.starts_with('.') && name != ".ci";
            if !hidden && name != "target" {
                walk(&path, ending, found);
            }
        } else if name.ends_with(ending) {
            found.push(path.strip_prefix(root()).expect("below the root").to_owned());
        }
    }
}

/// Blanks comments and literals out, and keeps every line's end where it was.
fn blank(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, keep) = token(rest);
        let (token, after) = rest.split_at(length.max(first.len_utf8()));
        match keep {
            true => code.push_str(token),
            false => code.extend(token.chars().map(|c| if c == '\n' { '\n' } else { ' ' })),
        }
        rest = after;
    }
    code
}

/// How long the token at the start of `text` is, and whether it is code.
fn token(text: &str) -> (usize, bool) {
    let end_of = |pattern: &str| text.find(pattern).map_or(text.len(), |at| at + pattern.len());
    let word = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    if text.starts_with("//") {
        (text.find('\n').unwrap_or(text.len()), false)
    } else if text.starts_with("/*") {
        (end_of("*/"), false)
    } else if let Some(hashes) = raw_string(text) {
        (raw_end(text, &hashes), false)
    } else if text.starts_with('"') || text.starts_with("b\"") || text.starts_with("c\"") {
        (string_end(text), false)
    } else if let Some(length) = char_literal(text) {
        (length, false)
    } else {
        (word, true)
    }
}

/// The hashes of a raw string that begins here.
fn raw_string(text: &str) -> Option<String> {
    let after = ["r", "br", "cr"].iter().find_map(|prefix| text.strip_prefix(prefix))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then(|| "#".repeat(hashes))
}

fn raw_end(text: &str, hashes: &str) -> usize {
    let open = text.find('"').expect("it begins with one") + 1;
    let close = format!("\"{hashes}");
    text[open..].find(&close).map_or(text.len(), |at| open + at + close.len())
}

fn string_end(text: &str) -> usize {
    let open = text.find('"').expect("it begins with one") + 1;
    let mut escaped = false;
    for (at, c) in text[open..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return open + at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a character literal, which a lifetime is not.
fn char_literal(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    if let Some(escape) = inside.strip_prefix('\\') {
        return escape.get(1..)?.find('\'').map(|at| at + 4);
    }
    let mut characters = inside.char_indices().skip(1);
    matches!(characters.next(), Some((at, '\'')) if at > 0)
        .then(|| 2 + inside.chars().next().map_or(0, char::len_utf8))
}
