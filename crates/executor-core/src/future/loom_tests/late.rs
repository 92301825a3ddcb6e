//! What is made late is made once: whoever asks sees the same thing, whole, and the other one is
//! thrown away.

use loom::sync::Arc;
use loom::thread;

use crate::future::late::Late;
use crate::primitives::Mutex;

use super::scene::{Tally, Token, explore};

fn ask(late: &Late<Mutex<Token>>, tally: &Tally) -> usize {
    let token = late.get_or_make(|| Mutex::new(tally.token()));
    drop(token.lock());
    std::ptr::from_ref(token).addr()
}

#[test]
fn two_who_ask_at_once() {
    explore(|| {
        let tally = Tally::default();
        let late = Arc::new(Late::new());
        let other = {
            let (late, tally) = (Arc::clone(&late), tally.clone());
            thread::spawn(move || ask(&late, &tally))
        };
        let mine = ask(&late, &tally);
        assert_eq!(mine, other.join().unwrap());
        drop(late);
        tally.settle();
    });
}
