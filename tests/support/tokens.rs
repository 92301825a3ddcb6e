//! Values that count their own drops.

use std::sync::{Arc, Mutex};

/// Hands out tokens and knows of each how often it was dropped.
#[derive(Clone, Default)]
pub(crate) struct Ledger {
    drops: Arc<Mutex<Vec<u32>>>,
}

/// Lives inside a closure, an argument or a result, and reports its drop.
pub(crate) struct Token {
    ledger: Ledger,
    index: usize,
}

impl Ledger {
    pub(crate) fn token(&self) -> Token {
        let mut drops = self.drops.lock().unwrap();
        drops.push(0);
        Token { ledger: self.clone(), index: drops.len() - 1 }
    }

    /// How many tokens have not been dropped.
    pub(crate) fn alive(&self) -> usize {
        self.drops.lock().unwrap().iter().filter(|&&drops| drops == 0).count()
    }

    /// Fails unless every token was dropped, and none of them twice.
    pub(crate) fn assert_settled(&self) {
        let drops = self.drops.lock().unwrap();
        assert!(!drops.is_empty(), "the test has made no token");
        for (index, &drops) in drops.iter().enumerate() {
            assert_eq!(drops, 1, "token {index} was dropped {drops} times");
        }
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.ledger.drops.lock().unwrap()[self.index] += 1;
    }
}
