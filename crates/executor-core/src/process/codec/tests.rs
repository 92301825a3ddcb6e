use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::de::DeserializeOwned;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::limits::{LEVELS, WEIGHTLESS};
use super::{CodecError, decode, encode};

fn encoded<T: Serialize + 'static>(value: &T) -> Result<Vec<u8>, CodecError> {
    let mut bytes = Vec::new();
    encode(value, &mut bytes).map(|()| bytes)
}

fn there_and_back<T>(value: T)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug + 'static,
{
    let bytes = encoded(&value).unwrap();
    assert_eq!(decode::<T>(&bytes).unwrap(), value);
}

/// What the error says that comes of encoding, or of decoding.
fn complaint<T>(result: Result<T, CodecError>) -> String {
    result.err().expect("this has to fail").to_string()
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Unit;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Wrapper(u32);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Kind {
    Unit,
    Wrapper(Box<Kind>),
    Pair(u8, String),
    Named { one: Option<Unit>, other: Vec<Kind> },
}

#[test]
fn values_of_all_sorts_come_back() {
    there_and_back(());
    there_and_back(Unit);
    there_and_back(Wrapper(7));
    there_and_back([1_u8, 2, 3]);
    there_and_back((true, 'ß', "text".to_owned(), i128::MIN, u128::MAX, -1.5_f32, f64::INFINITY));
    there_and_back(vec![Some(Ok::<u8, String>(1)), Some(Err("no".to_owned())), None]);
    there_and_back(BTreeMap::from([("a".to_owned(), vec![(); 3]), (String::new(), vec![])]));
    let other = vec![Kind::Unit, Kind::Pair(1, "x".to_owned()), Kind::Wrapper(Kind::Unit.into())];
    there_and_back(Kind::Named { one: Some(Unit), other });
    there_and_back(std::time::Duration::from_nanos(1_234_567_890));
    there_and_back(std::net::IpAddr::from([127, 0, 0, 1]));
}

#[test]
fn blocks_of_memory_come_back_and_cost_nothing_else() {
    there_and_back(vec![0_u8, 255]);
    there_and_back(vec![-1_i8]);
    there_and_back(vec![u16::MAX, 1]);
    there_and_back(vec![i64::MIN, 3]);
    there_and_back(vec![usize::MAX]);
    there_and_back("häuser".to_owned());
    there_and_back(Box::<str>::from("boxed"));
    there_and_back(Box::<[u8]>::from([1, 2]));
    there_and_back(Vec::<f64>::new());
    assert_eq!(encoded(&vec![1.5_f32; 3]).unwrap().len(), 12);
    assert_eq!(encoded(&"abc".to_owned()).unwrap(), b"abc");
    // Bytes at an odd address, and floats that are equal to nothing.
    let nan = f64::from_bits(0x7ff8_0000_0000_0123);
    let mut bytes = vec![0];
    encode(&vec![nan], &mut bytes).unwrap();
    assert_eq!(decode::<Vec<f64>>(&bytes[1..]).unwrap()[0].to_bits(), nan.to_bits());
}

#[test]
fn bytes_that_do_not_fit_are_refused_with_the_reason() {
    let complaint_of = [
        (complaint(decode::<Vec<u32>>(&[1, 2, 3])), "3 bytes are not a whole number of elements"),
        (complaint(decode::<String>(&[0xff])), "not UTF-8"),
        (complaint(decode::<(u8, u8)>(&[1])), "end before the value is complete"),
        (complaint(decode::<(u8, u8)>(&[1, 2, 3])), "one byte is left"),
        (complaint(decode::<()>(&[1, 2, 3])), "3 bytes are left"),
        (complaint(decode::<bool>(&[2])), "neither 0 nor 1"),
        (complaint(decode::<Option<u8>>(&[2])), "neither 0 nor 1"),
        (complaint(decode::<char>(&[1, 0xff])), "a char that is none"),
        (complaint(decode::<u16>(&[0xff, 0xff, 0xff])), "too large for its type"),
        (complaint(decode::<Vec<String>>(&[0xff, 0xff, 0xff, 0xff, 0x0f])), "4294967295 elements"),
        (complaint(decode::<(String, u8)>(&[9, b'x'])), "end before the value is complete"),
        (complaint(decode::<Kind>(&[4])), "variant index 0 <= i < 4"),
        (complaint(decode::<std::num::NonZeroU8>(&[0])), "expected a nonzero u8"),
    ];
    for (complaint, expected) in complaint_of {
        assert!(complaint.contains(expected), "{complaint}");
    }
}

struct Secret;

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("secrets stay here"))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = u8::deserialize(deserializer)?;
        Err(serde::de::Error::custom(format!("no secret is {found}")))
    }
}

