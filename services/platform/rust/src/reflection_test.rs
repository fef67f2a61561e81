//! What a server tells of itself.

use larder_contract::others::grpc::reflection::v1::__buffa::oneof::server_reflection_request::MessageRequest;
use larder_contract::others::grpc::reflection::v1::ServerReflectionRequest;
use larder_contract::others_rpc::grpc::reflection::{v1::ServerReflectionClient, v1alpha};

use crate::testing::{client_config, run, seeing};

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
