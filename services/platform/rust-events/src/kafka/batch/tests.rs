use super::*;
use crate::kafka::records::{MOST_EMPTY, records_of};
use crate::log::Record;

fn written(values: &[&'static str]) -> Bytes {
    let values: Vec<Bytes> = values
        .iter()
        .map(|text| Bytes::from_static(text.as_bytes()))
        .collect();
    encode(&NewBatch {
        producer: 7,
        sequence: i32::MAX,
        time_ms: 1000,
        key: Some(b"k"),
        values: &values,
        headers: &[(b"a", b"1"), (b"b", b"")],
    })
}

/// With other bytes at a place, and with a checksum that fits.
fn changed(bytes: &Bytes, at: usize, other: &[u8]) -> Bytes {
    let mut bytes = BytesMut::from(&bytes[..]);
    bytes[at..at + other.len()].copy_from_slice(other);
    let checksum = crc32c::crc32c(&bytes[BEFORE_CHECKED..]);
    bytes[17..21].copy_from_slice(&checksum.to_be_bytes());
    bytes.freeze()
}

/// The same at another offset, which the checksum does not cover.
fn at(offset: i64, bytes: &Bytes) -> Bytes {
    changed(bytes, 0, &offset.to_be_bytes())
}

fn texts(records: Vec<Record>) -> Vec<(u64, i64, String)> {
    let text = |record: Record| String::from_utf8(record.value.to_vec()).unwrap();
    records
        .into_iter()
        .map(|record| (record.offset, record.time_ms, text(record)))
        .collect()
}

fn expected(records: &[(u64, i64, &str)]) -> Vec<(u64, i64, String)> {
    records
        .iter()
        .map(|(offset, time, text)| (*offset, *time, (*text).to_owned()))
        .collect()
}

#[test]
fn a_batch_comes_back_as_it_was() {
    let batches = decode(written(&["x", "", "yz"])).unwrap();
    let [batch] = &batches[..] else {
        panic!("there is one batch")
    };
    assert_eq!(
        (batch.first_offset, batch.last_offset, batch.producer),
        (0, 2, 7)
    );
    assert_eq!(batch.header(b"a").unwrap(), "1");
    assert_eq!(batch.header(b"b").unwrap(), "");
    assert!(batch.header(b"c").is_none());
    assert_eq!(batch.next_sequence(), 2, "sequences go round");
    assert_eq!(
        texts(records_of(1, batches).unwrap()),
        expected(&[(1, 1000, ""), (2, 1000, "yz")]),
        "what lies before the offset is left out"
    );
}

#[test]
fn times_of_the_log_go_before_those_of_the_writer() {
    let by_log = changed(&written(&["x"]), 21, &LOG_APPEND_TIME.to_be_bytes());
    let by_log = changed(&by_log, 35, &2000_i64.to_be_bytes());
    let records = records_of(0, decode(by_log).unwrap()).unwrap();
    assert_eq!(texts(records), expected(&[(0, 2000, "x")]));
}

#[test]
fn offsets_that_hold_nothing_stand_as_records_without_bytes() {
    let mark = changed(&written(&["mark"]), 21, &CONTROL.to_be_bytes());
    // Of five records that were appended, compaction left the first two.
    let sparse = changed(&written(&["x", "y"]), 23, &4_i32.to_be_bytes());
    let sparse = at(1, &sparse);
    let both = [&mark[..], &sparse[..]].concat();
    assert_eq!(
        texts(records_of(0, decode(both.into()).unwrap()).unwrap()),
        expected(&[
            (0, 1000, ""),
            (1, 1000, "x"),
            (2, 1000, "y"),
            (3, 1000, ""),
            (4, 1000, ""),
            (5, 1000, "")
        ])
    );
}

#[test]
fn a_batch_that_is_cut_off_is_left_out() {
    let whole = written(&["x"]);
    let both = [&whole[..], &at(1, &whole)[..]].concat();
    for length in [whole.len(), whole.len() + 5, both.len() - 1] {
        let bytes = Bytes::copy_from_slice(&both[..length]);
        assert_eq!(decode(bytes).unwrap().len(), 1);
    }
    assert!(decode(Bytes::new()).unwrap().is_empty());
    // Of the first one a node gives all: whoever asked again would get the same.
    for length in 1..whole.len() {
        assert!(decode(whole.slice(..length)).is_err(), "{length}");
    }
}

#[test]
fn offsets_that_cannot_be_are_told_and_take_no_memory() {
    let whole = written(&["x", "y"]);
    let back = [&at(7, &whole)[..], &at(8, &whole)[..]].concat();
    assert!(decode(back.into()).is_err(), "both have offset 8");
    let far = 1 + i64::try_from(MOST_EMPTY).unwrap();
    for (from, offset, why) in [
        (2, 0, "offset 1 for a read from 2"),
        (0, far, "nothing at offset 0"),
        (0, 1 << 40, "nothing at offset 0"),
    ] {
        let batches = decode(at(offset, &whole)).unwrap();
        let error = records_of(from, batches).unwrap_err();
        assert!(
            error.is_unavailable() && error.to_string().contains(why),
            "{error}"
        );
    }
}

#[test]
fn what_is_damaged_or_of_another_kind_is_told() {
    let whole = written(&["value"]);
    let mut flipped = BytesMut::from(&whole[..]);
    let last = flipped.len() - 10;
    flipped[last] ^= 1;
    let damaged = decode(flipped.freeze()).unwrap_err();
    assert!(damaged.is_unavailable(), "{damaged}");
    let zipped = decode(changed(&whole, 21, &4_i16.to_be_bytes())).unwrap_err();
    assert!(zipped.to_string().contains("compressed"), "{zipped}");
    let old = decode(changed(&whole, 16, &[1])).unwrap_err();
    assert!(old.to_string().contains("version 1"), "{old}");
    for count in [2_i32, i32::MAX, -1] {
        assert!(
            decode(changed(&whole, 57, &count.to_be_bytes())).is_err(),
            "{count}"
        );
    }
    for length in [-1_i32, 0, 20] {
        let mut bytes = BytesMut::from(&whole[..]);
        bytes[8..12].copy_from_slice(&length.to_be_bytes());
        assert!(decode(bytes.freeze()).is_err(), "{length}");
    }
}

/// None of them may take the process with it.
#[test]
fn whatever_stands_where_records_should_is_an_error_or_a_batch() {
    let whole = written(&["value", "another"]);
    for at in HEADER..whole.len() {
        for byte in [0, 1, 0x7f, 0x80, 0xff] {
            drop(decode(changed(&whole, at, &[byte])));
        }
    }
}
