package main

import (
	"fmt"
	"maps"
	"slices"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"
)

// explain returns lines for people about a failed call: the code, and the details that a service of Larder sends with it. What
// stands in parentheses was not said by a service: by this library, or by a proxy on the way.
func explain(failure *status.Status) []string {
	name := code.Code(failure.Code()).String()
	if len(failure.Details()) == 0 {
		return []string{fmt.Sprintf("%s (%s)", name, failure.Message())}
	}
	lines := []string{fmt.Sprintf("%s: %s", name, failure.Message())}
	for _, detail := range failure.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			lines = append(lines, fmt.Sprintf("  reason %s of %s", detail.GetReason(), detail.GetDomain()))
			for _, key := range slices.Sorted(maps.Keys(detail.GetMetadata())) {
				lines = append(lines, fmt.Sprintf("  %s = %s", key, detail.GetMetadata()[key]))
			}
		case *errdetails.BadRequest:
			for _, violation := range detail.GetFieldViolations() {
				lines = append(lines, fmt.Sprintf("  field %s: %s", violation.GetField(), violation.GetDescription()))
			}
		}
	}
	return lines
}
