//! The program's file is replaced or deleted while it runs, and places where there is no `/proc`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use concurrent_futures::StartMethod;

use crate::programs::{Ended, Started, command, finish, pause};
use crate::rig::{Folder, builder, pid};
use crate::watchdog::check;

/// Starts a worker before a pause, another one behind it, and those of a new pool.
pub(crate) fn program(method: StartMethod) {
    let make = || builder(1).start_method(method).build().unwrap();
    let first = make();
    let before = first.submit(pid, ()).result().unwrap();
    println!("ready: {before}");
    pause();
    first.submit(crate::rig::abort, ()).wait();
    let again = first.submit(pid, ()).result();
    let other = make().submit(pid, ()).result();
    match (again, other) {
        (Ok(again), Ok(_)) => println!("end: works {}", again != before),
        (Err(error), _) | (_, Err(error)) => println!("end: refused {error}"),
    }
}

/// One task, and what came of it.
pub(crate) fn once(method: StartMethod) {
    match builder(1).start_method(method).build() {
        Err(error) => println!("end: unbuilt {error}"),
        Ok(pool) => match pool.submit(|n: u32| n + 1, 1).result() {
            Ok(sum) => println!("end: works {sum}"),
            Err(error) => println!("end: refused {error}"),
        },
    }
}

/// Copies a program by another one: a file that this process had open for writing could not be
/// executed as long as a worker that is just being started has it open as well.
fn copy_to(from: &Path, to: &Path) {
    let copied = Command::new("cp").args([from, to]).status().unwrap();
    assert!(copied.success());
}

/// What the program says in the end if `change` happens to its file meanwhile.
fn after(change: impl Fn(&Path)) {
    for method in ["spawn", "fork-server"] {
        let folder = Folder::new();
        let copy = folder.0.join("program");
        copy_to(&env::current_exe().unwrap(), &copy);
        let mut program = Started::new(&mut command(&copy, "replaced", &[method]));
        program.line("ready");
        change(&copy);
        program.child.stdin.take().unwrap().write_all(b"\n").unwrap();
        let end = program.line("end");
        assert_eq!(end, "works true", "{method}");
        let (_, status) = program.end();
        assert!(status.success());
    }
}

#[test]
fn a_deleted_program_starts_workers() {
    check(|| after(|copy| fs::remove_file(copy).unwrap()));
}

#[test]
fn a_program_replaced_by_another_starts_its_own_workers() {
    check(|| {
        after(|copy| {
            let other = copy.with_extension("new");
            copy_to(Path::new("/bin/false"), &other);
            fs::rename(&other, copy).unwrap();
        });
    });
}

#[test]
fn a_program_that_was_moved_starts_workers() {
    check(|| after(|copy| fs::rename(copy, copy.with_extension("moved")).unwrap()));
}

/// Runs a program behind `wrap`, a script that ends in `"$@"`.
fn wrapped(script: &str, method: &str, exe: &Path) -> Option<Ended> {
    let inner = command(exe, "once", &[method]);
    let mut outer = Command::new("unshare");
    outer.args(["--mount", "sh", "-ec", script, "sh"]);
    outer.arg(inner.get_program()).args(inner.get_args());
    outer.envs(inner.get_envs().filter_map(|(key, value)| Some((key, value?))));
    let allowed = Command::new("unshare").args(["--mount", "true"]).stderr(Stdio::null()).status();
    allowed.is_ok_and(|status| status.success()).then(|| finish(&mut outer))
}

fn works_or_says_why(script: &str, exe: &Path, words: &[&str]) {
    for method in ["spawn", "fork-server"] {
        let Some(ended) = wrapped(script, method, exe) else {
            eprintln!("this machine lets nobody change what is mounted; nothing was tested");
            return;
        };
        let Ended { stdout, stderr, status } = ended;
        assert!(status.success(), "{method}: {stdout} {stderr}");
        let (_, end) = stdout.split_once("end: ").expect("the program came to its end");
        let clear = end.starts_with("works 2") || words.iter().any(|word| end.contains(word));
        assert!(clear, "{method}: {end} {stderr}");
    }
}

#[test]
fn without_proc_it_works_or_says_why() {
    let exe: PathBuf = env::current_exe().unwrap();
    check(|| works_or_says_why("mount -t tmpfs none /proc; exec \"$@\"", &exe, &["/proc"]));
}

#[test]
fn on_a_read_only_root_it_works() {
    let exe: PathBuf = env::current_exe().unwrap();
    check(|| works_or_says_why("mount -o remount,ro,bind / || true; exec \"$@\"", &exe, &[]));
}
