//! What a handler is told of a call, and when it ends.

use std::sync::Arc;
use std::time::{Duration, Instant};

use connectrpc::ErrorCode;
use connectrpc::client::CallOptions;

use crate::call::Call;
use crate::platform_config::PlatformConfig;
use crate::testing::{
    METHOD, Seen, Shop, TRACE, assert_error, callers, config, eventually, headers, run, run_by,
    seeing,
};

fn last(seen: &Seen) -> Arc<Call> {
    seen.lock().unwrap().take().expect("the handler was called")
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
