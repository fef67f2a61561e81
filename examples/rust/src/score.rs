//! How likely goods are to spoil, asked at the edge with an access token: one call for one class of goods, one for many.

use buffa::Enumeration;
use buffa_types::google::protobuf::{Duration, Timestamp};
use larder_contract::proto::larder::coldchain::v1::TemperatureSample;
use larder_contract::proto::larder::scoring::v1::{Goods, ProductClass, SpoilageScore};
use larder_contract::proto::larder::storefront::v1::{BatchScoreGoodsRequest, ScoreGoodsRequest};
use larder_contract::rpc::larder::storefront::v1::ColdChainServiceClient;

use crate::Failure;
use crate::channel::open;
use crate::policy::call;
use crate::settings::{first, setting, temperatures};

const SERVICE: &str = "larder.storefront.v1.ColdChainService";
const DAY: i64 = 86_400;
/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600;
const HALF_HOUR: i64 = 1_800;

/// Prints a line for each class. The temperatures are half an hour apart; 10 packs keep for three days more.
pub(crate) async fn score(words: &[String]) -> Result<bool, Failure> {
    let (classes, words) = first(words);
    let names: Vec<&str> = classes.split(',').collect();
    let history: Vec<TemperatureSample> = temperatures(words)?
        .into_iter()
        .zip((START..).step_by(usize::try_from(HALF_HOUR).expect("positive")))
        .map(|(celsius, time)| TemperatureSample {
            time: Timestamp::from_unix_secs(time).into(),
            celsius,
            ..Default::default()
        })
        .collect();
    let mut goods = Vec::new();
    for name in &names {
        goods.push(Goods {
            product_class: class_of(name)?.into(),
            history: history.clone(),
            remaining_shelf_life: Duration::from_secs(3 * DAY).into(),
            stock: 10,
            ..Default::default()
        });
    }

    let (connection, config) = open("LARDER_EDGE", "LARDER_EDGE_CA", None)?;
    let token = format!("Bearer {}", setting("LARDER_TOKEN")?);
    let config = config.with_default_header("authorization", token);
    let cold_chain = ColdChainServiceClient::new(connection, config);
    if let [only] = goods.as_slice() {
        let request = ScoreGoodsRequest {
            goods: only.clone().into(),
            ..Default::default()
        };
        let answer = call(SERVICE, "ScoreGoods", async |options| {
            cold_chain
                .score_goods_with_options(request.clone(), options)
                .await
        })
        .await?;
        print(classes, &answer.into_owned().score);
    } else {
        let request = BatchScoreGoodsRequest {
            goods,
            ..Default::default()
        };
        let answer = call(SERVICE, "BatchScoreGoods", async |options| {
            cold_chain
                .batch_score_goods_with_options(request.clone(), options)
                .await
        })
        .await?;
        for (name, score) in names.iter().zip(&answer.into_owned().scores) {
            print(name, score);
        }
    }
    Ok(true)
}

fn class_of(name: &str) -> Result<ProductClass, Failure> {
    ProductClass::from_proto_name(&format!("PRODUCT_CLASS_{}", name.to_uppercase()))
        .filter(|class| class.to_i32() != 0)
        .ok_or_else(|| Failure::Usage(format!("{name} is no class of products")))
}

fn print(name: &str, score: &SpoilageScore) {
    println!(
        "{name}: risk {:.3}, markdown {} %, {}",
        score.spoilage_risk, score.markdown_percent, score.model
    );
}
