use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::num::NonZeroI32;

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::super::body::Body;
use super::{decode, encode};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Tree {
    Empty,
    Leaf(i64),
    Text { text: String, mark: Option<char> },
    Pair(Box<Tree>, Box<Tree>),
    Branch(Vec<Tree>),
    Named(BTreeMap<String, Tree>),
    Maybe(Option<Option<Box<Tree>>>),
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        Just(Tree::Empty),
        any::<i64>().prop_map(Tree::Leaf),
        any::<(String, Option<char>)>().prop_map(|(text, mark)| Tree::Text { text, mark }),
    ];
    leaf.prop_recursive(6, 64, 5, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Tree::Pair(a.into(), b.into())),
            prop::collection::vec(inner.clone(), 0..5).prop_map(Tree::Branch),
            prop::collection::btree_map(any::<String>(), inner.clone(), 0..4).prop_map(Tree::Named),
            prop::option::of(prop::option::of(inner.prop_map(Box::new))).prop_map(Tree::Maybe),
        ]
    })
}

/// By all ways: as bytes, as a body that the value moved into, and as one that bytes were read
/// into.
fn there_and_back<T>(value: &T) -> Result<(), TestCaseError>
where
    T: Clone + Debug + PartialEq + Serialize + DeserializeOwned + 'static,
{
    let mut bytes = b"before".to_vec();
    encode(value, &mut bytes).unwrap();
    let bytes = &bytes[6..];
    prop_assert_eq!(&decode::<T>(bytes).unwrap(), value);

    let body = Body::of(value.clone()).unwrap();
    prop_assert_eq!(body.as_bytes(), bytes);
    prop_assert_eq!(&body.decode::<T>().unwrap(), value);

    let mut landed = Body::room_for::<T>(bytes.len()).unwrap();
    landed.bytes_mut().copy_from_slice(bytes);
    prop_assert_eq!(&landed.decode::<T>().unwrap(), value);
    Ok(())
}

/// No bytes may make it panic, and all ways agree on them.
fn survives<T>(bytes: &[u8]) -> Result<(), TestCaseError>
where
    T: Serialize + DeserializeOwned + 'static,
{
    let value = decode::<T>(bytes);
    let in_bytes = Body::Bytes(bytes.to_vec()).decode::<T>();
    let landed = Body::room_for::<T>(bytes.len()).and_then(|mut body| {
        body.bytes_mut().copy_from_slice(bytes);
        body.decode::<T>()
    });
    prop_assert_eq!(value.is_ok(), in_bytes.is_ok());
    prop_assert_eq!(value.is_ok(), landed.is_ok());
    if let Ok(value) = value {
        prop_assert!(encode(&value, &mut Vec::new()).is_ok());
    }
    Ok(())
}

/// Bytes such as lengths and the numbers of variants are made of, and any others.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![0_u8..8, Just(0x80), Just(0xff), any::<u8>()];
    prop::collection::vec(byte, 0..200)
}

macro_rules! round_trips {
    ($($name:ident: $type:ty;)*) => {
        proptest! {
            #![proptest_config(ProptestConfig::with_cases(48))]

            $(
                #[test]
                fn $name(value: $type) {
                    there_and_back(&value)?;
                }
            )*
        }
    };
}

round_trips! {
    unit: ();
    bytes: Vec<u8>;
    small_numbers: (Vec<i8>, u8, i8, u16, i16);
    text: String;
    boxed: Box<str>;
    halves: Vec<u16>;
    words: Vec<i32>;
    floats: Vec<f32>;
    numbers: Vec<u64>;
    doubles: Vec<f64>;
    addresses: Vec<usize>;
    offsets: Vec<isize>;
    scalars: (u32, i32, u64, i64, u128, i128, usize, isize, bool, char);
    fractions: (f32, f64, Option<f64>);
    maps: BTreeMap<u16, Option<char>>;
    sets: BTreeSet<(i16, NonZeroI32)>;
    results: Vec<Result<Option<()>, String>>;
    arrays: [Vec<[u16; 3]>; 4];
    nested: Vec<Option<Vec<u8>>>;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn trees(tree in tree()) {
        there_and_back(&tree)?;
    }

    /// An end is seen wherever it is, and so is what comes too much.
    #[test]
    fn cut_and_lengthened(tree in tree(), cut in any::<prop::sample::Index>()) {
        let mut bytes = Vec::new();
        encode(&(1_u8, tree), &mut bytes).unwrap();
        prop_assert!(decode::<(u8, Tree)>(&bytes[..cut.index(bytes.len())]).is_err());
        bytes.push(0);
        prop_assert!(decode::<(u8, Tree)>(&bytes).is_err());
    }

    #[test]
    fn hostile_bytes(bytes in hostile()) {
        survives::<Tree>(&bytes)?;
        survives::<Vec<Tree>>(&bytes)?;
        survives::<Vec<u8>>(&bytes)?;
        survives::<String>(&bytes)?;
        survives::<Box<str>>(&bytes)?;
        survives::<Vec<f32>>(&bytes)?;
        survives::<Vec<usize>>(&bytes)?;
        survives::<Vec<String>>(&bytes)?;
        survives::<Vec<Vec<u64>>>(&bytes)?;
        survives::<BTreeMap<u8, Vec<char>>>(&bytes)?;
        survives::<(bool, Option<NonZeroI32>, u128, [i16; 3])>(&bytes)?;
    }
}
