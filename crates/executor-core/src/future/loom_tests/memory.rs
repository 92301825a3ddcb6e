//! Watches over blocks of one alignment, which only the cells of these models have.
//!
//! Such a block is poisoned when it is freed, and goes back to the system only when the execution
//! is over. A model's threads all run on the one thread of the test, so what is kept is
//! thread-local.
//!
//! Rule M1. A block is kept with the layout it was made with, and given back once.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::process::abort;

/// What a cell holds is aligned like this, and so the cell is.
pub(super) const ALIGN: usize = 256;

/// Looked at through a freed cell, an object of loom's is none.
const POISON: u8 = 0xA5;

const MOST: usize = 32;

struct Kept {
    blocks: [(*mut u8, usize); MOST],
    count: usize,
}

thread_local! {
    static LIVE: Cell<usize> = const { Cell::new(0) };
    static KEPT: RefCell<Kept> =
        const { RefCell::new(Kept { blocks: [(std::ptr::null_mut(), 0); MOST], count: 0 }) };
}

struct Quarantine;

#[global_allocator]
static QUARANTINE: Quarantine = Quarantine;

// SAFETY: M1; everything else is the system's allocator.
unsafe impl GlobalAlloc for Quarantine {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() == ALIGN {
            LIVE.set(LIVE.get() + 1);
        }
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if layout.align() != ALIGN {
            // SAFETY: as the caller promises.
            return unsafe { System.dealloc(block, layout) };
        }
        // SAFETY: the caller gives the block up.
        unsafe { block.write_bytes(POISON, layout.size()) };
        KEPT.with_borrow_mut(|kept| kept.keep(block, layout.size()));
        LIVE.set(LIVE.get() - 1);
    }
}

impl Kept {
    fn keep(&mut self, block: *mut u8, size: usize) {
        let twice = self.blocks[..self.count].iter().any(|&(other, _)| other == block);
        if twice || self.count == MOST {
            eprintln!("a cell is freed twice, or a model frees too many");
            abort();
        }
        self.blocks[self.count] = (block, size);
        self.count += 1;
    }
}

/// Gives everything back at the end of an execution, by when all cells have been freed.
pub(super) fn settle() {
    KEPT.with_borrow_mut(|kept| {
        for (block, size) in &kept.blocks[..kept.count] {
            let layout = Layout::from_size_align(*size, ALIGN).expect("it was a layout before");
            // SAFETY: as the caller of `dealloc` promised.
            let bytes = unsafe { std::slice::from_raw_parts(*block, *size) };
            assert!(bytes.iter().all(|byte| *byte == POISON), "a freed cell was written to");
            // SAFETY: M1.
            unsafe { System.dealloc(*block, layout) };
        }
        kept.count = 0;
    });
    assert_eq!(LIVE.replace(0), 0, "cells were not freed");
}
