use super::{load, unload};

#[test]
fn a_value_without_tickets_is_found_again() {
    for value in [&b""[..], b"value", &[0; 300]] {
        let mut bytes = value.to_vec();
        load(Vec::new(), &mut bytes).unwrap();
        assert_eq!(unload(&bytes).unwrap(), (value.len(), Vec::new()));
    }
}

#[test]
fn nonsense_is_an_error() {
    assert!(unload(b"").is_err());
    assert!(unload(b"123").is_err());
    assert!(unload(&u32::MAX.to_le_bytes()).is_err());
    let mut bytes = b"value".to_vec();
    load(Vec::new(), &mut bytes).unwrap();
    bytes.truncate(bytes.len() - 1);
    assert!(unload(&bytes).is_err());
    // The bytes before the length are no list of tickets.
    let mut bytes = vec![0xff; 9];
    bytes.extend_from_slice(&9_u32.to_le_bytes());
    assert!(unload(&bytes).is_err());
}
