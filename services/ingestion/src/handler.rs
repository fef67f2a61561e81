//! Between the contract and the intake.

use std::sync::Arc;

use connectrpc::{
    ConnectError, InboundStream, RequestContext, Response, ServiceRequest, ServiceResult,
    ServiceStream,
};
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use larder_contract::proto::larder::telemetry::v1::__buffa::view::ReadingView;
use larder_contract::proto::larder::telemetry::v1::*;
use larder_contract::rpc::larder::telemetry::v1::*;
use larder_platform::{Call, Routes, RpcError, checked};

use crate::config::Config;
use crate::device::Device;
use crate::errors::{batch_out_of_order, device_unknown};
use crate::event::now_us;
use crate::intake::{Intake, Sorted, Underway};
use crate::reading::{Reading as Measured, Refused};
use crate::streams::Streams;
use crate::writer::Log;

/// The methods of ingestion.
pub(crate) struct Handler<L> {
    intake: Arc<Intake<L>>,
    device_trust_domain: String,
    streams: Arc<Streams>,
    window: usize,
}

/// What ingestion offers, and the messages that it takes.
pub fn routes<L: Log>(intake: Arc<Intake<L>>, config: &Config) -> Routes {
    let handler = Handler {
        intake,
        device_trust_domain: config.platform.device_trust_domain.clone(),
        streams: Streams::new(config),
        window: config.stream_window,
    };
    Routes::new()
        .service(IngestionServiceServer::new(handler))
        .takes::<BatchIngestReadingsRequest>()
        .takes_checked::<IngestReadingsRequest>()
        .takes_checked::<StreamReadingsRequest>()
}

/// How many refusals the answer to a stream tells at most.
const TOLD: usize = 1000;

/// How many characters of the device of a refused reading are told.
const NAME: usize = 200;

impl<L: Log> Handler<L> {
    fn device(&self, context: &RequestContext) -> Result<Device, RpcError> {
        Device::of(
            Call::of(context).caller.as_deref(),
            &self.device_trust_domain,
        )
        .ok_or_else(device_unknown)
    }
}

/// What became of a batch, once it is durable.
struct Taken {
    accepted: usize,
    refusals: Vec<Refusal>,
}

/// A batch that has been put on its way.
struct Sent {
    taken: Taken,
    underway: Underway,
}

impl Sent {
    async fn durable(self) -> Result<Taken, ConnectError> {
        self.underway.durable().await?;
        Ok(self.taken)
    }
}