#[test]
fn the_reason_that_a_type_gives_is_kept() {
    assert_eq!(complaint(encoded(&Secret)), "secrets stay here");
    assert_eq!(complaint(encoded(&vec![Some((1, Secret))])), "secrets stay here");
    assert_eq!(complaint(decode::<Secret>(&[7])), "no secret is 7");
    assert_eq!(complaint(decode::<Vec<(u8, Option<Secret>)>>(&[1, 2, 1, 7])), "no secret is 7");
}

#[test]
fn nothing_is_appended_when_a_value_cannot_be_encoded() {
    struct Panics;

    impl Serialize for Panics {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("in the middle")
        }
    }

    let mut bytes = b"before".to_vec();
    encode(&(1, "some text", Secret), &mut bytes).unwrap_err();
    assert_eq!(bytes, b"before");
    let value = (1, "some text", Panics);
    catch_unwind(AssertUnwindSafe(|| encode(&value, &mut bytes))).unwrap_err();
    assert_eq!(bytes, b"before");
    encode(&1_u8, &mut bytes).unwrap();
    assert_eq!(bytes, b"before\x01");
}

#[test]
fn what_the_format_cannot_express_is_refused_with_the_reason() {
    #[derive(Serialize, Deserialize)]
    struct LeavesOut {
        #[serde(skip_serializing_if = "Option::is_none")]
        field: Option<u8>,
    }

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Untagged {
        Number(u8),
    }

    #[derive(Serialize, Deserialize)]
    struct Flat {
        #[serde(flatten)]
        all: BTreeMap<String, u8>,
    }

    struct Broken;

    impl fmt::Display for Broken {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            Err(fmt::Error)
        }
    }

    impl Serialize for Broken {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(self)
        }
    }

    assert!(complaint(encoded(&LeavesOut { field: None })).contains("skip_serializing_if"));
    assert!(encoded(&LeavesOut { field: Some(1) }).is_ok());
    assert!(complaint(encoded(&Flat { all: BTreeMap::new() })).contains("flatten"));
    assert!(complaint(encoded(&Broken)).contains("`Display`"));
    let bytes = encoded(&Untagged::Number(1)).unwrap();
    assert!(complaint(decode::<Untagged>(&bytes)).contains("untagged"));
}

#[test]
fn text_that_is_shown_travels_as_text() {
    let shown = std::net::Ipv4Addr::new(10, 0, 0, 1);
    let pair = (shown, std::path::PathBuf::from("/a/b"));
    there_and_back(pair);

    struct Shown;

    impl Serialize for Shown {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(&format_args!("{}-{}", 1, 2))
        }
    }

    let bytes = encoded(&(Shown, 9_u8)).unwrap();
    assert_eq!(decode::<(String, u8)>(&bytes).unwrap(), ("1-2".to_owned(), 9));
}

#[test]
fn a_length_alone_makes_nobody_busy() {
    // Each of them announces as many elements without bytes as a number can.
    let many = [[0xff; 9].as_slice(), &[0x01]].concat();
    assert!(complaint(decode::<Vec<()>>(&many)).contains("are announced"));
    assert!(complaint(decode::<BTreeMap<(), ()>>(&many)).contains("are announced"));
    // Some inner sequences, each with few enough.
    let announced = postcard::to_allocvec(&(WEIGHTLESS as u64 / 2)).unwrap();
    let inner = [[3].as_slice(), &announced, &announced, &announced].concat();
    assert!(complaint(decode::<Vec<Vec<()>>>(&inner)).contains("take no bytes"));
    assert!(complaint(encoded(&vec![(); WEIGHTLESS + 1])).contains("take no bytes"));
    there_and_back(vec![(); 1_000_000]);
}

