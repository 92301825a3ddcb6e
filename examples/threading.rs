//! Threads as objects, section by section as tutorials of Python's `threading` show them.

use std::sync::mpsc::{Receiver, channel};
use std::{error::Error, sync::Arc, thread};

use concurrent_futures::sync::Lock;
use concurrent_futures::threading::{self, Runnable, Thread};

/// The object-oriented way: the parameters are fields.
struct MyThread {
    rest: Receiver<()>,
}

impl Runnable for MyThread {
    type Output = ();

    fn run(self) {
        println!("A thread is running");
        let _woken = self.rest.recv();
        println!("Thread exited");
    }
}

fn send_email(email_id: &str) {
    println!("Sending an email to {email_id}");
}

fn run_sql_query((lock, query_number): (Arc<Lock>, u32)) {
    let _guard = lock.acquire();
    println!("Running sql query {query_number}");
    thread::yield_now();
    println!("Done executing sql query {query_number}");
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("{} thread is active", threading::active_count());
    let thread = Thread::with_args(send_email, "example@email.com");
    println!("{}: ident {:?}, alive {}", thread.name(), thread.ident(), thread.is_alive());
    thread.start()?;
    thread.join()?;
    let ident = thread.ident().is_some();
    println!("{}: has an ident {ident}, alive {}", thread.name(), thread.is_alive());

    let (wake, rest) = channel();
    let my_thread = Thread::from_runnable(MyThread { rest }).with_name("mine");
    my_thread.start()?;
    println!("{} threads are active, one is {}", threading::active_count(), my_thread.name());
    drop(wake);
    my_thread.join()?;

    let sql_lock = Arc::new(Lock::new());
    for query_number in 0..10 {
        Thread::with_args(run_sql_query, (Arc::clone(&sql_lock), query_number)).start()?;
    }
    threading::join_all(); // Python does this by itself when the program ends
    println!("{} thread is active", threading::active_count());
    Ok(())
}
