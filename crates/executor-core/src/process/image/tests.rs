use super::elf::build_id_in;
use super::*;

fn local(x: u32) -> u32 {
    x + 1
}

#[test]
fn an_address_of_the_program_survives_the_way_through_its_offset() {
    let address = std::hint::black_box(local as fn(u32) -> u32) as usize;
    let offset = offset_of(address).expect("the function is in the program");
    assert_eq!(address_of(offset), Some(address));
}

#[test]
fn what_is_no_code_of_the_program_has_no_offset() {
    // SAFETY: nobody calls it.
    let library = libc::getpid as unsafe extern "C" fn() -> _ as usize;
    static DATA: u32 = 1;
    let stack = 0_u8;
    let (data, stack) = (&raw const DATA as usize, &raw const stack as usize);
    // A program that is linked statically has the library's code in it.
    let library = if cfg!(target_feature = "crt-static") { 0 } else { library };
    for address in [library, data, stack, 0, usize::MAX] {
        assert_eq!(offset_of(address), None, "{address:#x}");
    }
}

#[test]
fn offsets_outside_of_the_code_have_no_address() {
    for offset in [u64::MAX, u64::MAX / 2, usize::MAX as u64] {
        assert_eq!(address_of(offset), None, "{offset:#x}");
    }
}

#[test]
fn the_identity_of_a_build_stays_and_can_be_sent() {
    let identity = identity().unwrap();
    assert_eq!(identity, super::identity().unwrap());
    let bytes = postcard::to_allocvec(identity).unwrap();
    assert_eq!(postcard::from_bytes::<Identity>(&bytes).as_ref(), Ok(identity));
    assert!(identity.to_string().len() > 8, "{identity}");
}

fn note(kind: u32, name: &[u8], value: &[u8], align: usize) -> Vec<u8> {
    let sizes = [name.len() as u32, value.len() as u32, kind];
    let mut note: Vec<u8> = sizes.iter().flat_map(|word| word.to_ne_bytes()).collect();
    note.extend(name);
    note.resize(note.len().next_multiple_of(4), 0);
    note.extend(value);
    note.resize(12 + (note.len() - 12).next_multiple_of(align), 0);
    note
}

#[test]
fn a_build_id_is_found_behind_other_notes() {
    for align in [4, 8] {
        let mut notes = note(1, b"GNU\0", &[1; 16], align);
        notes.extend(note(3, b"Other\0", &[2; 7], align));
        assert_eq!(build_id_in(&notes, align), None);
        notes.extend(note(3, b"GNU\0", &[3; 20], align));
        assert_eq!(build_id_in(&notes, align), Some(&[3; 20][..]));
    }
}

#[test]
fn damaged_notes_hold_no_build_id() {
    let whole = note(3, b"GNU\0", &[3; 20], 4);
    for len in 0..whole.len() {
        assert_eq!(build_id_in(&whole[..len], 4), None);
    }
    let huge = [u32::MAX, u32::MAX, 3].iter().flat_map(|word| word.to_ne_bytes());
    assert_eq!(build_id_in(&huge.collect::<Vec<u8>>(), 4), None);
}

#[cfg(target_os = "linux")]
#[test]
fn the_program_can_be_started_again() {
    assert!(executable().is_ok());
}
