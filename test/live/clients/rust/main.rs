//! A tonic program with both kinds of messages in one process: those of prost, made by the commands of examples/README.md, and
//! those of the package. Prints the model that scored, and the reason of an error.

/// What the plugins of prost and tonic made.
#[allow(warnings, clippy::all, clippy::pedantic)]
mod proto {
    include!("proto/mod.rs");
}

use std::time::Duration;

use buffa::Message as _;
use larder_contract::others::google::rpc::ErrorInfo;
use larder_contract::proto::larder::scoring::v1::{Goods as OurGoods, ProductClass as OurClass};
use prost::Message as _;
use tonic::Request;
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint};

use proto::google::rpc::Status;
use proto::larder::coldchain::v1::TemperatureSample;
use proto::larder::scoring::v1::{Goods, ProductClass};
use proto::larder::storefront::v1::ScoreGoodsRequest;
use proto::larder::storefront::v1::cold_chain_service_client::ColdChainServiceClient;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The two kinds are types of their own; bytes go over.
    let ours = OurGoods {
        product_class: OurClass::Fish.into(),
        stock: 3,
        ..Default::default()
    };
    let mut theirs = Goods::decode(ours.encode_to_vec().as_slice())?;
    assert_eq!(
        (theirs.product_class(), theirs.stock),
        (ProductClass::Fish, 3)
    );
    let back = OurGoods::decode_from_slice(&theirs.encode_to_vec())?;
    assert_eq!(back.stock, ours.stock);

    let authority = Certificate::from_pem(std::fs::read(std::env::var("LARDER_EDGE_CA")?)?);
    let channel = Endpoint::from_shared(format!("https://{}", std::env::var("LARDER_EDGE")?))?
        .tls_config(ClientTlsConfig::new().ca_certificate(authority))?
        .connect_lazy();
    let bearer: tonic::metadata::MetadataValue<_> =
        format!("Bearer {}", std::env::var("LARDER_TOKEN")?).parse()?;
    let mut cold_chain =
        ColdChainServiceClient::with_interceptor(channel, move |mut request: Request<()>| {
            request
                .metadata_mut()
                .insert("authorization", bearer.clone());
            request.set_timeout(Duration::from_secs(10));
            Ok(request)
        });

    theirs.history = vec![TemperatureSample {
        time: Some(prost_types::Timestamp::default()),
        celsius: 3.0,
    }];
    theirs.remaining_shelf_life = Some(prost_types::Duration {
        seconds: 86_400,
        nanos: 0,
    });
    let request = |goods: &Goods| ScoreGoodsRequest {
        goods: Some(goods.clone()),
    };
    let answer = cold_chain.score_goods(request(&theirs)).await?.into_inner();
    println!("{}", answer.score.unwrap_or_default().model);

    // An error of one kind, read by the other.
    theirs.history[0].celsius = 999.0;
    let refused = cold_chain
        .score_goods(request(&theirs))
        .await
        .expect_err("999 degrees");
    let status = Status::decode(refused.details())?;
    let info = ErrorInfo::decode_from_slice(&status.details[0].value)?;
    println!("{:?} {}", refused.code(), info.reason);
    Ok(())
}
