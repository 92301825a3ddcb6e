use super::Body;
use crate::process::codec;

/// Where a vector's memory is, and that a body holds the very same.
macro_rules! moves {
    ($($type:ty),*) => {$(
        let value: Vec<$type> = (0..100_u8).map(|n| n as $type).collect();
        let place = value.as_ptr().addr();
        let body = Body::of(value.clone()).unwrap();
        assert_eq!(body.len(), size_of_val(value.as_slice()));
        drop(body);
        let body = Body::of(value).unwrap();
        assert_eq!(body.as_bytes().as_ptr().addr(), place);
        let value: Vec<$type> = body.decode().unwrap();
        assert_eq!(value.as_ptr().addr(), place);

        let room = Body::room_for::<Vec<$type>>(size_of::<$type>() * 10).unwrap();
        let place = room.as_bytes().as_ptr().addr();
        let value: Vec<$type> = room.decode().unwrap();
        assert_eq!((value.as_ptr().addr(), value), (place, vec![0 as $type; 10]));
    )*};
}

#[test]
fn blocks_of_memory_move_in_and_out() {
    moves!(u8, i8, u16, i16, u32, i32, f32, u64, i64, f64, usize, isize);

    let text = "some text".to_owned();
    let place = text.as_ptr().addr();
    let text: String = Body::of(text).unwrap().decode().unwrap();
    assert_eq!((text.as_ptr().addr(), text.as_str()), (place, "some text"));
    let text: Box<str> = Body::of(text.into_boxed_str()).unwrap().decode().unwrap();
    assert_eq!((text.as_ptr().addr(), &*text), (place, "some text"));
    let bytes: Box<[u8]> = Body::of(text.into_boxed_bytes()).unwrap().decode().unwrap();
    assert_eq!((bytes.as_ptr().addr(), &*bytes), (place, b"some text".as_slice()));
}

macro_rules! is_reused {
    ($($type:ty),*) => {$(
        let body = || Body::of(vec![1 as $type; 1000]).unwrap();
        let len = |items: usize| items * size_of::<$type>();
        for items in [1000, 800] {
            let body = body();
            let place = body.as_bytes().as_ptr().addr();
            let again = body.reuse_for::<Vec<$type>>(len(items)).unwrap();
            assert_eq!((again.as_bytes().as_ptr().addr(), again.len()), (place, len(items)));
        }
        assert!(body().reuse_for::<Vec<$type>>(len(1001)).is_none());
        assert!(body().reuse_for::<Vec<$type>>(len(700)).is_none());
        assert!(body().reuse(size_of::<$type>() as u8, len(1000)).is_some());
        assert!(body().reuse(16, len(1000)).is_none());
    )*};
}

#[test]
fn memory_of_the_same_kind_and_about_that_size_is_used_again() {
    is_reused!(u8, i8, u16, i16, u32, i32, f32, u64, i64, f64, usize, isize);
    let body = Body::of(vec![1_u32; 1000]).unwrap();
    assert!(body.reuse_for::<Vec<u16>>(4000).is_none());
    let body = Body::of(vec![1_u32; 1000]).unwrap();
    assert!(body.reuse_for::<Vec<u32>>(3999).is_none(), "no number of numbers");
    let large = || Body::of(vec![1_u8; 64 << 20]).unwrap();
    assert!(large().reuse(1, (63 << 20) - 1).is_none());
    assert!(large().reuse(1, 63 << 20).is_some());
    let body = Body::of("x".repeat(1000)).unwrap();
    assert!(body.reuse_for::<(u8, String)>(1000).is_some());
}

/// What was cut off and comes back is zero, what was there stays until it is written over.
#[test]
fn memory_that_was_shortened_grows_again() {
    let short = Body::of(vec![7_u8; 100]).unwrap().reuse(1, 90).unwrap();
    let long = short.reuse(1, 100).unwrap();
    assert_eq!(long.as_bytes(), [[7; 90].as_slice(), &[0; 10]].concat());
}

#[test]
fn all_else_is_encoded() {
    let value = (1_u8, vec!["a".to_owned()]);
    let body = Body::of(value.clone()).unwrap();
    let mut bytes = Vec::new();
    codec::encode(&value, &mut bytes).unwrap();
    assert_eq!((body.as_bytes(), body.len()), (bytes.as_slice(), bytes.len()));
    assert_eq!(body.decode::<(u8, Vec<String>)>().unwrap(), value);
    assert!(Body::of(()).unwrap().as_bytes().is_empty());
}

/// A body may have been made before its type was known.
#[test]
fn numbers_are_read_from_memory_of_another_kind() {
    let bytes = vec![1, 0, 0, 0, 2, 0, 0, 0];
    assert_eq!(Body::Bytes(bytes.clone()).decode::<Vec<u32>>().unwrap().len(), 2);
    let mut words = Body::room_for::<Vec<u64>>(8).unwrap();
    words.bytes_mut().copy_from_slice(&bytes);
    assert_eq!(words.decode::<Vec<u8>>().unwrap(), bytes);
    let letters = Body::U16(vec![u16::from_ne_bytes(*b"hi")]);
    assert_eq!(letters.decode::<String>().unwrap(), "hi");
}

#[test]
fn there_is_no_room_for_parts_of_numbers_or_for_everything() {
    let uneven = Body::room_for::<Vec<f64>>(12).unwrap_err().to_string();
    assert_eq!(uneven, "12 bytes are not a whole number of elements of 8 bytes each");
    assert!(Body::Bytes(vec![0; 3]).decode::<Vec<u16>>().is_err());
    for len in [usize::MAX / 4 + 1, usize::MAX] {
        let full = Body::room_for::<String>(len).unwrap_err().to_string();
        assert_eq!(full, format!("there is no memory for {len} bytes"));
    }
    assert!(Body::room_for::<Vec<i16>>(usize::MAX / 4 + 1).is_err());
    assert_eq!(Body::room_for::<Vec<u64>>(0).unwrap().len(), 0);
}

#[test]
fn text_is_checked() {
    assert!(Body::Bytes(vec![0xff]).decode::<String>().is_err());
    assert!(Body::Bytes(vec![0xff]).decode::<Box<str>>().is_err());
}

#[test]
fn memory_besides_is_known() {
    let mut words = Vec::with_capacity(1000);
    words.extend([1_u32, 2, 3]);
    let capacity = words.capacity();
    assert_eq!(Body::of(words).unwrap().spare(), (capacity - 3) * 4);
}
