//! A whole service. GetCustomer of "slow" says that it was called, and then waits for a line on standard input; background
//! work fails when the file "fail" appears.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use connectrpc::{ConnectError, RequestContext, Response, ServiceRequest, ServiceResult};
use larder_contract::proto::larder::customer::v1::*;
use larder_contract::rpc::larder::customer::v1::*;
use larder_platform::{Env, Error, Routes, Service, environment, run, serve};

struct Customers;

impl CustomerService for Customers {
    async fn get_customer(
        &self,
        _: RequestContext,
        request: ServiceRequest<'_, GetCustomerRequest>,
    ) -> ServiceResult<GetCustomerResponse> {
        if request.name == "customers/slow" {
            eprintln!("called");
            let line =
                tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
            line.await
                .map_err(|error| ConnectError::internal(error.to_string()))?
                .ok();
        }
        Response::ok(GetCustomerResponse::default())
    }

    async fn batch_get_customers(
        &self,
        _: RequestContext,
        _: ServiceRequest<'_, BatchGetCustomersRequest>,
    ) -> ServiceResult<BatchGetCustomersResponse> {
        Response::ok(BatchGetCustomersResponse::default())
    }
}

async fn child() -> Result<(), Error> {
    let mut env = Env::new(&environment);
    let config = env.platform("KIT", &[]);
    env.secret("KIT_DATABASE_URL");
    let folder = PathBuf::from(env.text("KIT_FOLDER"));
    let config = env.finish(config)?;
    let (unready, fail) = (folder.join("unready"), folder.join("fail"));
    let routes = Routes::new()
        .service(CustomerServiceServer::new(Customers))
        .takes::<GetCustomerRequest>()
        .takes::<BatchGetCustomersRequest>();
    let service = Service::new("kit", routes)
        .ready(move || {
            let unready = unready.exists();
            async move {
                if unready {
                    Err("not yet".into())
                } else {
                    Ok(())
                }
            }
        })
        .background(|stop| async move {
            while !stop.is_cancelled() {
                if fail.exists() {
                    return Err("the relay broke".into());
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Ok(())
        })
        .close(async { eprintln!("closed") });
    serve(config, service).await
}

fn main() -> ExitCode {
    run(child())
}
