//! What a handler is told, and what its caller is answered.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use buffa::{Message as _, MessageField};
use connectrpc::client::CallOptions;
use connectrpc::{ConnectError, ErrorCode, ErrorDetail};
use larder_contract::others::google::rpc::{BadRequest, ErrorInfo};
use larder_contract::others::grpc::reflection::v1::__buffa::oneof::server_reflection_request::MessageRequest;
use larder_contract::others::grpc::reflection::v1::ServerReflectionRequest;
use larder_contract::others_rpc::grpc::reflection::{v1::ServerReflectionClient, v1alpha};
use larder_contract::proto::larder::scoring::v1::{Goods, ScoreBatchRequest};
use larder_contract::proto::larder::telemetry::v1::BatchIngestReadingsRequest;
use protovalidate_buffa::Validate as _;

use crate::call::Call;
use crate::errors::{RpcError, detail, reason, to_invalid};
use crate::platform_config::PlatformConfig;
use crate::routes::{MAX_REQUEST_BYTES, Routes};
use crate::testing::{
    Shop, assert_error, batch, callers, client_config, config, eventually, headers, numbered, run,
    run_by,
};
use crate::{guard::Guard, server};

const METHOD: &str = "larder.telemetry.v1.IngestionService/BatchIngestReadings";
const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

type Seen = Arc<Mutex<Option<Arc<Call>>>>;

/// A shop that remembers its last call.
fn seeing() -> (Shop, Seen) {
    let seen = Seen::default();
    let kept = Arc::clone(&seen);
    let shop = Shop::new(move |call, _| {
        *kept.lock().unwrap() = Some(call);
        std::future::ready(Ok(()))
    });
    (shop, seen)
}

fn last(seen: &Seen) -> Arc<Call> {
    seen.lock().unwrap().take().expect("the handler was called")
}

fn failing(make: impl Fn() -> ConnectError + Send + Sync + 'static) -> Shop {
    Shop::new(move |_, _| std::future::ready(Err(make())))
}

#[tokio::test]
async fn a_handler_learns_who_calls() {
    let (shop, seen) = seeing();
    let vectors = callers();
    let config = PlatformConfig {
        device_ingress: vectors["device_ingress"].as_str().map(str::to_owned),
        ..config()
    };
    let shop = run_by(shop, config, None).await;
    let forged = ("x-larder-caller", "forged");
    for case in vectors["cases"].as_array().unwrap() {
        let header = ("x-forwarded-client-cert", case["header"].as_str().unwrap());
        shop.say("", headers(&[forged, header])).await.unwrap();
        let call = last(&seen);
        assert_eq!(
            call.caller.as_deref().unwrap_or_default(),
            case["at_device_method"],
            "{}",
            case["about"]
        );
        assert_eq!(call.method, METHOD);
    }
    shop.say("", headers(&[forged])).await.unwrap();
    assert_eq!(last(&seen).caller, None);
}

#[tokio::test]
async fn a_request_keeps_a_safe_id_and_gets_one_otherwise() {
    let (shop, seen) = seeing();
    let shop = run(shop).await;
    for (id, kept) in [
        ("abc-1.2:3", true),
        ("", false),
        ("a\"b", false),
        (&"a".repeat(129), false),
    ] {
        shop.say("", headers(&[("x-request-id", id)]))
            .await
            .unwrap();
        let got = last(&seen).request_id.clone();
        assert_eq!(got == id, kept, "{id:?} became {got:?}");
        assert!(!got.is_empty());
    }
}

#[tokio::test]
async fn the_deadline_is_the_callers_or_that_of_the_contract() {
    let (shop, seen) = seeing();
    let shop = run(shop).await;
    shop.say("", CallOptions::default()).await.unwrap();
    let left = last(&seen)
        .deadline
        .unwrap()
        .saturating_duration_since(Instant::now());
    assert!(left <= Duration::from_secs(2), "{left:?}");
    shop.say(
        "",
        CallOptions::default().with_timeout(Duration::from_mins(10)),
    )
    .await
    .unwrap();
    let left = last(&seen)
        .deadline
        .unwrap()
        .saturating_duration_since(Instant::now());
    assert!(left > Duration::from_mins(5), "{left:?}");
}

#[tokio::test]
async fn a_handler_that_is_too_slow_is_deadline_exceeded_and_dropped() {
    let shop = run(Shop::new(|_, _| std::future::pending())).await;
    let result = shop.say("", CallOptions::default()).await;
    assert_error(&result, ErrorCode::DeadlineExceeded, "", "");
    eventually("it is logged", || !shop.log().is_empty()).await;
    assert_eq!(shop.log()[0]["code"], "DEADLINE_EXCEEDED");
}

