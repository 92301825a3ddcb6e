//! Ten threads queue on one lock to run their queries on one connection, one after another.

use concurrent_futures::sync::{Lock, Mutex};
use std::thread;

/// A connection that can run one query at a time and keeps a log of them.
#[derive(Default)]
struct Connection {
    log: Vec<String>,
}

impl Connection {
    fn query(&mut self, user: usize, sql: &str) {
        self.log.push(format!("{:2}. thread {user}: {sql}", self.log.len() + 1));
    }
}

fn main() {
    // A lock guards a stretch of code; a mutex guards a value and cannot be forgotten.
    let (printing, connection) = (Lock::new(), Mutex::new(Connection::default()));
    thread::scope(|scope| {
        for user in 0..10 {
            let (printing, connection) = (&printing, &connection);
            scope.spawn(move || {
                let sql = format!("SELECT balance FROM accounts WHERE id = {user}");
                connection.lock().query(user, &sql);
                let _guard = printing.acquire();
                println!("thread {user} is done");
            });
        }
    });
    println!("\nin the order of acquisition:");
    for line in connection.into_inner().log {
        println!("{line}");
    }
}
