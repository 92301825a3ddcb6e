//! Other processes: those that a task starts, and a program that treats its children in its own
//! way.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use concurrent_futures::{StartMethod, TaskErrorKind, WorkerOutput};

use crate::programs::{Ended, command, finish, run};
use crate::rig::{METHODS, builder, children_of, eventually, is_alive, pid, signal};
use crate::watchdog::{check, scaled};

/// Starts a program that stays, with the outputs of its worker.
fn leave_behind(_: ()) -> u32 {
    Command::new("sleep").arg("60").spawn().expect("there is such a program").id()
}

#[test]
fn a_program_that_a_task_leaves_behind_holds_nobody_up() {
    check(|| {
        for method in METHODS {
            let both = builder(1).stdout(WorkerOutput::Capture).stderr(WorkerOutput::Capture);
            let pool = both.start_method(method).build().unwrap();
            let left = pool.submit(leave_behind, ()).result().unwrap();
            let dead = pool.submit(|code: i32| -> u32 { std::process::exit(code) }, 3).result();
            assert_eq!(dead.unwrap_err().kind(), TaskErrorKind::WorkerDied);
            let began = Instant::now();
            pool.shutdown();
            assert!(began.elapsed() < scaled(Duration::from_secs(5)));
            assert!(is_alive(left), "it is its own master");
            signal(left, libc::SIGKILL);
        }
    });
}

#[test]
fn a_task_may_start_the_program_itself() {
    check(|| {
        let start = |_: ()| {
            let mut command = Command::new(env::current_exe().unwrap());
            let command = command.args(["--exact", "programs::the_program"]).stdin(Stdio::null());
            let output = command.output().unwrap();
            (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
        };
        for method in METHODS {
            let pool = builder(1).start_method(method).build().unwrap();
            let (success, text) = pool.submit(start, ()).result().unwrap();
            assert!(success && text.contains("1 passed"), "it is no worker: {text}");
        }
    });
}

#[test]
fn a_fork_server_that_is_killed_is_replaced() {
    check(|| {
        let builder = builder(1).start_method(StartMethod::ForkServer);
        let pool = builder.env("CF_SERVER", "killed").build().unwrap();
        let worker = pool.submit(pid, ()).result().unwrap();
        let is_ours = |pid: &u32| {
            let file = |name: &str| fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default();
            let text = |name: &str| String::from_utf8_lossy(&file(name)).into_owned();
            text("environ").contains("CF_SERVER=killed")
                && text("comm").starts_with("cf-fork-server")
        };
        let own = std::process::id();
        let servers: Vec<u32> = children_of(own).into_iter().filter(is_ours).collect();
        assert_eq!(servers.len(), 1);
        signal(servers[0], libc::SIGKILL);
        eventually(|| !is_alive(servers[0]));
        assert_eq!(pool.submit(pid, ()).result().unwrap(), worker, "its workers live on");
        pool.submit(crate::rig::abort, ()).wait();
        assert_ne!(pool.submit(pid, ()).result().unwrap(), worker);
        drop(pool);
        // The last pool takes its server along; the thread that holds it last may be another one.
        eventually(|| !children_of(own).iter().any(is_ours));
    });
}

/// Has no news of its children, as a shell's `trap '' CHLD` leaves it.
pub(crate) fn childless(method: StartMethod) {
    // SAFETY: ignoring a signal runs no code when it comes.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
    let pool = builder(1).start_method(method).build().unwrap();
    let first = pool.submit(pid, ()).result().unwrap();
    let error = pool.submit(|code: i32| -> u32 { std::process::exit(code) }, 3).result();
    assert_eq!(error.unwrap_err().kind(), TaskErrorKind::WorkerDied);
    assert_ne!(pool.submit(pid, ()).result().unwrap(), first);
    let status = |_: ()| Command::new("true").status().is_ok_and(|status| status.success());
    assert!(pool.submit(status, ()).result().unwrap(), "workers know of their children");
    pool.shutdown();
    println!("end: works");
}

#[test]
fn a_program_that_ignores_the_end_of_its_children_has_workers() {
    check(|| {
        for method in ["spawn", "fork-server"] {
            let Ended { stdout, stderr, status } = run("childless", &[method]);
            assert!(status.success() && stdout.contains("end: works"), "{stdout} {stderr}");
        }
    });
}

#[test]
fn with_few_descriptors_it_works() {
    check(|| {
        for method in ["spawn", "fork-server"] {
            let inner = command(&env::current_exe().unwrap(), "once", &[method]);
            let mut outer = Command::new("sh");
            outer.args(["-ec", "ulimit -n 48; exec \"$@\"", "sh"]).arg(inner.get_program());
            outer.args(inner.get_args());
            outer.envs(inner.get_envs().filter_map(|(key, value)| Some((key, value?))));
            let Ended { stdout, stderr, status } = finish(&mut outer);
            assert!(status.success() && stdout.contains("end: works 2"), "{stdout} {stderr}");
        }
    });
}

/// No fork bomb and no second worker: the copy is what it is told to be, or a plain program.
#[test]
fn a_stray_marker_is_ignored() {
    check(|| {
        let exe = env::current_exe().unwrap();
        let mut stray = command(&exe, "once", &["spawn"]);
        stray.env("CONCURRENT_FUTURES_WORKER", "1:worker:1:1:1:1");
        let Ended { stdout, stderr, status } = finish(&mut stray);
        assert!(status.success() && stdout.contains("end: works 2"), "{stdout} {stderr}");
    });
}
