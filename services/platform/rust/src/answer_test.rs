//! What a caller is answered, and what is written of it.

use buffa::Message as _;
use connectrpc::client::CallOptions;
use connectrpc::{ConnectError, ErrorCode, ErrorDetail};
use larder_contract::others::google::rpc::ErrorInfo;

use crate::errors::{RpcError, detail};
use crate::testing::{METHOD, Shop, TRACE, assert_error, batch, headers, run};

fn failing(make: impl Fn() -> ConnectError + Send + Sync + 'static) -> Shop {
    Shop::new(move |_, _| std::future::ready(Err(make())))
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
