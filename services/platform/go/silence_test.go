package platform

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	telemetryv1 "larder.example/gen/go/larder/telemetry/v1"
)

// By the contract two minutes of silence are too much for StreamReadings, and an hour in any case. Time passes as the tests say.

type clientOfReadings = grpc.BidiStreamingClient[telemetryv1.StreamReadingsRequest, telemetryv1.StreamReadingsResponse]

func streaming(t *testing.T, handle func(readings) error) (*running, clientOfReadings) {
	t.Helper()
	shop := run(t, &shop{streamReadings: handle}, testConfig())
	stream, err := telemetryv1.NewIngestionServiceClient(shop).StreamReadings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return shop, stream
}

func oneBatch() *telemetryv1.StreamReadingsRequest {
	return &telemetryv1.StreamReadingsRequest{Batch: 1, Readings: []*telemetryv1.Reading{{}}}
}

func TestASilentStreamEnds(t *testing.T) {
	for name, handle := range map[string]func(readings) error{
		"while its handler waits for a request": func(stream readings) error {
			for {
				if _, err := stream.Recv(); err != nil {
					return err
				}
				if err := stream.Send(&telemetryv1.StreamReadingsResponse{}); err != nil {
					return err
				}
			}
		},
		"while its handler waits for something else": func(stream readings) error {
			if err := stream.Send(&telemetryv1.StreamReadingsResponse{}); err != nil {
				return err
			}
			<-stream.Context().Done()
			return stream.Context().Err()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				shop, stream := streaming(t, handle)
				if err := stream.Send(oneBatch()); err != nil {
					t.Fatal(err)
				}
				if _, err := stream.Recv(); err != nil {
					t.Fatal(err)
				}
				_, err := stream.Recv()
				if status.Code(err) != codes.DeadlineExceeded || status.Convert(err).Message() != "the call was silent for too long" {
					t.Errorf("it ended with %v", err)
				}
				if log := shop.log.read(t); len(log) != 1 || log[0]["code"] != "DEADLINE_EXCEEDED" {
					t.Errorf("logged %v", log)
				}
			})
		})
	}
}

func TestAStreamThatTalksGoesOn(t *testing.T) {
	t.Run("by its requests", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			_, stream := streaming(t, func(stream readings) error {
				for {
					if _, err := stream.Recv(); errors.Is(err, io.EOF) {
						return stream.Send(&telemetryv1.StreamReadingsResponse{AcknowledgedBatch: 5})
					} else if err != nil {
						return err
					}
				}
			})
			for range 5 {
				if err := stream.Send(oneBatch()); err != nil {
					t.Fatal(err)
				}
				time.Sleep(100 * time.Second)
			}
			if err := stream.CloseSend(); err != nil {
				t.Fatal(err)
			}
			if answer, err := stream.Recv(); err != nil || answer.GetAcknowledgedBatch() != 5 {
				t.Errorf("%v, %v", answer, err)
			}
			if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
				t.Error(err)
			}
		})
	})
	t.Run("by its answers", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			_, stream := streaming(t, func(stream readings) error {
				for range 5 {
					if err := stream.Send(&telemetryv1.StreamReadingsResponse{}); err != nil {
						return err
					}
					time.Sleep(100 * time.Second)
				}
				return stream.Context().Err()
			})
			for range 5 {
				if _, err := stream.Recv(); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
				t.Error(err)
			}
		})
	})
}

func TestAStreamWhoseAnswersNobodyReadsEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		shop, stream := streaming(t, func(stream readings) error {
			long := &telemetryv1.StreamReadingsResponse{Refusals: []*telemetryv1.Refusal{{Device: strings.Repeat("d", 1000)}}}
			for ; ; sent++ {
				if err := stream.Send(long); err != nil {
					return err
				}
			}
		})
		time.Sleep(3 * time.Minute)
		if log := shop.log.read(t); len(log) != 1 || log[0]["code"] != "DEADLINE_EXCEEDED" {
			t.Fatalf("logged %v", log)
		}
		// Who reads on after all gets what was sent, and why there is no more.
		for range sent {
			if _, err := stream.Recv(); err != nil {
				t.Fatal(err)
			}
		}
		var err error
		for err == nil {
			_, err = stream.Recv()
		}
		if status.Code(err) != codes.DeadlineExceeded || status.Convert(err).Message() != "the call was silent for too long" {
			t.Errorf("it ended with %v", err)
		}
	})
}
