//! Processes and their parents, and processes of processes.

use concurrent_futures::multiprocessing::{
    Process, active_children, cpu_count, current_process, join_all, parent_process,
};
use concurrent_futures::{ProcessPoolExecutor, TaskErrorKind};

use crate::census::undisturbed;
use crate::gate::{Gate, eventually, knock};
use crate::system::{children, state};

fn stand(key: String) {
    knock(&key, 0);
}

#[test]
fn children_are_listed_while_they_live() {
    undisturbed(|| {
        let gate = Gate::new();
        assert!(active_children().is_empty());
        let process = Process::new(stand, gate.key()).with_name("one of mine");
        process.start().unwrap();
        let listed = active_children();
        assert_eq!(listed.len(), 1);
        assert_eq!((listed[0].name(), Some(listed[0].pid())), ("one of mine", process.pid()));
        assert!(listed[0].is_alive());
        gate.guest().release();
        process.join().unwrap();
        assert!(!listed[0].is_alive());
        assert!(active_children().is_empty());
    });
}

#[test]
fn looking_at_the_children_leaves_no_zombie() {
    undisturbed(|| {
        let process = Process::new(|(): ()| (), ());
        process.start().unwrap();
        let pid = process.pid().unwrap();
        drop(process);
        eventually(|| state(pid) != Some('Z') || active_children().is_empty());
        eventually(|| active_children().is_empty());
        assert_eq!(state(pid), None);
    });
}

#[test]
fn a_dropped_process_goes_on_and_the_next_start_clears_it_away() {
    undisturbed(|| {
        let gate = Gate::new();
        let process = Process::new(stand, gate.key());
        process.start().unwrap();
        let guest = gate.guest();
        drop(process);
        assert_eq!(active_children().len(), 1, "it runs");
        let pid = guest.pid;
        guest.release();
        eventually(|| state(pid) == Some('Z'));
        let next = Process::new(|(): ()| (), ());
        next.start().unwrap();
        assert_eq!(state(pid), None);
        next.join().unwrap();
    });
}

#[test]
fn a_dropped_daemon_ends() {
    undisturbed(|| {
        let gate = Gate::new();
        let process = Process::new(stand, gate.key()).daemon(true);
        assert!(process.is_daemon());
        process.start().unwrap();
        let guest = gate.guest();
        let pid = guest.pid;
        drop(process);
        assert_eq!(state(pid), None);
        guest.gone();
    });
}

#[test]
fn all_but_daemons_are_waited_for() {
    undisturbed(|| {
        let gate = Gate::new();
        let daemon = Process::new(stand, gate.key()).daemon(true);
        daemon.start().unwrap();
        let guest = gate.guest();
        let quick: Vec<Process> = (0..3).map(|_| Process::new(|(): ()| (), ())).collect();
        quick.iter().for_each(|process| process.start().unwrap());
        join_all().unwrap();
        assert!(quick.iter().all(|process| process.exitcode() == Some(0)));
        assert!(daemon.is_alive());
        guest.release();
        daemon.join().unwrap();
    });
}

#[test]
fn a_child_knows_its_parent() {
    fn parent(_: ()) -> (u32, bool, String) {
        let parent = parent_process().unwrap();
        (parent.pid(), parent.is_alive(), current_process().name().to_owned())
    }
    undisturbed(|| {
        assert!(parent_process().is_none());
        let process = Process::new(parent, ());
        process.start().unwrap();
        let name = process.name().to_owned();
        assert_eq!(process.into_result().unwrap(), (std::process::id(), true, name));
        // A worker of a pool is a process, too.
        let pool = ProcessPoolExecutor::new(1).unwrap();
        let (pid, alive, _) = pool.submit(parent, ()).result().unwrap();
        assert_eq!((pid, alive), (std::process::id(), true));
    });
}

#[test]
fn an_orphan_sees_that_it_is_one() {
    fn child((key, result): (String, String)) {
        let parent = parent_process().unwrap();
        assert!(parent.is_alive());
        knock(&key, u64::from(parent.pid()));
        eventually(|| !parent.is_alive());
        knock(&result, 1);
    }
    fn parent(keys: (String, String)) {
        let process = Process::new(child, keys);
        process.start().unwrap();
        process.join().unwrap();
    }
    undisturbed(|| {
        let (gate, result) = (Gate::new(), Gate::new());
        let process = Process::new(parent, (gate.key(), result.key()));
        process.start().unwrap();
        let guest = gate.guest();
        assert_eq!(guest.number, u64::from(process.pid().unwrap()));
        process.kill().unwrap();
        process.join().unwrap();
        guest.release();
        let orphan = result.guest();
        assert_eq!(orphan.number, 1);
        orphan.release();
    });
}

#[test]
fn processes_have_processes_and_pools_have_them_too() {
    fn inner(n: u64) -> (u64, String) {
        (n + 1, current_process().name().to_owned())
    }
    fn outer(n: u64) -> (u64, String) {
        let process = Process::new(inner, n * 10);
        process.start().unwrap();
        process.into_result().unwrap()
    }
    fn with_pool(n: u64) -> (u64, String) {
        ProcessPoolExecutor::new(1).unwrap().submit(outer, n).result().unwrap()
    }
    undisturbed(|| {
        let process = Process::new(outer, 4);
        process.start().unwrap();
        let name = process.name().to_owned();
        assert_eq!(process.into_result().unwrap(), (41, format!("{name}:1")));

        let pool = ProcessPoolExecutor::new(1).unwrap();
        assert_eq!(pool.submit(outer, 5).result().unwrap().0, 51);
        drop(pool);

        let process = Process::new(with_pool, 6);
        process.start().unwrap();
        assert_eq!(process.into_result().unwrap().0, 61);
    });
}

#[test]
fn there_is_a_bottom() {
    fn down(level: u32) -> (u32, String) {
        let process = Process::new(down, level + 1);
        match process.start() {
            Ok(()) => process.into_result().unwrap(),
            Err(error) => (level, error.to_string()),
        }
    }
    undisturbed(|| {
        let (level, text) = down(0);
        assert_eq!(level, 8);
        assert!(text.contains("8 is the limit"), "{text}");
    });
}

#[test]
fn a_thread_of_a_pool_that_joins_is_stood_in_for() {
    undisturbed(|| {
        let gate = Gate::new();
        let process = Process::new(stand, gate.key());
        process.start().unwrap();
        let pool = concurrent_futures::ThreadPoolExecutor::new(1).unwrap();
        let joins = pool.spawn(move || process.join().unwrap());
        let releases = pool.spawn(move || gate.guest().release());
        joins.result().unwrap();
        releases.result().unwrap();
    });
}

#[test]
fn there_are_processors() {
    assert!(cpu_count() >= 1);
}

#[test]
fn where_descriptors_are_short_a_start_fails_and_can_be_tried_again() {
    undisturbed(|| {
        let process = Process::new(|(): ()| 1_u8, ());
        {
            let _few = crate::system::Limited::descriptors(4);
            assert!(process.start().is_err());
            assert_eq!(process.pid(), None);
        }
        process.start().unwrap();
        assert_eq!(process.into_result().unwrap(), 1);
        assert!(children().is_empty());
        let unstarted = Process::new(|(): ()| (), ());
        assert_eq!(unstarted.into_result().unwrap_err().kind(), TaskErrorKind::Failed);
    });
}
