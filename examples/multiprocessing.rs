//! A function that keeps a processor busy, in processes of their own: made, started, joined.

use concurrent_futures::multiprocessing::{
    Process, ProcessError, active_children, current_process, parent_process,
};

/// Takes a processor, and time.
fn count_primes(below: u64) -> u64 {
    let name = current_process().name().to_owned();
    let parent = parent_process().map_or(String::new(), |parent| parent.name().to_owned());
    println!("{name}, a child of {parent}, counts the primes below {below}");
    let prime = |n: &u64| (2..=n.isqrt()).all(|divisor| !n.is_multiple_of(divisor));
    (2..below).filter(prime).count() as u64
}

fn main() -> Result<(), ProcessError> {
    // In another process this never returns.
    concurrent_futures::init();
    let process = Process::new(count_primes, 100_000);
    println!("made: alive {}, pid {:?}", process.is_alive(), process.pid());
    process.start()?;
    println!("started: pid known {}", process.pid().is_some());
    process.join()?;
    println!("joined: alive {}, exit code {:?}", process.is_alive(), process.exitcode());
    if let Ok(primes) = process.into_result() {
        println!("there are {primes}");
    }

    let quits: fn(i32) = |code| std::process::exit(code);
    let quitter = Process::new(quits, 3).with_name("quitter");
    quitter.start()?;
    quitter.join()?;
    println!("{} ended with {:?}", quitter.name(), quitter.exitcode());

    let sleeps: fn(()) = |()| loop {
        std::thread::park();
    };
    let sleeper = Process::new(sleeps, ()).daemon(true);
    sleeper.start()?;
    println!("{} active", active_children().len());
    sleeper.terminate()?;
    sleeper.join()?;
    println!("terminated: {:?}", sleeper.exitcode());
    Ok(())
}
