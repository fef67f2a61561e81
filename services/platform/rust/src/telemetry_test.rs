use connectrpc::ConnectError;
use opentelemetry::trace::{SpanId, SpanKind, Status};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};

use crate::log::{Level, Logger};
use crate::telemetry::{Metrics, Tracing};
use crate::testing::{Lines, Shop, config, eventually, headers, run_by};

#[tokio::test]
async fn lines_are_written_in_order_after_a_moment_and_quiet_ones_not_at_all() {
    let lines = Lines::default();
    let logger: &'static Logger = Box::leak(Box::new(Logger::new(
        Level::Warn,
        "w",
        "b",
        Box::new(lines.clone()),
    )));
    tokio::spawn(crate::log::flush_often(logger));
    logger.log(Level::Info, "too quiet", &[]);
    logger.log(Level::Warn, "one \"quoted\"", &[("n", 1.into())]);
    logger.log(Level::Error, "two", &[]);
    eventually("both lines are written", || lines.read().len() == 2).await;
    let log = lines.read();
    assert_eq!(
        (&log[0]["message"], &log[0]["level"], &log[0]["n"]),
        (&"one \"quoted\"".into(), &"warn".into(), &1.into())
    );
    assert_eq!(
        (&log[1]["level"], &log[1]["build"], &log[1]["workload"]),
        (&"error".into(), &"b".into(), &"w".into())
    );
}

#[test]
fn many_lines_do_not_wait() {
    let lines = Lines::default();
    let logger = Logger::new(Level::Info, "w", "b", Box::new(lines.clone()));
    for n in 0..2000 {
        logger.log(Level::Info, "one of many", &[("n", n.into())]);
    }
    assert!(!lines.read().is_empty());
}

#[tokio::test]
async fn the_span_of_a_call_is_a_child_of_its_callers() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let tracing: &'static Tracing = Box::leak(Box::new(Tracing::by(provider)));
    let shop = Shop::new(|call, _| async move {
        assert_ne!(
            call.options().headers()["traceparent"],
            TRACE,
            "further calls are children of this one"
        );
        Err(ConnectError::internal("x"))
    });
    let shop = run_by(shop, config(), Some(tracing)).await;
    assert!(
        shop.say("", headers(&[("traceparent", TRACE)]))
            .await
            .is_err()
    );
    let spans = exporter.get_finished_spans().unwrap();
    assert_eq!(spans.len(), 1);
    assert_eq!(
        spans[0].name,
        "larder.telemetry.v1.IngestionService/BatchIngestReadings"
    );
    assert_eq!(
        spans[0].span_context.trace_id().to_string(),
        "0af7651916cd43dd8448eb211c80319c"
    );
    assert_eq!(spans[0].parent_span_id, SpanId::from(0xb7ad_6b71_6920_3331));
    assert_eq!(spans[0].status, Status::error("INTERNAL"));
    let mut names: Vec<_> = spans[0]
        .attributes
        .iter()
        .map(|it| it.key.as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "rpc.grpc.status_code",
            "rpc.method",
            "rpc.service",
            "rpc.system"
        ]
    );
    assert_eq!(
        shop.log()[0]["trace_id"],
        "0af7651916cd43dd8448eb211c80319c"
    );
}

#[test]
fn the_span_of_an_event_is_a_child_of_what_caused_it() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let tracing = Tracing::by(provider);
    let span = tracing.begin_event("larder.order.confirmed.v1", Some(TRACE));
    let told = span.traceparent().unwrap();
    span.end_event(Some("UNKNOWN"));
    tracing
        .begin_event("larder.order.confirmed.v1", Some("nonsense"))
        .end_event(None);

    let [child, first] = &exporter.get_finished_spans().unwrap()[..] else {
        panic!("there are two spans")
    };
    assert_eq!(
        (&*child.name, &child.span_kind, &child.status),
        (
            "larder.order.confirmed.v1",
            &SpanKind::Consumer,
            &Status::error("UNKNOWN")
        )
    );
    assert_eq!(child.parent_span_id, SpanId::from(0xb7ad_6b71_6920_3331));
    let own = child.span_context.span_id();
    assert_eq!(
        told,
        format!("00-0af7651916cd43dd8448eb211c80319c-{own}-01")
    );
    let mut about: Vec<_> = child
        .attributes
        .iter()
        .map(|it| (it.key.as_str(), it.value.to_string()))
        .collect();
    about.sort_unstable();
    assert_eq!(
        about,
        [
            (
                "messaging.destination.name",
                "larder.order.confirmed.v1".into()
            ),
            ("messaging.operation.type", "process".into())
        ]
    );
    assert_eq!(
        (first.parent_span_id, &first.status),
        (SpanId::INVALID, &Status::Unset)
    );
}

#[test]
fn every_metric_that_an_alert_goes_by_is_there_with_its_labels() {
    let metrics = Metrics::new("ingestion", "1").unwrap();
    metrics.handled.with_label_values(&["s", "m", "OK"]).inc();
    metrics.duration.with_label_values(&["s", "m"]).observe(0.1);
    let text = metrics.text().unwrap();
    let about = r#"method="m",service="s",version="1",workload="ingestion""#;
    assert!(text.contains(&format!(
        r#"larder_rpc_server_handled_total{{code="OK",{about}}} 1"#
    )));
    let rules = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../mesh/prometheus/ingestion.yaml"
    );
    let rules = std::fs::read_to_string(rules).unwrap();
    let words = rules.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let names: std::collections::BTreeSet<_> =
        words.filter(|word| word.starts_with("larder_")).collect();
    assert!(names.len() >= 3, "{names:?}");
    for name in names {
        assert!(
            text.contains(&format!("\n{name}{{")),
            "{name} is not among\n{text}"
        );
    }
}

const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
