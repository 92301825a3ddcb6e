//! Any bytes as a value of many types: an error or a value, and a value makes bytes that make it
//! again. The files are taken in as they are, since they are private to their crate.

#![no_main]
#![allow(dead_code, unused_imports, reason = "a part of what the files have is used here")]

#[path = "../../crates/executor-core/src/process/body/mod.rs"]
mod body;
#[path = "../../crates/executor-core/src/process/codec/mod.rs"]
mod codec;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::num::NonZeroU16;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use body::Body;

#[derive(Serialize, Deserialize)]
enum Shape {
    Nothing,
    Wrapped(Box<Shape>),
    Pair(Option<Box<Shape>>, i64),
    Named { name: String, parts: Vec<Shape>, by_name: BTreeMap<String, Shape> },
    Char(char),
    Bytes(Vec<u8>),
}

#[derive(Serialize, Deserialize)]
struct List(Option<Box<List>>);

#[derive(Serialize, Deserialize)]
struct Mixed {
    flag: bool,
    small: (u8, i8, u16, i16),
    large: (u128, i128, f32, f64),
    nothing: (),
    set: BTreeSet<NonZeroU16>,
    time: Duration,
    result: Result<Vec<Option<()>>, String>,
    array: [Option<u32>; 3],
}

fn encoded<T: Serialize + 'static>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    codec::encode(value, &mut bytes).expect("what was decoded can be encoded");
    bytes
}

fn try_as<T: Serialize + DeserializeOwned + 'static>(bytes: &[u8]) {
    let value = codec::decode::<T>(bytes);
    let landed = Body::room_for::<T>(bytes.len()).and_then(|mut body| {
        body.bytes_mut().copy_from_slice(bytes);
        body.decode::<T>()
    });
    assert_eq!(value.is_ok(), landed.is_ok());
    assert_eq!(value.is_ok(), Body::Bytes(bytes.to_vec()).decode::<T>().is_ok());
    let (Ok(value), Ok(landed)) = (value, landed) else { return };
    let first = encoded(&value);
    assert_eq!(first, encoded(&landed));
    assert_eq!(first, Body::of(value).expect("as before").as_bytes());
    let again: T = codec::decode(&first).expect("what was encoded can be decoded");
    assert_eq!(first, encoded(&again));
}

const TYPES: [fn(&[u8]); 16] = [
    try_as::<Shape>,
    try_as::<List>,
    try_as::<Mixed>,
    try_as::<Vec<u8>>,
    try_as::<String>,
    try_as::<Vec<u16>>,
    try_as::<Vec<f32>>,
    try_as::<Vec<usize>>,
    try_as::<Box<str>>,
    try_as::<Vec<String>>,
    try_as::<Vec<()>>,
    try_as::<BTreeMap<(), Vec<()>>>,
    try_as::<VecDeque<(char, Option<Box<str>>)>>,
    try_as::<()>,
    try_as::<Vec<Vec<Vec<u64>>>>,
    try_as::<(u8, BTreeMap<u8, Shape>, Vec<Mixed>)>,
];

fuzz_target!(|data: &[u8]| {
    if let Some((which, bytes)) = data.split_first() {
        TYPES[usize::from(*which) % TYPES.len()](bytes);
    }
});