/// A list that has to be built and dropped without recursion when it is long.
#[derive(Serialize, Deserialize)]
struct List {
    value: u64,
    next: Option<Box<List>>,
}

impl List {
    fn of(length: u64) -> Self {
        let first = Self { value: 0, next: None };
        (1..length).fold(first, |list, value| Self { value, next: Some(list.into()) })
    }

    fn len(&self) -> usize {
        std::iter::successors(Some(self), |list| list.next.as_deref()).count()
    }
}

impl Drop for List {
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(mut list) = next {
            next = list.next.take();
        }
    }
}

#[test]
fn a_long_list_is_an_error_and_not_the_end_of_the_stack() {
    assert!(complaint(encoded(&List::of(1_000_000))).contains("deeper than 512 levels"));
    // A list as long, in bytes: a value, and that there is a next one.
    let bytes = [7, 1].repeat(1_000_000);
    assert!(complaint(decode::<List>(&bytes)).contains("deeper than 512 levels"));
    let list: List = decode(&encoded(&List::of(250)).unwrap()).unwrap();
    assert_eq!(list.len(), 250);
}

/// A value with others of its kind in every way in which values can be in one another.
#[derive(Serialize, Deserialize)]
enum Nest {
    End,
    Newtype(Box<Nest>),
    Tuple(u8, Box<Nest>),
    Struct { inner: Option<Box<Nest>> },
    Seq(Vec<Nest>),
    Map(BTreeMap<u8, Nest>),
    Wrapped(Box<Wrapped>),
}

#[derive(Serialize, Deserialize)]
struct Wrapped(Nest);

impl Nest {
    fn around(self, way: usize) -> Self {
        match way % 6 {
            0 => Self::Newtype(self.into()),
            1 => Self::Tuple(1, self.into()),
            2 => Self::Struct { inner: Some(self.into()) },
            3 => Self::Seq(vec![self]),
            4 => Self::Map(BTreeMap::from([(1, self)])),
            _ => Self::Wrapped(Wrapped(self).into()),
        }
    }

    fn deep(ways: impl Iterator<Item = usize>) -> Self {
        ways.fold(Self::End, Self::around)
    }
}

#[test]
fn what_is_written_at_the_greatest_depth_can_be_read() {
    for way in 0..6 {
        let fits = |depth: &usize| encoded(&Nest::deep(std::iter::repeat_n(way, *depth))).is_ok();
        let depth = (100..=LEVELS + 1).take_while(fits).last().unwrap();
        let bytes = encoded(&Nest::deep(std::iter::repeat_n(way, depth))).unwrap();
        assert!(decode::<Nest>(&bytes).is_ok(), "depth {depth}, way {way}");
    }
    let mixed = encoded(&Nest::deep(0..250)).unwrap();
    assert!(decode::<Nest>(&mixed).is_ok());
}

/// On the stack that threads have, without optimisation.
#[test]
fn fat_values_may_not_nest_as_deep() {
    #[derive(Serialize, Deserialize)]
    struct Fat<const N: usize> {
        #[serde(with = "ballast")]
        ballast: [u64; N],
        next: Option<Box<Fat<N>>>,
    }

    mod ballast {
        use super::*;

        pub(super) fn serialize<const N: usize, S: Serializer>(
            ballast: &[u64; N],
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            ballast[0].serialize(serializer)
        }

        pub(super) fn deserialize<'de, const N: usize, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<[u64; N], D::Error> {
            Ok([u64::deserialize(deserializer)?; N])
        }
    }

    fn depth<const N: usize>() -> usize {
        let list = |nodes| [[1, 1].repeat(nodes), vec![1, 0]].concat();
        let fits = |nodes: &usize| decode::<Fat<N>>(&list(*nodes)).is_ok();
        (1..=LEVELS).take_while(fits).last().unwrap()
    }

    assert!(depth::<8>() >= 250);
    assert!(depth::<32>() >= 100);
    assert!(depth::<128>() >= 32);
    assert!(depth::<1024>() >= 14);
    there_and_back((Some((1, (vec![[[0_u64; 32]; 32]; 2], Some(Wrapper(2))))), 3));
    let fat = Fat { ballast: [7; 1024], next: None };
    assert_eq!(decode::<Fat<1024>>(&encoded(&fat).unwrap()).unwrap().ballast[1023], 7);
}
