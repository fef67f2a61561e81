package platform

import (
	"errors"
	"fmt"

	"buf.build/go/protovalidate"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"
)

// incoming is a message on its way in, with what is needed to refuse it: grpc-go would answer bytes that are no message
// by itself, as INTERNAL, before any interceptor hears of it.
type incoming struct {
	message   proto.Message
	size      int
	malformed error
}

// codec is that of Protobuf, except that an incoming message never fails here but in accept.
type codec struct{ encoding.CodecV2 }

func (c codec) Unmarshal(data mem.BufferSlice, message any) error {
	in, ok := message.(*incoming)
	if !ok {
		return c.CodecV2.Unmarshal(data, message)
	}
	if in.size = data.Len(); in.size <= maxRequestBytes {
		in.malformed = c.CodecV2.Unmarshal(data, in.message)
	}
	return nil
}

// maxRequestBytes is the largest request that is accepted.
const maxRequestBytes = 1 << 20

// accept refuses a message that could not be decoded, is too large, or breaks the rules of the contract.
func (i *interceptors) accept(in *incoming) error {
	if in.size > maxRequestBytes {
		text := fmt.Sprintf("the request has %d bytes, at most %d are accepted", in.size, maxRequestBytes)
		return RPCError("", codes.ResourceExhausted, "REQUEST_TOO_LARGE", text, nil)
	}
	if in.malformed != nil {
		text := "the request is not a " + string(in.message.ProtoReflect().Descriptor().FullName())
		refused := RPCError("", codes.InvalidArgument, "MALFORMED_REQUEST", text, nil)
		refused.cause = in.malformed
		return refused
	}
	err := i.validator.Validate(in.message)
	var broken *protovalidate.ValidationError
	if errors.As(err, &broken) {
		return toInvalid(i.workload, broken)
	}
	return err
}