/// Looks through a batch and puts it on its way.
async fn send<L: Log>(
    intake: &Intake<L>,
    device: &Device,
    readings: &[ReadingView<'_>],
    call: &Call,
) -> Result<Sent, RpcError> {
    let mut sorted = intake
        .sort(device, readings.iter().map(measured), now_us())
        .await?;
    let columns = sorted.take();
    let taken = Taken {
        accepted: sorted.accepted,
        refusals: refusals(&sorted, readings),
    };
    Ok(Sent {
        taken,
        underway: intake.submit(device, columns, call.traceparent()).await?,
    })
}

impl<L: Log> IngestionService for Handler<L> {
    async fn batch_ingest_readings(
        &self,
        context: RequestContext,
        request: ServiceRequest<'_, BatchIngestReadingsRequest>,
    ) -> ServiceResult<BatchIngestReadingsResponse> {
        let device = self.device(&context)?;
        let taken = send(
            &self.intake,
            &device,
            &request.readings,
            &Call::of(&context),
        )
        .await?
        .durable()
        .await?;
        Response::ok(BatchIngestReadingsResponse {
            accepted: i32::try_from(taken.accepted).unwrap_or(i32::MAX),
            refusals: taken.refusals,
            ..Default::default()
        })
    }

    async fn ingest_readings(
        &self,
        context: RequestContext,
        requests: InboundStream<IngestReadingsRequest>,
    ) -> ServiceResult<IngestReadingsResponse> {
        let device = Arc::new(self.device(&context)?);
        let _open = self.streams.open(&device)?;
        let (intake, call) = (Arc::clone(&self.intake), Call::of(&context));
        let sent = checked(requests).then(move |request| {
            let (device, intake) = (Arc::clone(&device), Arc::clone(&intake));
            let call = Arc::clone(&call);
            async move { Ok(send(&intake, &device, &request?.view().readings, &call).await?) }
        });
        let answer = acknowledged(sent, self.window).try_fold(
            IngestReadingsResponse::default(),
            |mut sum, taken| {
                sum.accepted += i64::try_from(taken.accepted).unwrap_or_default();
                sum.refused += i64::try_from(taken.refusals.len()).unwrap_or_default();
                let room = TOLD - sum.refusals.len();
                sum.refusals.extend(taken.refusals.into_iter().take(room));
                std::future::ready(Ok(sum))
            },
        );
        Response::ok(answer.await?)
    }

    async fn stream_readings(
        &self,
        context: RequestContext,
        requests: InboundStream<StreamReadingsRequest>,
    ) -> ServiceResult<ServiceStream<StreamReadingsResponse>> {
        let device = Arc::new(self.device(&context)?);
        let open = self.streams.open(&device)?;
        let window = i32::try_from(self.window).unwrap_or(i32::MAX);
        let (intake, call) = (Arc::clone(&self.intake), Call::of(&context));
        let mut expected = 0;
        let sent = checked(requests).then(move |request| {
            let (device, intake) = (Arc::clone(&device), Arc::clone(&intake));
            let call = Arc::clone(&call);
            expected += 1;
            async move {
                let request = request?;
                let batch = request.view().batch;
                if batch != expected {
                    return Err(batch_out_of_order(batch, expected).into());
                }
                Ok(send(&intake, &device, &request.view().readings, &call).await?)
            }
        });
        let mut acknowledged_batch = 0;
        let answers = acknowledged(sent, self.window).map_ok(move |taken| {
            // The stream counts among those that are open until it is dropped.
            let _ = &open;
            acknowledged_batch += 1;
            StreamReadingsResponse {
                acknowledged_batch,
                window,
                refusals: taken.refusals,
                ..Default::default()
            }
        });
        let first = StreamReadingsResponse {
            window,
            ..Default::default()
        };
        Ok(Response::stream(
            stream::once(std::future::ready(Ok(first))).chain(answers),
        ))
    }
}

/// Waits for the batches in their order, with at most `window` on their way: no more is read from the device meanwhile.
fn acknowledged(
    sent: impl Stream<Item = Result<Sent, ConnectError>>,
    window: usize,
) -> impl Stream<Item = Result<Taken, ConnectError>> {
    sent.map(|sent| async { sent?.durable().await })
        .buffered(window)
}

fn measured<'a>(reading: &'a ReadingView<'_>) -> Measured<'a> {
    let time = reading
        .measure_time
        .as_option()
        .map(|time| (time.seconds, time.nanos));
    Measured {
        device: reading.device,
        sequence: reading.sequence,
        time,
        celsius: reading.celsius,
    }
}

fn refusals(sorted: &Sorted, readings: &[ReadingView<'_>]) -> Vec<Refusal> {
    let refusal = |(place, why): &(usize, Refused)| Refusal {
        device: readings[*place].device.chars().take(NAME).collect(),
        sequence: readings[*place].sequence,
        reason: reason(*why).into(),
        ..Default::default()
    };
    sorted.refused.iter().map(refusal).collect()
}

const fn reason(why: Refused) -> RefusalReason {
    match why {
        Refused::DeviceInvalid => RefusalReason::REFUSAL_REASON_DEVICE_INVALID,
        Refused::DeviceForeign => RefusalReason::REFUSAL_REASON_DEVICE_FOREIGN,
        Refused::SequenceInvalid => RefusalReason::REFUSAL_REASON_SEQUENCE_INVALID,
        Refused::TemperatureInvalid => RefusalReason::REFUSAL_REASON_TEMPERATURE_INVALID,
        Refused::TimeInvalid => RefusalReason::REFUSAL_REASON_TIME_INVALID,
        Refused::TimeTooOld => RefusalReason::REFUSAL_REASON_TIME_TOO_OLD,
        Refused::TimeAhead => RefusalReason::REFUSAL_REASON_TIME_AHEAD,
    }
}
