//! Keeps the rules of the house, so that nobody has to.

use std::fs;
use std::path::{Path, PathBuf};

#[path = "support/rooms.rs"]
mod rooms;
#[path = "support/source.rs"]
mod source;

use rooms::wrong_imports;
use source::{Source, files, root};

/// Fails with all that is wrong, not with the first of it.
fn assert_none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The folders of the crates, beside the facade in the root.
fn crates() -> Vec<PathBuf> {
    let folders = fs::read_dir(root().join("crates")).expect("the workspace has crates");
    let mut folders: Vec<PathBuf> =
        folders.flatten().map(|folder| Path::new("crates").join(folder.file_name())).collect();
    folders.retain(|folder| root().join(folder).join("Cargo.toml").exists());
    folders.sort();
    folders
}

/// The value of `key = "value"` in a manifest, by the first line that has it.
fn value(manifest: &str, key: &str) -> Option<String> {
    let line = manifest.lines().find(|line| line.starts_with(&format!("{key} =")))?;
    Some(line.split('"').nth(1)?.to_owned())
}

fn version() -> String {
    value(&Source::read(Path::new("Cargo.toml")).text, "version").expect("the workspace has one")
}

#[test]
fn rooms_import_only_upwards() {
    let mut wrong = Vec::new();
    for folder in crates() {
        let src = folder.join("src");
        let sources = files(".rs").into_iter().filter(|file| file.path.starts_with(&src));
        for source in sources.filter(|file| !file.is_test()) {
            wrong.extend(wrong_imports(&source, &src));
        }
    }
    assert_none(wrong);
}

#[test]
fn no_file_is_long() {
    const MOST: usize = 500;
    let lines =
        |source: &Source| source.code.lines().filter(|line| !line.trim().is_empty()).count();
    let long = files(".rs").into_iter().map(|source| (lines(&source), source));
    let long = long.filter(|(lines, _)| *lines > MOST);
    assert_none(long.map(|(lines, s)| format!("{}: {lines} lines", s.path.display())).collect());
}

/// Whether this line of code begins something unsafe that has to be explained.
fn is_unsafe(line: &str) -> bool {
    let words: Vec<&str> =
        line.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '{')).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words.windows(2).any(|pair| pair[0] == "unsafe" && matches!(pair[1], "{" | "impl" | "extern"))
        || words.last() == Some(&"unsafe")
}

#[test]
fn everything_unsafe_is_explained() {
    const ABOVE: usize = 5;
    let mut wrong = Vec::new();
    for source in files(".rs") {
        let text: Vec<&str> = source.text.lines().collect();
        for (line, code) in source.code.lines().enumerate().filter(|(_, code)| is_unsafe(code)) {
            let near = &text[line.saturating_sub(ABOVE)..=line];
            if !near.iter().any(|line| line.contains("SAFETY")) {
                wrong.push(format!("{}: {}", source.place(line), code.trim()));
            }
        }
    }
    assert_none(wrong);
}

/// Written apart, for this file keeps the rule as well.
const UNFINISHED: [&str; 5] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("todo", "!("),
    concat!("unimpl", "emented!("),
];

#[test]
fn nothing_is_left_for_later() {
    let mut wrong = Vec::new();
    for source in [".rs", ".md", ".toml"].into_iter().flat_map(files) {
        for (line, text) in source.text.lines().enumerate() {
            if let Some(word) = UNFINISHED.iter().find(|word| text.contains(**word)) {
                wrong.push(format!("{}: {word}", source.place(line)));
            }
        }
    }
    assert_none(wrong);
}

/// The lines of code in which `word` occurs.
fn occurrences(source: &Source, word: &str) -> Vec<String> {
    let lines = source.code.lines().enumerate().filter(|(_, line)| line.contains(word));
    lines.map(|(line, _)| source.place(line)).collect()
}

#[test]
fn every_test_runs() {
    assert_none(files(".rs").iter().flat_map(|s| occurrences(s, "#[ignore")).collect());
    let main = Source::read(Path::new("tests/it/main.rs")).code;
    let modules = files(".rs").into_iter().filter(|source| source.is_below("tests/it"));
    let names = modules.map(|source| source.path.with_extension(""));
    let forgotten = names.filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name != "main" && !main.contains(&format!("mod {name};"))
    });
    assert_none(forgotten.map(|path| format!("{} is no module", path.display())).collect());
    let cases = files(".rs").into_iter().filter(|source| source.is_below("tests/compile_fail"));
    let mute = cases.filter(|case| !root().join(case.path.with_extension("stderr")).exists());
    assert_none(mute.map(|case| format!("{} has no .stderr", case.path.display())).collect());
}

