//! The program ends, in every way, and daemons end with it while other processes go on.

use std::time::{Duration, Instant};

use concurrent_futures::multiprocessing::Process;

use crate::gate::{Gate, eventually, knock};
use crate::programs::{Program, pause};
use crate::system::{SIGKILL, signal, state};
use crate::watchdog::check;

fn stand(key: String) {
    knock(&key, 0);
}

fn stand_and_say(key: String) {
    knock(&key, 0);
    // The harness would keep what `println!` says.
    std::io::Write::write_all(&mut std::io::stdout(), b"\nother: went on\n").unwrap();
}

fn daemon_of_a_daemon(key: String) {
    let process = Process::new(stand, key).daemon(true);
    process.start().unwrap();
    process.join().unwrap();
}

/// Has a daemon, that daemon's daemon, and another process, and then ends as `how` says.
pub(crate) fn program(how: &str) {
    let gate = Gate::new();
    let daemon = Process::new(stand, gate.key()).daemon(true);
    let daemons = Process::new(daemon_of_a_daemon, gate.key()).daemon(true);
    let other = Process::new(stand_and_say, gate.key());
    for process in [&daemon, &daemons, &other] {
        process.start().unwrap();
    }
    let guests: Vec<_> = (0..3).map(|_| gate.guest()).collect();
    let known = [&daemon, &daemons, &other].map(|process| process.pid().unwrap());
    let mut all = guests.iter().map(|guest| guest.pid);
    let grandchild = all.find(|pid| !known.contains(pid)).unwrap();
    println!("daemons: {} {} {grandchild}", known[0], known[1]);
    println!("other: {}", known[2]);
    // Whoever ends the program must not let the guests go on.
    std::mem::forget((guests, daemon, daemons));
    pause();
    match how {
        "killed" => signal(std::process::id(), SIGKILL),
        "exits" => std::process::exit(3),
        "aborts" => std::process::abort(),
        "panics" => panic!("on purpose"),
        _ => return,
    };
}

fn alive(pid: u32) -> bool {
    !matches!(state(pid), None | Some('Z' | 'X'))
}

#[test]
fn daemons_end_with_the_program_and_others_do_not() {
    check(|| {
        for how in ["killed", "exits", "aborts", "panics", "returns"] {
            let mut program = Program::start(how);
            let daemons: Vec<u32> =
                program.line("daemons").split(' ').map(|pid| pid.parse().unwrap()).collect();
            let other: u32 = program.line("other").parse().unwrap();
            assert!(daemons.iter().all(|pid| alive(*pid)));
            program.end();
            let ended = Instant::now();
            eventually(|| !daemons.iter().any(|pid| alive(*pid)));
            assert!(ended.elapsed() < Duration::from_secs(1), "{how}: {:?}", ended.elapsed());
            // Its gate went with the program, so it comes to its own end.
            assert_eq!(program.line("other"), "went on", "{how}");
            eventually(|| !alive(other));
        }
    });
}
