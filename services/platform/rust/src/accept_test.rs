//! Which messages reach a handler.

use std::sync::Arc;

use buffa::{Message as _, MessageField};
use connectrpc::ErrorCode;
use connectrpc::client::CallOptions;
use larder_contract::others::google::rpc::BadRequest;
use larder_contract::proto::larder::scoring::v1::{Goods, ScoreBatchRequest};
use larder_contract::proto::larder::telemetry::v1::BatchIngestReadingsRequest;
use protovalidate_buffa::Validate as _;

use crate::errors::{RpcError, detail, reason, to_invalid};
use crate::routes::{MAX_REQUEST_BYTES, Routes};
use crate::testing::{METHOD, Shop, assert_error, batch, numbered, run, seeing};
use crate::{guard::Guard, server};

#[tokio::test]
async fn a_bad_request_names_every_field_and_does_not_reach_the_handler() {
    let (shop, seen) = seeing();
    let shop = run(shop).await;
    let result = shop
        .ingestion()
        .batch_ingest_readings(Default::default())
        .await
        .map(drop);
    assert_error(
        &result,
        ErrorCode::InvalidArgument,
        "shop",
        "INVALID_REQUEST",
    );
    let error = result.unwrap_err();
    let bad: BadRequest = detail(&error).unwrap();
    assert_eq!(bad.field_violations.len(), 1);
    assert_eq!(bad.field_violations[0].field, "readings");
    assert!(error.message.unwrap().starts_with("readings: "));
    assert!(seen.lock().unwrap().is_none());
}

#[test]
fn a_bad_request_names_no_more_fields_than_an_answer_can_hold() {
    for (wrong, said) in [
        (8, None),
        (9, Some("; and 2 more")),
        (500, Some("; and 984 more")),
    ] {
        // Each lacks its class and its history.
        let goods = Goods {
            remaining_shelf_life: MessageField::some(Default::default()),
            ..Default::default()
        };
        let batch = ScoreBatchRequest {
            goods: vec![goods; wrong],
            ..Default::default()
        };
        let error = to_invalid(batch.validate().unwrap_err());
        let bad: BadRequest = detail(&error).unwrap();
        assert_eq!(bad.field_violations.len(), 16);
        let message = error.message.unwrap();
        assert_eq!(message.contains(" more"), said.is_some(), "{message}");
        assert!(said.is_none_or(|said| message.ends_with(said)), "{message}");
    }
}

#[tokio::test]
async fn bytes_that_are_no_message_and_messages_that_are_too_large_are_refused() {
    let (shop, seen) = seeing();
    let shop = run(shop).await;
    for large in [MAX_REQUEST_BYTES, 5 << 20] {
        let result = shop.say(&"a".repeat(large), CallOptions::default()).await;
        if large == MAX_REQUEST_BYTES {
            assert_error(
                &result,
                ErrorCode::ResourceExhausted,
                "shop",
                "REQUEST_TOO_LARGE",
            );
        } else {
            assert_eq!(result.unwrap_err().code, ErrorCode::ResourceExhausted);
        }
    }
    assert_eq!(shop.raw(METHOD, &[0xff, 0xff]).await, "3");
    assert!(seen.lock().unwrap().is_none());
    assert_eq!(
        shop.raw("larder.telemetry.v1.IngestionService/Nothing", &[])
            .await,
        "12"
    );
    let reasons: Vec<_> = shop
        .log()
        .iter()
        .map(|line| line["reason"].clone())
        .collect();
    assert_eq!(reasons, ["REQUEST_TOO_LARGE", "MALFORMED_REQUEST"]);
}

#[tokio::test]
async fn each_message_of_a_stream_is_looked_at_and_its_end_is_recorded() {
    let shop = run(Shop::new(|_, word| async move {
        if word == "fail" {
            Err(RpcError::new(ErrorCode::Aborted, "X", "x").into())
        } else {
            Ok(())
        }
    }))
    .await;
    for (second, code, why) in [
        (
            numbered(0, "a"),
            ErrorCode::InvalidArgument,
            "INVALID_REQUEST",
        ),
        (numbered(2, "fail"), ErrorCode::Aborted, "X"),
    ] {
        let mut stream = shop.ingestion().stream_readings().await.unwrap();
        stream.send(numbered(1, "a")).await.unwrap();
        assert_eq!(
            stream
                .message()
                .await
                .unwrap()
                .unwrap()
                .view()
                .acknowledged_batch,
            1
        );
        stream.send(second).await.unwrap();
        let error = stream
            .message()
            .await
            .err()
            .or_else(|| stream.error().cloned())
            .expect("a failure");
        assert_eq!(
            (error.code, reason(&error).unwrap().1.as_str()),
            (code, why)
        );
        stream.close_send();
    }
    let codes: Vec<_> = shop.log().iter().map(|line| line["code"].clone()).collect();
    assert_eq!(codes, ["INVALID_ARGUMENT", "ABORTED"]);
}

#[tokio::test]
async fn a_stream_that_its_handler_checks_is_refused_as_a_message_that_comes_alone() {
    let (shop, seen) = seeing();
    let shop = run(shop).await;
    let stream = "larder.telemetry.v1.IngestionService/IngestReadings";
    let large = batch(&"a".repeat(MAX_REQUEST_BYTES)).encode_to_vec();
    let of_none = [];
    for (message, status) in [(&[0xff, 0xff][..], "3"), (&of_none, "3"), (&large, "8")] {
        for method in [METHOD, stream] {
            assert_eq!(shop.raw(method, message).await, status, "{method}");
        }
    }
    assert!(seen.lock().unwrap().is_none());
    let lines = shop.log();
    let reasons: Vec<_> = lines.iter().map(|line| line["reason"].clone()).collect();
    assert_eq!(
        [&reasons[0], &reasons[2], &reasons[4]],
        ["MALFORMED_REQUEST", "INVALID_REQUEST", "REQUEST_TOO_LARGE"]
    );
    for pair in reasons.chunks(2) {
        assert_eq!(pair[0], pair[1]);
    }
}

#[tokio::test]
async fn a_message_that_comes_alone_is_not_left_to_its_handler() {
    let (shop, _) = seeing();
    let shared = run(shop.clone()).await.shared;
    let methods = crate::contract::methods(&crate::contract::files());
    let routes = shop.routes().takes_checked::<BatchIngestReadingsRequest>();
    let refused = Guard::new(shared, routes, &methods).err().unwrap();
    assert!(
        refused.to_string().contains("BatchIngestReadingsRequest"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_server_does_not_start_before_every_message_is_named() {
    let (shop, _) = seeing();
    let shared = run(shop.clone()).await.shared;
    let mut routes = shop.routes();
    routes
        .accepts
        .remove("larder.telemetry.v1.StreamReadingsRequest");
    let files = crate::contract::files();
    let methods = crate::contract::methods(&files);
    let missing = Guard::new(Arc::clone(&shared), routes, &methods)
        .err()
        .unwrap()
        .to_string();
    assert!(
        missing.contains("larder.telemetry.v1.StreamReadingsRequest"),
        "{missing}"
    );
    assert!(server::build(&shared, Routes::new()).is_ok());
}
