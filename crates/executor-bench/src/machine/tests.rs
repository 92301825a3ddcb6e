//! The figures' origin is told in full.

use super::*;

/// A machine for the tests of others, always the same.
pub(crate) fn machine() -> Machine {
    Machine {
        cores: 2,
        cpu: "CPU".to_owned(),
        system: "linux 6".to_owned(),
        load: "0.10".to_owned(),
        compiler: "rustc 1.95.0 (abc 2026)".to_owned(),
        version: "0.1.0".to_owned(),
        others: vec!["rayon 1".to_owned(), "loky absent".to_owned()],
        method: "by hand".to_owned(),
    }
}

#[test]
fn a_peer_is_named_with_the_version_that_is_built() {
    let lock = "name = \"a\"\nversion = \"0.9.0\"\n\nname = \"a\"\nversion = \"1.2.3\"\n";
    assert_eq!(version_in(lock, "a"), "1.2.3");
    assert_eq!(version_in(lock, "b"), "(version unknown)");
    let here = Machine::here(&PEERS, "as usual".to_owned());
    assert!(here.others.iter().all(|peer| !peer.contains("unknown")), "{:?}", here.others);
}

#[test]
fn an_absent_interpreter_is_said_so() {
    assert_eq!(python_versions("no-such-python"), ["no-such-python absent"]);
    let here = Machine::with_peers("no-such-python", "as usual".to_owned());
    assert!(here.describe().contains("no-such-python absent"), "{}", here.describe());
}

#[test]
fn the_description_names_cores_system_compiler_and_method() {
    let here = Machine::here(&[], "seven rounds".to_owned());
    let text = here.describe();
    for part in [&here.system, &here.compiler, &here.version, "seven rounds", "cores ("] {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
}