#[tokio::test]
async fn a_caller_that_leaves_ends_its_handler() {
    let shop = run(Shop::new(|_, _| std::future::pending())).await;
    let left = shop.say(
        "",
        CallOptions::default().with_timeout(Duration::from_mins(10)),
    );
    assert!(
        tokio::time::timeout(Duration::from_millis(200), left)
            .await
            .is_err()
    );
    eventually("it is logged", || !shop.log().is_empty()).await;
    assert_eq!(shop.log()[0]["code"], "CANCELLED");
}

#[tokio::test]
async fn what_travels_on_is_the_time_left_the_id_the_trace_and_the_user() {
    let (shop, seen) = seeing();
    let shop = run(shop).await;
    let sent = headers(&[
        ("x-request-id", "r-1"),
        ("x-larder-user", "token"),
        ("traceparent", TRACE),
    ]);
    shop.say("", sent.with_timeout(Duration::from_mins(1)))
        .await
        .unwrap();
    let call = last(&seen);
    let told = |options: &CallOptions, name| {
        options
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    };
    let along = call.options();
    assert_eq!(told(&along, "x-request-id").as_deref(), Some("r-1"));
    assert_eq!(told(&along, "x-larder-user").as_deref(), Some("token"));
    assert_eq!(told(&along, "traceparent").as_deref(), Some(TRACE));
    assert!(along.timeout().unwrap() <= Duration::from_mins(1));
    let anew = call.detached().options();
    assert_eq!(told(&anew, "x-request-id").as_deref(), Some("r-1"));
    assert_eq!(told(&anew, "x-larder-user"), None);
    assert_eq!(told(&anew, "traceparent").as_deref(), Some(TRACE));
    assert_eq!(anew.timeout(), None);
}

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

/// What a handler returns; code, domain, reason and message of the answer.
type Case = (
    ConnectError,
    ErrorCode,
    &'static str,
    &'static str,
    &'static str,
);

#[tokio::test]
async fn what_handlers_return_becomes_the_answer() {
    let beneath = |code, domain: &str, reason: &str| {
        let info = ErrorInfo {
            domain: domain.to_owned(),
            reason: reason.to_owned(),
            ..Default::default()
        };
        let mut error = ConnectError::new(code, "10.0.0.1 says hush");
        error
            .details
            .push(ErrorDetail::from_message("google.rpc.ErrorInfo", &info));
        error
    };
    let away = "a service that this one needs did not answer";
    let cases: [Case; 6] = [
        (
            RpcError::new(ErrorCode::NotFound, "X_NOT_FOUND", "x does not exist").into(),
            ErrorCode::NotFound,
            "shop",
            "X_NOT_FOUND",
            "x does not exist",
        ),
        (
            RpcError::store_unavailable("password is hush").into(),
            ErrorCode::Unavailable,
            "shop",
            "STORE_UNAVAILABLE",
            "the database is unavailable",
        ),
        (
            ConnectError::internal("password is hush"),
            ErrorCode::Internal,
            "",
            "",
            "internal error",
        ),
        (
            beneath(ErrorCode::NotFound, "pricing", "RULE_NOT_FOUND"),
            ErrorCode::Internal,
            "",
            "",
            "internal error",
        ),
        (
            beneath(ErrorCode::Unavailable, "pricing", "STORE_UNAVAILABLE"),
            ErrorCode::Unavailable,
            "pricing",
            "STORE_UNAVAILABLE",
            away,
        ),
        (
            ConnectError::unavailable("dial 10.0.0.1"),
            ErrorCode::Unavailable,
            "shop",
            "DEPENDENCY_UNAVAILABLE",
            away,
        ),
    ];
    for (error, code, domain, why, message) in cases {
        let shop = run(failing(move || error.clone())).await;
        let result = shop.say("", CallOptions::default()).await;
        assert_error(&result, code, domain, why);
        assert_eq!(result.unwrap_err().message.unwrap(), message);
    }
    let shop = run(failing(|| {
        RpcError::new(ErrorCode::Aborted, "X", "x")
            .with("name", "a")
            .into()
    }))
    .await;
    let error = shop.say("", CallOptions::default()).await.unwrap_err();
    let info: ErrorInfo = detail(&error).unwrap();
    assert_eq!(info.metadata.get("name").map(String::as_str), Some("a"));
}

#[tokio::test]
async fn a_failure_is_answered_by_headers_alone() {
    let shop = run(failing(|| {
        RpcError::new(ErrorCode::Unavailable, "X", "x").into()
    }))
    .await;
    assert_eq!(shop.raw(METHOD, &batch("a").encode_to_vec()).await, "14");
}

