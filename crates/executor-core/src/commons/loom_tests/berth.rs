//! Two sleepers and two that wake: no value is left lying while somebody sleeps.

use std::sync::Arc;

use loom::sync::{Condvar, Mutex};
use loom::thread;

use crate::future::explore;
use crate::primitives::atomic::Ordering::*;

use super::super::Berth;

/// The kernel: it compares the word before it lets anybody sleep, and does both as one.
struct Kernel {
    sleeping: Mutex<u32>,
    woken: Condvar,
}

struct Model {
    berth: Berth,
    /// Values in a queue, under its lock.
    values: Mutex<u32>,
    kernel: Kernel,
}

impl Model {
    fn new() -> Arc<Self> {
        let kernel = Kernel { sleeping: Mutex::new(0), woken: Condvar::new() };
        Arc::new(Self { berth: Berth::new(), values: Mutex::new(0), kernel })
    }

    fn put(&self) {
        *self.values.lock().unwrap() += 1;
        if self.berth.ring().is_some() {
            // The kernel's own lock orders a sleeper's comparison and this.
            drop(self.kernel.sleeping.lock().unwrap());
            self.kernel.woken.notify_one();
        }
    }

    fn get(&self) {
        loop {
            let mut values = self.values.lock().unwrap();
            let heard = self.berth.listen();
            if *values > 0 {
                *values -= 1;
                return;
            }
            drop(values);
            let word = self.berth.lie_down();
            let sleeping = self.kernel.sleeping.lock().unwrap();
            if word.load(Relaxed) == heard {
                drop(self.kernel.woken.wait(sleeping).unwrap());
            }
            self.berth.rise();
        }
    }
}

/// A sleeper that is missed would be a deadlock, which the model reports.
#[test]
fn nobody_sleeps_beside_a_value() {
    explore(|| {
        let model = Model::new();
        let gets = {
            let model = Arc::clone(&model);
            thread::spawn(move || model.get())
        };
        model.put();
        gets.join().unwrap();
    });
}

#[test]
fn each_of_two_is_woken_for_its_own() {
    explore(|| {
        let model = Model::new();
        let getters: Vec<_> = (0..2)
            .map(|_| {
                let model = Arc::clone(&model);
                thread::spawn(move || model.get())
            })
            .collect();
        model.put();
        model.put();
        getters.into_iter().for_each(|getter| getter.join().unwrap());
        assert_eq!(*model.values.lock().unwrap(), 0);
    });
}
