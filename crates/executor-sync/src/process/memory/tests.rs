use super::head::{HEAD, Head, Kind, page};
use super::{Inner, Memory, What};
use crate::primitives::{AtomicU64, Ordering::Relaxed};
use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use rustix::io::pwrite;
use std::os::fd::AsRawFd;

/// The first word of writable memory.
fn word(memory: &Memory) -> &AtomicU64 {
    assert!(memory.len() >= 8);
    // SAFETY: M1 and M2: it is there, aligned, and an atomic.
    unsafe { AtomicU64::from_ptr(memory.as_ptr().cast()) }
}

/// Receives it as another process would, which has not mapped it.
fn open_anew(memory: &Memory) -> Result<Memory, String> {
    let inner = Inner::open(&memory.ticket(), memory.inner.key)?;
    Ok(Memory { inner: inner.into() })
}

#[test]
fn what_is_written_is_seen_through_another_mapping() {
    let memory = Memory::zeroed(100).unwrap();
    let other = open_anew(&memory).unwrap();
    assert!(!memory.is(&other) && memory.as_ptr() != other.as_ptr());
    word(&memory).store(42, Relaxed);
    assert_eq!((word(&other).load(Relaxed), other.len()), (42, 100));
    assert!(other.is_writable() && other.as_bytes().is_none());
    drop(memory);
    assert_eq!(word(&other).load(Relaxed), 42, "it lives as long as somebody has it");
}

#[test]
fn sealed_memory_is_what_it_was_made_of() {
    for len in [0, 1, HEAD, page() - HEAD, page(), 3 * page() + 1] {
        let bytes: Vec<u8> = (0..len).map(|at| at as u8).collect();
        let memory = Memory::sealed(&bytes).unwrap();
        assert_eq!(memory.as_bytes(), Some(bytes.as_slice()));
        assert!(pwrite(&memory.inner.file, b"x", HEAD as u64).is_err(), "nobody can write it");
        let other = open_anew(&memory).unwrap();
        assert_eq!((other.as_bytes(), other.is_empty()), (Some(bytes.as_slice()), len == 0));
    }
}

#[test]
fn its_size_cannot_change() {
    let memory = Memory::zeroed(8).unwrap();
    for size in [0, page() as u64 - 1, 2 * page() as u64] {
        assert!(ftruncate(&memory.inner.file, size).is_err());
    }
}

#[test]
fn what_is_sent_to_oneself_is_the_same_memory() {
    let memory = Memory::zeroed(8).unwrap();
    let arrived = Memory::receive(&memory.ticket()).unwrap();
    assert!(memory.is(&arrived) && memory.is(&memory.clone()));
    assert!(!memory.is(&Memory::zeroed(8).unwrap()));
}

#[test]
fn what_arrives_again_is_not_mapped_again() {
    let memory = Memory::zeroed(8).unwrap();
    let ticket = memory.ticket();
    let first = Memory::receive(&ticket).unwrap();
    drop(memory);
    assert!(Memory::receive(&ticket).unwrap().is(&first));
}

#[test]
fn what_was_dropped_is_an_error_that_says_so() {
    let memory = Memory::zeroed(8).unwrap();
    let ticket = memory.ticket();
    drop(memory);
    let said = Memory::receive(&ticket).unwrap_err();
    assert!(said.contains("has ended or dropped it before it was received"), "{said}");
}

#[test]
fn other_memory_at_the_same_number_is_refused() {
    let memory = Memory::zeroed(8).unwrap();
    let mut ticket = memory.ticket();
    ticket.what = What::Memory { token: 1 };
    assert!(Memory::receive(&ticket).unwrap_err().contains("is gone"));
    ticket = memory.ticket();
    ticket.inode += 1;
    assert!(Memory::receive(&ticket).unwrap_err().contains("is gone"));
    ticket.what = What::Parcel { access: 1 };
    assert!(Memory::receive(&ticket).is_err());
}

#[test]
fn a_file_that_could_shrink_is_refused() {
    let file = memfd_create("test", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING).unwrap();
    let head = Head::new(Kind::Writable, 8).unwrap();
    ftruncate(&file, head.file_size() as u64).unwrap();
    pwrite(&file, &head.to_bytes(), 0).unwrap();
    let (device, inode) = super::identity(&file).unwrap();
    let what = What::Memory { token: head.token() };
    let pid = std::process::id();
    let ticket = super::Ticket { pid, number: file.as_raw_fd(), device, inode, what };
    let said = Memory::receive(&ticket).unwrap_err();
    assert!(said.contains("not as it was made"), "{said}");
}

#[test]
fn large_memory_takes_only_what_is_touched() {
    let memory = Memory::zeroed(1 << 40).unwrap();
    word(&memory).store(1, Relaxed);
    let other = open_anew(&memory).unwrap();
    assert_eq!(word(&other).load(Relaxed), 1);
}

#[test]
fn what_no_process_can_have_is_an_error_with_the_size() {
    for len in [usize::MAX, isize::MAX as usize] {
        let said = Memory::zeroed(len).unwrap_err().to_string();
        assert!(said.contains(&len.to_string()), "{said}");
    }
    let said = Memory::zeroed(1 << 60).unwrap_err().to_string();
    assert!(said.contains(&(1_usize << 60).to_string()), "{said}");
}

#[test]
fn a_head_is_read_as_it_was_written() {
    for kind in [Kind::Writable, Kind::Sealed] {
        let head = Head::new(kind, 12345).unwrap();
        assert_eq!(Head::from_bytes(&head.to_bytes()), Some(head));
    }
    assert_eq!(Head::from_bytes(&[0; HEAD]), None);
    assert_eq!(Head::from_bytes(&[]), None);
}

#[test]
fn the_private_page_is_not_shared() {
    let memory = Memory::zeroed(8).unwrap();
    let other = open_anew(&memory).unwrap();
    let (mine, theirs) = (memory.private_page().unwrap(), other.private_page().unwrap());
    // SAFETY: M1: the page belongs to this process and to this test.
    unsafe { mine.write(5) };
    // SAFETY: as above.
    assert_eq!(unsafe { theirs.read() }, 0);
    assert!(Memory::sealed(b"").unwrap().private_page().is_none());
}
