package platform

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"buf.build/go/protovalidate"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
)

// Error is a failure as it stands in the contract. All but its cause reaches the caller.
type Error struct {
	Code codes.Code
	// Domain is the workload that gives the reason. Empty means the one that answers.
	Domain string
	// Reason is UPPER_SNAKE_CASE and stable: what a caller branches on.
	Reason  string
	Message string
	// Metadata has the variable parts of the message.
	Metadata map[string]string

	violations []*errdetails.BadRequest_FieldViolation
	cause      error
}

// RPCError makes the error to return from a handler.
func RPCError(domain string, code codes.Code, reason, message string, metadata map[string]string) *Error {
	return &Error{Domain: domain, Code: code, Reason: reason, Message: message, Metadata: metadata}
}

// StoreUnavailable is the failure of a call whose store cannot be reached: UNAVAILABLE, so that it may be tried again.
func StoreUnavailable(cause error) *Error {
	return &Error{Code: codes.Unavailable, Reason: "STORE_UNAVAILABLE", Message: "the database is unavailable", cause: cause}
}

func (e *Error) Error() string {
	if e.cause != nil {
		return e.Message + ": " + e.cause.Error()
	}
	return e.Message
}

func (e *Error) Unwrap() error { return e.cause }

// GRPCStatus is what goes over the wire.
func (e *Error) GRPCStatus() *status.Status {
	answer := status.New(e.Code, e.Message)
	if e.Reason == "" {
		return answer
	}
	details := []protoadapt.MessageV1{&errdetails.ErrorInfo{Reason: e.Reason, Domain: e.Domain, Metadata: e.Metadata}}
	if len(e.violations) > 0 {
		details = append(details, &errdetails.BadRequest{FieldViolations: e.violations})
	}
	// It fails for OK only, which is no error.
	answer, _ = answer.WithDetails(details...)
	return answer
}

// Reason returns what the callee gave as the domain and reason of a failed call. Both are empty for a status without
// one, as sidecars give, and for errors that are no status.
func Reason(err error) (domain, reason string) {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			return info.GetDomain(), info.GetReason()
		}
	}
	return "", ""
}

// toError gives every failure of a handler its answer. Where the cause is set, it is for the log only.
func toError(ctx context.Context, workload string, err error) *Error {
	var own *Error
	if errors.As(err, &own) || errors.As(context.Cause(ctx), &own) {
		answer := *own
		answer.Domain = cmp.Or(answer.Domain, workload)
		return &answer
	}
	if ended := cmp.Or(ctx.Err(), err); errors.Is(ended, context.DeadlineExceeded) {
		return RPCError(workload, codes.DeadlineExceeded, "", "the deadline has passed", nil)
	} else if errors.Is(ended, context.Canceled) {
		return RPCError(workload, codes.Canceled, "", "the caller has gone", nil)
	}
	// What failed beneath a handler says nothing about the handler's own contract, unless it says to try again or to hurry.
	// The message stays here: it comes from a transport, which likes to name addresses.
	answer := RPCError(workload, codes.Internal, "", "internal error", nil)
	switch code := status.Code(err); code {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled, codes.ResourceExhausted:
		answer = RPCError(workload, code, "DEPENDENCY_UNAVAILABLE", "a service that this one needs did not answer", nil)
		if domain, reason := Reason(err); reason != "" {
			answer.Domain, answer.Reason = domain, reason
		}
	}
	answer.cause = err
	return answer
}

// mostNamed is how many faults of a request an answer names: clients and proxies refuse one whose trailers are longer than some
// kilobytes, and with it what it says.
const mostNamed = 16

// toInvalid turns what protovalidate found into INVALID_ARGUMENT with a google.rpc.BadRequest that names the fields, the first 16.
func toInvalid(workload string, found *protovalidate.ValidationError) *Error {
	invalid := RPCError(workload, codes.InvalidArgument, "INVALID_REQUEST", "", nil)
	var texts []string
	for number, violation := range found.Violations {
		if number == mostNamed {
			texts = append(texts, fmt.Sprintf("and %d more", len(found.Violations)-mostNamed))
			break
		}
		field, text := protovalidate.FieldPathString(violation.Proto.GetField()), violation.Proto.GetMessage()
		invalid.violations = append(invalid.violations, &errdetails.BadRequest_FieldViolation{Field: field, Description: text})
		if field != "" {
			text = field + ": " + text
		}
		texts = append(texts, text)
	}
	invalid.Message = strings.Join(texts, "; ")
	return invalid
}

// codeNames are the names that gRPC gives the codes, as all kits write them.
var codeNames = [...]string{"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
	"PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL",
	"UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"}
