"""Readings of a sensor, handed in with the certificate of a device: in one call, or in a stream of batches."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue

import grpc
from channel import deadline, open_channel
from larder_contract.larder.telemetry.v1.ingestion_service_pb import BatchIngestReadingsRequest, StreamReadingsRequest
from larder_contract.larder.telemetry.v1.ingestion_service_pb_grpc import IngestionServiceClientSync
from larder_contract.larder.telemetry.v1.reading_pb import Reading, Refusal
from protobuf.wkt import Timestamp
from settings import UsageError, file, setting, temperatures

SERVICE = "larder.telemetry.v1.IngestionService"
BATCH = 2
# The contract gives a stream no deadline, so the program has one of its own.
STREAM_SECONDS = 30


class UnfinishedError(Exception):
    """The server ended a stream before it had acknowledged everything."""


def report(words: list[str]) -> bool:
    """Hand in readings by one call, which the contract lets a client repeat. Return whether all was taken."""
    readings = readings_of(words)
    with connect() as channel:
        request = BatchIngestReadingsRequest(readings=readings)
        timeout = deadline(SERVICE, "BatchIngestReadings")
        answer = IngestionServiceClientSync(channel).batch_ingest_readings(request, timeout=timeout)
    show(answer.refusals)
    print(f"accepted {answer.accepted} of {len(readings)} readings")
    return not answer.refusals


def stream(words: list[str]) -> bool:
    """Send as many batches as the window allows, and end when all are acknowledged. Return whether all was taken."""
    readings = readings_of(words)
    batches = [readings[i : i + BATCH] for i in range(0, len(readings), BATCH)]
    refused = acknowledged = sent = 0
    with connect() as channel:
        # gRPC takes requests from an iterator, in a thread of its own: it ends with None.
        requests: SimpleQueue[StreamReadingsRequest | None] = SimpleQueue()
        answers = IngestionServiceClientSync(channel).stream_readings(iter(requests.get, None), timeout=STREAM_SECONDS)
        try:
            # The first answer acknowledges nothing and tells the window.
            for answer in answers:
                show(answer.refusals)
                refused += len(answer.refusals)
                acknowledged = answer.acknowledged_batch
                for i in range(sent, min(len(batches), acknowledged + answer.window)):
                    requests.put(StreamReadingsRequest(batch=i + 1, readings=batches[i]))
                    sent = i + 1
                if acknowledged == len(batches):
                    requests.put(None)
        finally:
            requests.put(None)
    if acknowledged < len(batches):
        raise UnfinishedError(f"the stream ended with {acknowledged} of {len(batches)} batches acknowledged")
    print(f"accepted {len(readings) - refused} of {len(readings)} readings in {len(batches)} batches")
    return refused == 0


def connect() -> grpc.Channel:
    """Open a channel to ingestion as a device."""
    identity = grpc.ssl_channel_credentials(
        file("LARDER_DEVICE_CA"),
        file("LARDER_DEVICE_KEY"),
        file("LARDER_DEVICE_CERTIFICATE"),
    )
    return open_channel(setting("LARDER_INGESTION"), identity, SERVICE)


def readings_of(words: list[str]) -> list[Reading]:
    """Return a reading for each temperature. They are a second apart; the last is new.

    A device counts what it measures: FIRST is the number of the first temperature.
    """
    device, first, *rest = [*words, "", ""][: max(2, len(words))]
    if not re.fullmatch("[0-9]{1,15}", first):
        raise UsageError("FIRST is the number of the first reading")
    celsius = temperatures(rest)
    start = datetime.now(UTC) - timedelta(seconds=len(celsius) - 1)
    return [
        Reading(
            device=f"devices/{device}",
            sequence=int(first) + i,
            measure_time=Timestamp.from_datetime(start + timedelta(seconds=i)),
            celsius=value,
        )
        for i, value in enumerate(celsius)
    ]


def show(refusals: Iterable[Refusal]) -> None:
    """Print what was not taken, and why."""
    for refusal in refusals:
        print(f"refused {refusal.device} {refusal.sequence}: {refusal.reason.name}")