/// A clock that somebody sets must not make a deadline come early, or never.
#[test]
fn no_deadline_is_on_the_wall_clock() {
    let sources = files(".rs").into_iter().filter(|source| source.is_below("crates"));
    let shipped = sources.filter(|source| !source.is_below("crates/executor-bench"));
    let clocks = |s: Source| [occurrences(&s, "SystemTime"), occurrences(&s, "Realtime")].concat();
    assert_none(shipped.flat_map(clocks).collect());
}

/// Tests wait for events; where time itself is measured, a sleep is the measure.
#[test]
fn no_test_sleeps() {
    const MEASURES: [&str; 1] = ["tests/idle.rs"];
    let tests = files(".rs").into_iter().filter(|source| source.is_below("tests"));
    let tests = tests.filter(|source| !MEASURES.iter().any(|path| source.path == Path::new(path)));
    let sleeps =
        |s: Source| [occurrences(&s, "thread::sleep"), occurrences(&s, " sleep(")].concat();
    assert_none(tests.flat_map(sleeps).collect());
}

/// The manifests of all packages.
fn manifests() -> Vec<Source> {
    let folders = std::iter::once(PathBuf::new()).chain(crates());
    folders.map(|folder| Source::read(&folder.join("Cargo.toml"))).collect()
}

#[test]
fn one_version_of_each_dependency() {
    let mut wrong = Vec::new();
    for manifest in manifests() {
        let mut section = "";
        for (line, text) in manifest.text.lines().enumerate() {
            section = if text.starts_with('[') { text } else { section };
            let dependencies = section.ends_with("dependencies]") && !section.contains("workspace");
            let names_one = dependencies && text.contains('=') && !text.starts_with(['#', '[']);
            if names_one && !text.replace(' ', "").contains("workspace=true") {
                wrong.push(format!("{}: {text}", manifest.place(line)));
            }
        }
    }
    assert_none(wrong);
}

#[test]
fn packages_take_after_the_workspace() {
    const SHARED: [&str; 4] = ["version", "edition", "rust-version", "license"];
    let mut wrong = Vec::new();
    for manifest in manifests() {
        let path = manifest.path.display();
        let missing = SHARED.iter().map(|key| format!("{key}.workspace = true"));
        let missing = missing.filter(|line| !manifest.text.lines().any(|text| text == line));
        wrong.extend(missing.map(|line| format!("{path}: no `{line}`")));
        if !manifest.text.contains("[lints]\nworkspace = true") {
            wrong.push(format!("{path}: not the workspace's lints"));
        }
    }
    assert_none(wrong);
}

#[test]
fn the_workspace_is_complete() {
    const FILES: [&str; 10] = [
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "Cargo.lock",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        ".ci/run",
        "clippy.toml",
        "rustfmt.toml",
        "scripts/test",
    ];
    let missing = FILES.iter().filter(|path| !root().join(path).exists());
    assert_none(missing.map(|path| format!("{path} is missing")).collect());
}

#[test]
fn the_readme_and_the_changelog_are_of_this_version() {
    let readme = Source::read(Path::new("README.md")).text;
    assert_eq!(readme.lines().next(), Some("# concurrent-futures"));
    let mut wrong = Vec::new();
    let installs = readme.lines().filter(|line| line.starts_with("concurrent-futures = "));
    for line in installs {
        let written = line.split('"').nth(1).unwrap_or_default();
        if !version().starts_with(written) {
            wrong.push(format!("README.md: `{line}`, but this is {}", version()));
        }
    }
    assert_none(wrong);
    let changelog = Source::read(Path::new("CHANGELOG.md")).text;
    let latest = changelog.lines().find_map(|line| line.strip_prefix("## "));
    let latest = latest.expect("the changelog names a version").trim_matches(['[', ']']);
    assert_eq!(latest.split([' ', ']']).next(), Some(version().as_str()));
}

#[test]
fn the_readme_states_the_oldest_compiler() {
    let manifest = Source::read(Path::new("Cargo.toml")).text;
    let oldest = value(&manifest, "rust-version").expect("the workspace states it");
    let readme = Source::read(Path::new("README.md")).text;
    assert!(readme.contains(&format!("Rust {oldest}")), "README.md does not say `Rust {oldest}`");
}

#[test]
fn examples_are_short_and_say_what_they_show() {
    const MOST: usize = 60;
    let mut wrong = Vec::new();
    for source in files(".rs").into_iter().filter(|source| source.is_below("examples")) {
        let path = source.path.display().to_string();
        if !path.contains("word_count") && source.text.lines().count() >= MOST {
            wrong.push(format!("{path}: {} lines", source.text.lines().count()));
        }
        if !source.text.starts_with("//! ") {
            wrong.push(format!("{path}: the first line does not say what it shows"));
        }
    }
    assert_none(wrong);
}
