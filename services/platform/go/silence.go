package platform

import (
	"context"
	"time"

	"google.golang.org/grpc/codes"
)

// silence is the time since the last message of a stream. When it has lasted too long, the context of the request ends.
type silence struct {
	// timer is nil for a stream that may be silent as long as it lasts.
	timer   *time.Timer
	longest time.Duration
}

// listenTo begins the silence of a stream.
func listenTo(r *request) *silence {
	if r.idle == 0 {
		return &silence{}
	}
	ctx, cancel := context.WithCancelCause(r.ctx)
	r.ctx = ctx
	tooLong := RPCError("", codes.DeadlineExceeded, "", "the call was silent for too long", nil)
	return &silence{time.AfterFunc(r.idle, func() { cancel(tooLong) }), r.idle}
}

// broken is told of each message, of either side: the silence begins anew.
func (s *silence) broken() {
	if s.timer != nil {
		s.timer.Reset(s.longest)
	}
}

// Stop ends the listening.
func (s *silence) Stop() {
	if s.timer != nil {
		s.timer.Stop()
	}
}
