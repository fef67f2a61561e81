//! The answers of a streaming method, until its end is recorded. A client that reads none of them has nobody look for the next one: the call
//! ends in its time all the same.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use connectrpc::{ConnectError, EncodedStream};
use futures::Stream;
use tokio::task::AbortHandle;

use crate::exchange::{Exchange, panicked};
use crate::silence::Silence;

pub(crate) struct Answers {
    state: Arc<Mutex<State>>,
    silence: Option<Silence>,
    watching: AbortHandle,
}

enum State {
    Open {
        body: EncodedStream,
        exchange: Exchange,
        /// Of who waits for the next one.
        waker: Option<Waker>,
    },
    /// With what is still to be told.
    Ended(Option<ConnectError>),
}

impl Answers {
    pub(crate) fn new(body: EncodedStream, exchange: Exchange) -> Self {
        let (silence, over) = (exchange.silence.clone(), exchange.over());
        let state = Arc::new(Mutex::new(State::Open {
            body,
            exchange,
            waker: None,
        }));
        let watched = Arc::downgrade(&state);
        let watch = async move {
            let why = over.await;
            if let Some(state) = watched.upgrade() {
                let ended = end(&mut lock(&state), Some(why.into()));
                drop(ended);
            }
        };
        Self {
            state,
            silence,
            watching: tokio::spawn(watch).abort_handle(),
        }
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        self.watching.abort();
    }
}

/// Ends a call that is open. What is returned has ended with it.
fn end(state: &mut State, failure: Option<ConnectError>) -> Option<EncodedStream> {
    match std::mem::replace(state, State::Ended(None)) {
        State::Open {
            body,
            mut exchange,
            waker,
        } => {
            *state = State::Ended(exchange.end(failure));
            waker.into_iter().for_each(Waker::wake);
            Some(body)
        }
        ended @ State::Ended(_) => {
            *state = ended;
            None
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stream for Answers {
    type Item = <EncodedStream as Stream>::Item;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut state = lock(&self.state);
        if let State::Open { body, waker, .. } = &mut *state {
            let next = catch_unwind(AssertUnwindSafe(|| body.as_mut().poll_next(context)));
            let failure = match next {
                Ok(Poll::Pending) => {
                    *waker = Some(context.waker().clone());
                    return Poll::Pending;
                }
                Ok(Poll::Ready(Some(Ok(answer)))) => {
                    self.silence.iter().for_each(Silence::broken);
                    return Poll::Ready(Some(Ok(answer)));
                }
                Ok(Poll::Ready(Some(Err(failure)))) => Some(failure),
                Ok(Poll::Ready(None)) => None,
                Err(panic) => Some(panicked(&*panic)),
            };
            drop(end(&mut state, failure));
        }
        match &mut *state {
            State::Ended(failure) => Poll::Ready(failure.take().map(Err)),
            State::Open { .. } => Poll::Pending,
        }
    }
}
