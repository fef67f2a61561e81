//! An outside program: it knows the crate and an address, and prints what the catalog said.

use connectrpc::Protocol;
use connectrpc::client::{ClientConfig, Http2Connection};
use larder_contract::proto::larder::catalog::v1::GetProductRequest;
use larder_contract::rpc::larder::catalog::v1::CatalogServiceClient;
use protovalidate_buffa::Validate;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (address, name) = (arguments.next().unwrap(), arguments.next().unwrap());
    let uri: http::Uri = format!("http://{address}").parse()?;
    let connection = Http2Connection::connect_plaintext(uri.clone())
        .await?
        .shared(16);
    let catalog = CatalogServiceClient::new(
        connection,
        ClientConfig::new(uri).with_protocol(Protocol::Grpc),
    );

    let asked = |name: &str| GetProductRequest {
        name: name.into(),
        ..Default::default()
    };
    // The rules of the contract are compiled into the crate.
    assert!(asked("not a product").validate().is_err());
    asked(&name).validate()?;

    let response = catalog.get_product(asked(&name)).await?;
    let product = &response.view().product;
    let refused = catalog
        .get_product(asked("products/no-such-thing"))
        .await
        .err()
        .unwrap();
    println!(
        r#"{{"displayName": "{}", "units": "{}", "refused": "{:?}"}}"#,
        product.display_name, product.price.units, refused.code
    );
    Ok(())
}