#[tokio::test]
async fn a_panic_is_internal_and_the_server_lives_on() {
    let shop = run(Shop::new(|_, word| async move {
        assert!(word != "bad", "hush");
        Ok(())
    }))
    .await;
    let error = shop.say("bad", CallOptions::default()).await.unwrap_err();
    assert_eq!(
        (error.code, error.message.as_deref()),
        (ErrorCode::Internal, Some("internal error"))
    );
    shop.say("good", CallOptions::default()).await.unwrap();
    assert!(shop.log()[0]["error"].as_str().unwrap().contains("hush"));
}

#[tokio::test]
async fn every_call_is_logged_once_and_counted() {
    let shop = run(Shop::new(|_, word| async move {
        if word == "unknown" {
            Err(ConnectError::internal("disk on fire"))
        } else {
            Ok(())
        }
    }))
    .await;
    let peer = "URI=spiffe://larder.local/ns/larder/sa/gateway";
    let told = || {
        headers(&[
            ("x-request-id", "r-1"),
            ("x-forwarded-client-cert", peer),
            ("traceparent", TRACE),
        ])
    };
    for word in ["a", "unknown"] {
        let _ = shop.say(word, told()).await; // The log says how it ended.
    }
    let _ = shop
        .ingestion()
        .batch_ingest_readings_with_options(Default::default(), told())
        .await;
    let log = shop.log();
    let want = [
        ("info", "OK", None, None),
        ("error", "INTERNAL", None, Some("disk on fire")),
        ("info", "INVALID_ARGUMENT", Some("INVALID_REQUEST"), None),
    ];
    assert_eq!(log.len(), want.len(), "{log:?}");
    for (line, (level, code, why, cause)) in log.iter().zip(want) {
        for (name, value) in [
            ("message", "request"),
            ("level", level),
            ("code", code),
            ("method", METHOD),
            ("caller", "gateway"),
            ("request_id", "r-1"),
            ("trace_id", "0af7651916cd43dd8448eb211c80319c"),
            ("workload", "shop"),
            ("build", "test"),
        ] {
            assert_eq!(line[name], value, "{line}");
        }
        assert_eq!(line["reason"].as_str(), why);
        assert!(
            line["error"]
                .as_str()
                .unwrap_or_default()
                .contains(cause.unwrap_or_default()),
            "{line}"
        );
        assert_eq!(line["error"].is_string(), cause.is_some());
        assert!(line["duration_ms"].as_f64().unwrap() >= 0.0);
        assert!(line["time"].as_str().unwrap().ends_with('Z'));
        let labels = [
            "larder.telemetry.v1.IngestionService",
            "BatchIngestReadings",
            code,
        ];
        assert_eq!(
            shop.shared.metrics.handled.with_label_values(&labels).get(),
            1,
            "{code}"
        );
    }
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

#[tokio::test]
async fn reflection_in_both_versions_shows_every_service_and_finds_its_file() {
    let (shop, _) = seeing();
    let shop = run(shop).await;
    let ask = |message: MessageRequest| ServerReflectionRequest {
        message_request: Some(message),
        ..Default::default()
    };
    let client = ServerReflectionClient::new(shop.connection.clone(), client_config());
    let mut stream = client.server_reflection_info().await.unwrap();
    stream
        .send(ask(MessageRequest::ListServices("*".to_owned())))
        .await
        .unwrap();
    let listed = format!(
        "{:?}",
        stream.message().await.unwrap().unwrap().to_owned_message()
    );
    for name in [
        "grpc.health.v1.Health",
        "larder.telemetry.v1.IngestionService",
        "grpc.reflection.v1.ServerReflection",
    ] {
        assert!(listed.contains(&format!("\"{name}\"")), "{name}");
    }
    assert!(!listed.contains("CatalogService"));
    for (symbol, found) in [
        ("larder.telemetry.v1.IngestionService.StreamReadings", true),
        ("no.Such", false),
    ] {
        stream
            .send(ask(MessageRequest::FileContainingSymbol(symbol.to_owned())))
            .await
            .unwrap();
        let answer = format!(
            "{:?}",
            stream.message().await.unwrap().unwrap().to_owned_message()
        );
        assert_eq!(answer.contains("FileDescriptorResponse"), found, "{symbol}");
    }
    let old = v1alpha::ServerReflectionClient::new(shop.connection.clone(), client_config());
    let mut stream = old.server_reflection_info().await.unwrap();
    stream.send(Default::default()).await.unwrap();
    let answer = format!(
        "{:?}",
        stream.message().await.unwrap().unwrap().to_owned_message()
    );
    assert!(answer.contains("nothing asked"), "{answer}");
}
