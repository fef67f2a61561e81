use super::*;

fn event() -> Event {
    Event {
        id: "018f0000-0000-7000-8000-000000000001".into(),
        source: "aggregator".into(),
        type_name: "larder.coldchain.v1.ExcursionOpened".into(),
        subject: "excursions/1".into(),
        time_ms: 1_731_840_000_345,
        dataschema: "larder:contract/0.1.0".into(),
        aggregate_version: Some(9_007_199_254_740_993),
        traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into()),
        extensions: vec![("onlyfor".into(), "notification".into())],
        data: Bytes::from_static(&[8, 111]),
    }
}

fn hex(text: &str) -> Bytes {
    let text = text.trim();
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

#[test]
fn an_event_comes_back_as_it_was() {
    let event = event();
    assert_eq!(decode_event(&encode_event(&event).unwrap()).unwrap(), event);
    let least = Event {
        aggregate_version: None,
        traceparent: None,
        extensions: vec![],
        ..event
    };
    assert_eq!(decode_event(&encode_event(&least).unwrap()).unwrap(), least);
    let old = Event {
        time_ms: -1,
        subject: "冷蔵".into(),
        data: Bytes::new(),
        ..least
    };
    assert_eq!(decode_event(&encode_event(&old).unwrap()).unwrap(), old);
}

#[test]
fn bytes_that_another_language_has_stored_are_read_and_written() {
    let stored = hex(include_str!("../../../events/testdata/event-v1.hex"));
    let event = decode_event(&stored).unwrap();
    assert_eq!(event.subject, "orders/1");
    assert_eq!(event.type_name, "larder.order.v1.OrderConfirmed");
    assert_eq!(event.time_ms % 1000, 345);
    assert_eq!(encode_event(&event).unwrap(), stored);
}

#[test]
fn what_is_no_event_is_told_apart() {
    let whole = encode_event(&event()).unwrap();
    let without = |change: fn(&mut Event)| {
        let mut event = event();
        change(&mut event);
        encode_event(&event).unwrap()
    };
    let cases = [
        ("nothing", Bytes::new()),
        ("text", Bytes::from_static(b"hello, this is not an event")),
        ("a cut event", whole.slice(..40)),
        ("an event without an id", without(|event| event.id.clear())),
        (
            "one without a source",
            without(|event| event.source.clear()),
        ),
        (
            "one without a type",
            without(|event| event.type_name.clear()),
        ),
        ("one without a key", without(|event| event.subject.clear())),
        (
            "one without a schema",
            without(|event| event.dataschema.clear()),
        ),
    ];
    for (name, bytes) in cases {
        assert!(decode_event(&bytes).is_err(), "{name}");
    }
    // Wherever it is cut, nothing panics.
    for length in 0..whole.len() {
        drop(decode_event(&whole.slice(..length)));
    }
}

#[test]
fn fields_that_are_not_known_are_passed_over() {
    let mut bytes = encode_event(&event()).unwrap().to_vec();
    // Field 15: a number; field 14: bytes; field 13: eight bytes; field 12: four.
    bytes.extend_from_slice(&[0x78, 0x01, 0x72, 0x01, 0x00]);
    bytes.extend_from_slice(&[0x69, 0, 0, 0, 0, 0, 0, 0, 0, 0x65, 0, 0, 0, 0]);
    assert_eq!(decode_event(&bytes.into()).unwrap(), event());
}

#[test]
fn the_largest_event_is_written_and_a_larger_one_is_not() {
    let around = encode_event(&Event {
        data: Bytes::from(vec![0; 1 << 19]),
        ..event()
    })
    .unwrap()
    .len()
        - (1 << 19);
    let largest = Event {
        data: Bytes::from(vec![0; MAX_EVENT_BYTES - around]),
        ..event()
    };
    assert_eq!(encode_event(&largest).unwrap().len(), MAX_EVENT_BYTES);
    let larger = Event {
        data: Bytes::from(vec![0; MAX_EVENT_BYTES - around + 1]),
        ..event()
    };
    assert!(matches!(
        encode_event(&larger),
        Err(EncodeError::TooLarge { .. })
    ));
}

#[test]
fn an_attribute_must_have_a_name_of_letters_and_digits() {
    let odd = Event {
        extensions: vec![("Only-For".into(), "x".into())],
        ..event()
    };
    assert_eq!(
        encode_event(&odd),
        Err(EncodeError::Name("Only-For".into()))
    );
}

#[test]
fn an_aggregate_version_must_be_a_number() {
    assert_eq!(number_of("12"), Ok(12));
    for text in ["", "x", "-1", "+1", "12345678901234567890"] {
        assert!(number_of(text).is_err(), "{text:?}");
    }
}
