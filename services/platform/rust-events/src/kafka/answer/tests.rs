use super::*;
use crate::kafka::batch::decode;
use crate::kafka::records::records_of;
use kafka_protocol::messages::*;
use std::collections::HashMap;

/// What a broker of Kafka 4.4 said, in hexadecimal digits, by the name of the request.
const RECORDED: &str = include_str!("../testdata/answers.json");

fn recorded<R: Versioned>() -> Vec<u8> {
    let all: HashMap<String, String> = serde_json::from_str(RECORDED).unwrap();
    let text = &all[&format!("{:?}", R::KEY)];
    let digits = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}

/// Does it with every kind of answer, by its request.
macro_rules! with_each {
    ($check:ident) => {
        $check::<ProduceRequest>();
        $check::<FetchRequest>();
        $check::<ListOffsetsRequest>();
        $check::<MetadataRequest>();
        $check::<OffsetCommitRequest>();
        $check::<OffsetFetchRequest>();
        $check::<FindCoordinatorRequest>();
        $check::<SaslHandshakeRequest>();
        $check::<CreateTopicsRequest>();
        $check::<DeleteRecordsRequest>();
        $check::<DescribeConfigsRequest>();
        $check::<SaslAuthenticateRequest>();
        $check::<DescribeProducersRequest>();
    };
}

/// The answer with other bytes at each place.
fn with_everywhere(whole: &[u8], others: &[u8]) -> impl Iterator<Item = Bytes> {
    (4..whole.len().saturating_sub(others.len())).map(move |at| {
        let mut bytes = whole.to_vec();
        bytes[at..at + others.len()].copy_from_slice(others);
        bytes.into()
    })
}

/// The answer with each bit of it turned.
fn with_each_bit_turned(whole: &[u8]) -> impl Iterator<Item = Bytes> {
    (0..whole.len() * 8).map(move |bit| {
        let mut bytes = whole.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes.into()
    })
}

#[test]
fn what_a_broker_says_is_understood_when_it_is_whole() {
    fn check<R: Versioned>() {
        let whole = Bytes::from(recorded::<R>());
        assert!(decoded::<R>(whole.clone()).is_some(), "{:?}", R::KEY);
        for length in 0..whole.len() {
            let part = whole.slice(..length);
            assert!(decoded::<R>(part).is_none(), "{:?} {length}", R::KEY);
        }
        let more = [&whole[..], &[0]].concat();
        assert!(decoded::<R>(more.into()).is_none(), "{:?} and more", R::KEY);
    }
    with_each!(check);
}

/// A process without so much memory would be ended.
#[test]
fn numbers_that_lie_take_no_memory() {
    fn check<R: Versioned>() {
        let whole = recorded::<R>();
        for number in [
            &[0xff, 0xff, 0xff, 0xff, 0x0f][..],
            &[0x7f, 0xff, 0xff, 0xff],
        ] {
            with_everywhere(&whole, number).for_each(|bytes| drop(decoded::<R>(bytes)));
        }
        with_each_bit_turned(&whole).for_each(|bytes| drop(decoded::<R>(bytes)));
    }
    with_each!(check);
}

#[test]
fn records_that_were_changed_on_their_way_are_told_or_come_to_an_end() {
    let records = |bytes: Bytes| {
        let answer = decoded::<FetchRequest>(bytes)?;
        let found = answer.responses.into_iter().next()?.partitions.into_iter();
        let batches = decode(found.into_iter().next()?.records?).ok()?;
        records_of(0, batches).ok()
    };
    let whole = recorded::<FetchRequest>();
    let texts: Vec<Bytes> = records(Bytes::from(whole.clone()))
        .unwrap()
        .into_iter()
        .map(|record| record.value)
        .collect();
    assert_eq!(texts, ["one", "oneone", "two", "twotwo"]);
    for bytes in with_each_bit_turned(&whole) {
        let texts = records(bytes).unwrap_or_default().into_iter();
        let others = texts.filter(|record| {
            let known = ["", "one", "oneone", "two", "twotwo"];
            !known.iter().any(|text| record.value == *text)
        });
        assert_eq!(others.count(), 0);
    }
}
