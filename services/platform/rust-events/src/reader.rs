//! Reads ahead in one partition, while what was read before is handled.

use crate::log::{EventLog, LogError, Record};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

const WAIT: Duration = Duration::from_secs(1);

pub(crate) struct Reader {
    incoming: mpsc::Receiver<Result<Vec<Record>, LogError>>,
    buffer: VecDeque<Record>,
    reading: JoinHandle<()>,
}

impl Reader {
    /// From an offset on, about `max` records at a time.
    pub(crate) fn start(
        log: &EventLog,
        topic: &str,
        partition: u32,
        from: u64,
        max: usize,
    ) -> Self {
        let (outgoing, incoming) = mpsc::channel(1);
        let (log, topic) = (log.clone(), topic.to_owned());
        let reading = tokio::spawn(async move {
            let mut next = from;
            loop {
                let read = log.read(&topic, partition, next, max, WAIT).await;
                let failed = read.is_err();
                match &read {
                    Ok(records) if records.is_empty() => continue,
                    Ok(records) => next = records.last().map_or(next, |last| last.offset + 1),
                    Err(_) => {}
                }
                if outgoing.send(read).await.is_err() || failed {
                    return;
                }
            }
        });
        Self {
            incoming,
            buffer: VecDeque::new(),
            reading,
        }
    }

    /// What was read and not yet taken, at most `max` records; waits for the first one. May be dropped without taking any. After an error
    /// it must be started anew.
    pub(crate) async fn take(&mut self, max: usize) -> Result<Vec<Record>, LogError> {
        while self.buffer.is_empty() {
            match self.incoming.recv().await {
                Some(records) => self.buffer.extend(records?),
                None => return Err(LogError::Unavailable("reading has ended".into())),
            }
        }
        while self.buffer.len() < max {
            match self.incoming.try_recv() {
                Ok(records) => self.buffer.extend(records?),
                Err(_) => break,
            }
        }
        let count = max.min(self.buffer.len());
        Ok(self.buffer.drain(..count).collect())
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.reading.abort();
    }
}
