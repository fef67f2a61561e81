package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"
	telemetryv1 "larder.example/gen/go/larder/telemetry/v1"
)

const (
	batchSize = 2
	// The contract gives a stream no deadline, so the program has one of its own.
	streamTime = 30 * time.Second
)

// report hands in readings by one call, which the contract lets a client repeat. It reports whether all was taken.
func report(ctx context.Context, words []string) (bool, error) {
	readings, err := readingsOf(words)
	if err != nil {
		return false, err
	}
	channel, err := dialIngestion()
	if err != nil {
		return false, err
	}
	defer channel.Close()
	request := &telemetryv1.BatchIngestReadingsRequest{Readings: readings}
	answer, err := telemetryv1.NewIngestionServiceClient(channel).BatchIngestReadings(ctx, request)
	if err != nil {
		return false, err
	}
	printRefusals(answer.GetRefusals())
	fmt.Printf("accepted %d of %d readings\n", answer.GetAccepted(), len(readings))
	return len(answer.GetRefusals()) == 0, nil
}

// stream sends as many batches as the window allows, and ends when all are acknowledged. It reports whether all was taken.
func stream(ctx context.Context, words []string) (bool, error) {
	readings, err := readingsOf(words)
	if err != nil {
		return false, err
	}
	channel, err := dialIngestion()
	if err != nil {
		return false, err
	}
	defer channel.Close()
	ctx, cancel := context.WithTimeout(ctx, streamTime)
	defer cancel()
	call, err := telemetryv1.NewIngestionServiceClient(channel).StreamReadings(ctx)
	if err != nil {
		return false, err
	}
	batches := slices.Collect(slices.Chunk(readings, batchSize))
	refused, acknowledged, sent := 0, 0, 0
	for {
		// The first answer acknowledges nothing and tells the window.
		answer, err := call.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return false, err
		}
		printRefusals(answer.GetRefusals())
		refused += len(answer.GetRefusals())
		acknowledged = int(answer.GetAcknowledgedBatch())
		for ; sent < len(batches) && sent < acknowledged+int(answer.GetWindow()); sent++ {
			request := &telemetryv1.StreamReadingsRequest{Batch: int64(sent + 1), Readings: batches[sent]}
			// The end of a stream is told, with its reason, by Recv.
			if err := call.Send(request); err != nil && !errors.Is(err, io.EOF) {
				return false, err
			}
		}
		if acknowledged == len(batches) {
			if err := call.CloseSend(); err != nil {
				return false, err
			}
		}
	}
	if acknowledged < len(batches) {
		return false, fmt.Errorf("the stream ended with %d of %d batches acknowledged", acknowledged, len(batches))
	}
	fmt.Printf("accepted %d of %d readings in %d batches\n", len(readings)-refused, len(readings), len(batches))
	return refused == 0, nil
}

// dialIngestion opens a channel to ingestion with the certificate of a device.
func dialIngestion() (*grpc.ClientConn, error) {
	trusted, err := authorities("LARDER_DEVICE_CA")
	if err != nil {
		return nil, err
	}
	key, err := file("LARDER_DEVICE_KEY")
	if err != nil {
		return nil, err
	}
	certificate, err := file("LARDER_DEVICE_CERTIFICATE")
	if err != nil {
		return nil, err
	}
	identity, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, usageError(fmt.Sprintf("LARDER_DEVICE_CERTIFICATE and LARDER_DEVICE_KEY: %v", err))
	}
	address, err := setting("LARDER_INGESTION")
	if err != nil {
		return nil, err
	}
	config := &tls.Config{RootCAs: trusted, Certificates: []tls.Certificate{identity}}
	return openChannel(address, config, telemetryv1.IngestionService_ServiceDesc.ServiceName)
}

// readingsOf returns a reading for each temperature. A device counts what it measures: FIRST is the number of the first
// temperature. They are a second apart; the last is new.
func readingsOf(words []string) ([]*telemetryv1.Reading, error) {
	device, words := split(words)
	word, words := split(words)
	first, err := strconv.ParseUint(word, 10, 48)
	if err != nil {
		return nil, usageError("FIRST is the number of the first reading")
	}
	celsius, err := temperatures(words)
	if err != nil {
		return nil, err
	}
	start := time.Now().Add(-time.Duration(len(celsius)-1) * time.Second)
	readings := make([]*telemetryv1.Reading, len(celsius))
	for i, value := range celsius {
		readings[i] = &telemetryv1.Reading{
			Device:      "devices/" + device,
			Sequence:    int64(first) + int64(i),
			MeasureTime: timestamppb.New(start.Add(time.Duration(i) * time.Second)),
			Celsius:     value,
		}
	}
	return readings, nil
}

func printRefusals(refusals []*telemetryv1.Refusal) {
	for _, refusal := range refusals {
		reason := strings.TrimPrefix(refusal.GetReason().String(), "REFUSAL_REASON_")
		fmt.Printf("refused %s %d: %s\n", refusal.GetDevice(), refusal.GetSequence(), reason)
	}
}
