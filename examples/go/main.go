// Command client scores goods and hands in readings: an outside program on the generated package. The command line and the
// exit codes are the same in every language.
//
//	client score CLASS[,CLASS...] CELSIUS...
//	client report DEVICE FIRST CELSIUS...
//	client ingest DEVICE FIRST CELSIUS...
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"google.golang.org/grpc/status"
)

const (
	exitFailed  = 1
	exitRefused = 2
	exitUsage   = 64
)

func main() {
	complete, err := run(os.Args[1:])
	var usage usageError
	switch {
	case err == nil && complete:
	case err == nil:
		os.Exit(exitRefused)
	case errors.As(err, &usage):
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(exitUsage)
	default:
		// gRPC puts words of its own around the status of a call that it repeated in vain.
		var failure interface{ GRPCStatus() *status.Status }
		if errors.As(err, &failure) {
			fmt.Fprintln(os.Stderr, strings.Join(explain(failure.GRPCStatus()), "\n"))
		} else {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(exitFailed)
	}
}

// run reports whether everything was taken.
func run(words []string) (bool, error) {
	command := ""
	if len(words) > 0 {
		command, words = words[0], words[1:]
	}
	switch command {
	case "score":
		return score(context.Background(), words)
	case "report":
		return report(context.Background(), words)
	case "ingest":
		return stream(context.Background(), words)
	default:
		return false, usageError("the command is one of score, report, ingest")
	}
}
