use super::*;

#[test]
fn what_was_stored_is_found_again() {
    for len in [0, 1, SHORT - 1, SHORT, SHORT + 1, 300, 100_000] {
        let bytes: Vec<u8> = (0..len).map(|n| n as u8).collect();
        let stored = Stored::from(Body::Bytes(bytes.clone()));
        assert_eq!((stored.len(), stored.width(), stored.as_bytes()), (len, 1, bytes.as_slice()));
    }
    for numbers in [vec![1_u64, 2], (0..100).collect()] {
        let stored = Stored::from(Body::of(numbers.clone()).unwrap());
        assert_eq!((stored.len(), stored.width()), (8 * numbers.len(), 8));
        assert_eq!(stored.as_bytes(), bytemuck::cast_slice::<u64, u8>(&numbers));
    }
}

#[test]
fn long_bytes_are_taken_out_unless_somebody_refers_to_them() {
    let body = || Stored::from(Body::Bytes(vec![7; 100]));
    assert_eq!(body().take().map(|body| body.len()), Some(100));
    let mut stored = body();
    let Stored::Long(other) = &stored else { panic!("100 bytes are many") };
    let other = Arc::clone(other);
    assert!(stored.take().is_none());
    drop(other);
    assert!(stored.take().is_some());
    assert!(Stored::from(Body::Bytes(vec![7; 3])).take().is_none());
}

#[test]
fn short_bytes_take_little_room() {
    assert_eq!(size_of::<Stored>(), 24);
}
