//! Two processes that talk over a pipe, until one hangs up.

use std::error::Error;

use concurrent_futures::multiprocessing::{Connection, Process, pipe};

fn answer(line: Connection<String>) {
    // An error is the end of the other side.
    while let Ok(question) = line.recv() {
        let answer = question.replace('?', "!").to_uppercase();
        if line.send(answer).is_err() {
            break;
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    concurrent_futures::init();
    let (ours, theirs) = pipe()?;
    let process = Process::new(answer, theirs);
    process.start()?;
    for question in ["hello?", "anybody there?"] {
        ours.send(question.to_owned())?;
        println!("{question} {}", ours.recv()?);
    }
    drop(ours);
    process.join()?;
    println!("exit code {:?}", process.exitcode());
    Ok(())
}
