//! The program ends, or is interrupted.

use std::env;
use std::os::unix::process::CommandExt;
use std::time::{Duration, Instant};

use concurrent_futures::{ProcessPoolExecutor, StartMethod, TaskErrorKind};

use crate::programs::{Started, command, pause};
use crate::rig::{builder, eventually, is_alive, pid, signal};
use crate::watchdog::{check, scaled};

fn block(_: ()) {
    loop {
        std::thread::park();
    }
}

fn spin(_: ()) {
    loop {
        std::hint::spin_loop();
    }
}

/// Two workers that do as `work` says, and then the end as `how` says.
pub(crate) fn program(method: StartMethod, words: &[&str]) {
    let [work, how] = words else { panic!("which work, and how to end?") };
    let pool = builder(2).start_method(method).build().unwrap();
    let (gate, task): (_, Option<fn(())>) = match *work {
        "idle" => (crate::rig::Gate::new(), None),
        "blocked" => (crate::rig::Gate::new(), Some(block)),
        "busy" => (crate::rig::Gate::new(), Some(spin)),
        other => panic!("no such work: {other}"),
    };
    drop(gate.hold_all(&pool, 2));
    let futures: Vec<_> =
        task.into_iter().flat_map(|task| [task; 2]).map(|f| pool.submit(f, ())).collect();
    eventually(|| futures.iter().all(concurrent_futures::Future::running));
    println!("workers: {}", list(&pool));
    pause();
    match *how {
        // The test kills it while it waits.
        "killed" => unreachable!("the test lets nobody through"),
        "exit" => std::process::exit(5),
        "forgotten" => std::mem::forget(pool),
        "panic" => {
            std::mem::forget(pool);
            panic!("on purpose");
        }
        "abort" => std::process::abort(),
        other => panic!("no such end: {other}"),
    }
}

fn list(pool: &ProcessPoolExecutor) -> String {
    pool.worker_pids().iter().map(u32::to_string).collect::<Vec<_>>().join(" ")
}

/// Nobody is left a second after the program.
fn leaves_nobody(how: &str) {
    for method in ["spawn", "fork-server"] {
        for work in ["idle", "blocked", "busy"] {
            let mut command = command(&env::current_exe().unwrap(), "ends", &[method, work, how]);
            command.stderr(std::process::Stdio::null());
            let mut program = Started::new(&mut command);
            let workers = program.pids("workers");
            assert_eq!(workers.len(), 2);
            assert!(workers.iter().all(|pid| is_alive(*pid)));
            // The fork server is a child as well.
            let all = crate::rig::children_of(program.child.id());
            assert!(workers.iter().all(|worker| all.contains(worker)));
            if how == "killed" {
                program.child.kill().unwrap();
            }
            program.wait();
            let ended = Instant::now();
            eventually(|| all.iter().all(|pid| !is_alive(*pid)));
            assert!(
                ended.elapsed() < scaled(Duration::from_secs(1)),
                "{method} {work}: {:?}",
                ended.elapsed()
            );
        }
    }
}

#[test]
fn a_program_that_is_killed_leaves_nobody() {
    check(|| leaves_nobody("killed"));
}

#[test]
fn a_program_that_exits_leaves_nobody() {
    check(|| leaves_nobody("exit"));
}

#[test]
fn a_program_that_forgets_its_pool_leaves_nobody() {
    check(|| leaves_nobody("forgotten"));
}

#[test]
fn a_program_that_panics_leaves_nobody() {
    check(|| leaves_nobody("panic"));
}

#[test]
fn a_program_that_aborts_leaves_nobody() {
    check(|| leaves_nobody("abort"));
}

/// Ignores the interrupt, and goes on with the same workers.
pub(crate) fn interrupted(method: StartMethod) {
    // SAFETY: ignoring a signal runs no code when it comes.
    unsafe { libc::signal(libc::SIGINT, libc::SIG_IGN) };
    let pool = builder(2).start_method(method).build().unwrap();
    let gate = crate::rig::Gate::new();
    let held = gate.hold_all(&pool, 2);
    println!("workers: {}", list(&pool));
    pause();
    let pids: Vec<u32> = held.iter().map(crate::rig::Held::pid).collect();
    for held in held {
        let worker = held.pid();
        assert_eq!(held.release().result().unwrap(), worker, "it went on");
    }
    assert!(pids.contains(&pool.submit(pid, ()).result().unwrap()));
    let error =
        pool.submit(|code: i32| -> u32 { std::process::exit(code) }, 1).result().unwrap_err();
    assert_eq!(error.kind(), TaskErrorKind::WorkerDied);
    // A worker that is new has not seen the interrupt either.
    assert!(pool.submit(pid, ()).result().is_ok());
    println!("done: yes");
}

#[test]
fn an_interrupt_from_the_keyboard_is_the_programs_business() {
    check(|| {
        for method in ["spawn", "fork-server"] {
            let exe = env::current_exe().unwrap();
            let mut command = command(&exe, "interrupted", &[method]);
            command.process_group(0).stderr(std::process::Stdio::piped());
            let mut program = Started::new(&mut command);
            let workers = program.pids("workers");
            let mut stderr = program.child.stderr.take().unwrap();
            for _ in 0..3 {
                interrupt_group(program.child.id());
            }
            assert!(workers.iter().all(|pid| is_alive(*pid)));
            let (rest, status) = program.end();
            let mut errors = String::new();
            std::io::Read::read_to_string(&mut stderr, &mut errors).unwrap();
            assert!(status.success() && rest.contains("done: yes"), "{rest} {errors}");
            assert!(!errors.contains("panicked"), "{errors}");
        }
    });
}

/// What the keys Ctrl-C do.
fn interrupt_group(leader: u32) {
    // SAFETY: `kill` touches no memory of this process.
    let sent = unsafe { libc::kill(-leader.cast_signed(), libc::SIGINT) };
    assert_eq!(sent, 0);
}

/// A worker that starts while the signal comes is not ended by it.
#[test]
fn an_interrupt_ends_no_program_that_does_not_want_it() {
    check(|| {
        let mut command =
            command(&env::current_exe().unwrap(), "ends", &["spawn", "blocked", "exit"]);
        command.process_group(0);
        // A shell that started the tests in the background has them ignore the signal.
        let default = || {
            // SAFETY: it is safe between fork and exec.
            unsafe { libc::signal(libc::SIGINT, libc::SIG_DFL) };
            Ok(())
        };
        // SAFETY: the closure only calls what is safe there.
        unsafe { command.pre_exec(default) };
        let mut program = Started::new(&mut command);
        let workers = program.pids("workers");
        signal(workers[0], libc::SIGINT);
        assert!(is_alive(workers[0]));
        interrupt_group(program.child.id());
        let (_, status) = program.end();
        // The program itself has the default action.
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(libc::SIGINT));
        eventually(|| workers.iter().all(|pid| !is_alive(*pid)));
    });
}
