// A client that has a generated service config and nothing else: makes one call, as its argument says, and prints the code
// that the call ended with.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

type order struct {
	Address, Authority, Config, Path string
	// Body is the message, in base64.
	Body []byte
}

// asItIs sends and reads messages as the bytes that they are.
type asItIs struct{}

func (asItIs) Name() string { return "proto" }

func (asItIs) Marshal(message any) ([]byte, error) { return message.(*bytes.Buffer).Bytes(), nil }

func (asItIs) Unmarshal(data []byte, message any) error {
	_, err := message.(*bytes.Buffer).Write(data)
	return err
}

func main() {
	var given order
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		log.Fatal(err)
	}
	connection, err := grpc.NewClient(
		"passthrough:///"+given.Address,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithAuthority(given.Authority),
		grpc.WithDefaultServiceConfig(given.Config),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(asItIs{})),
	)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(int(status.Code(call(connection, given))))
}

// call reads the answers to the end: a unary call is a stream of one.
func call(connection *grpc.ClientConn, given order) error {
	stream, err := connection.NewStream(context.Background(), &grpc.StreamDesc{ServerStreams: true}, given.Path)
	if err != nil {
		return err
	}
	if err := stream.SendMsg(bytes.NewBuffer(given.Body)); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	for {
		if err := stream.RecvMsg(new(bytes.Buffer)); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
