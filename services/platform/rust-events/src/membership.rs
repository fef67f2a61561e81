//! One member of a group: it says that it lives, takes the partitions that are its share, and gives back those that are not.

use crate::consumer::ConsumeError;
use crate::leases::{Acquired, Alive, Leases};
use crate::log::EventLog;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The right to consume one partition, for a time that is extended while the member lives.
#[derive(Clone)]
pub(crate) struct Lease {
    /// Of the topic.
    pub partition: u32,
    /// Higher than that of every earlier lease on the partition in this group.
    pub epoch: u64,
    /// Cancelled when the lease is lost, must be handed over, or was not extended in time by this machine's clock.
    pub over: CancellationToken,
}

/// What a member does with the partitions that it gets.
pub(crate) trait Share: Send + Sync + 'static {
    /// The highest epoch that the consumer's database has seen for the partition; 0 for none. A lease gets a higher one.
    fn epoch_of(&self, partition: u32) -> impl Future<Output = Result<u64, ConsumeError>> + Send;
    /// Consumes a partition. Ends soon after `lease.over`; only then is the lease given back. If it ends earlier, it will be called
    /// again with a new lease; if it fails, so does the member.
    fn work(&self, lease: Lease) -> impl Future<Output = Result<(), ConsumeError>> + Send;
}

struct Held {
    epoch: u64,
    over: CancellationToken,
    /// By this machine's steady clock, which also runs while the process is stopped.
    expires: watch::Sender<Instant>,
}

type Ended = (u32, Result<(), ConsumeError>);

pub(crate) struct Member<S> {
    pub log: EventLog,
    pub topic: String,
    pub group: String,
    /// Unique among the processes of the group.
    pub name: String,
    /// A member that is silent for so long is taken for dead.
    pub lease: Duration,
    pub share: std::sync::Arc<S>,
}

impl<S: Share> Member<S> {
    /// Takes part until it is told to stop, or until some work fails.
    pub(crate) async fn run(&self, stop: &CancellationToken) -> Result<(), ConsumeError> {
        let partitions = self.log.partitions(&self.topic).await?;
        let leases = Leases::open(&self.log, &self.topic, &self.group).await?;
        let mut held = HashMap::new();
        let mut works: JoinSet<Ended> = JoinSet::new();
        let over = stop.child_token();
        let mut failure = None;
        while !over.is_cancelled() {
            let mut look = None;
            if let Err(error) = self
                .round(&leases, partitions, &mut held, &mut works, &mut look, &over)
                .await
            {
                // Leases run out by themselves if this lasts.
                if !error.is_unavailable() {
                    failure = Some(error);
                    break;
                }
            }
            let usual = Instant::now() + self.lease / 3;
            let next = look.map_or(usual, |look| usual.min(look));
            loop {
                tokio::select! {
                    () = over.cancelled() => break,
                    () = tokio::time::sleep_until(next) => break,
                    Some(ended) = works.join_next(), if !works.is_empty() => {
                        if let Some(error) = self.given_back(&leases, &mut held, ended).await {
                            failure = Some(error);
                            over.cancel();
                        }
                    }
                }
            }
        }
        over.cancel();
        for held in held.values() {
            held.over.cancel();
        }
        while let Some(ended) = works.join_next().await {
            let error = self.given_back(&leases, &mut held, ended).await;
            failure = failure.or(error);
        }
        // If the log is away, it is taken for dead soon.
        drop(leases.leave(&self.name).await);
        failure.map_or(Ok(()), Err)
    }

    async fn round(
        &self,
        leases: &Leases,
        partitions: u32,
        held: &mut HashMap<u32, Held>,
        works: &mut JoinSet<Ended>,
        look: &mut Option<Instant>,
        over: &CancellationToken,
    ) -> Result<(), ConsumeError> {
        let mut look_in = |time: Duration| {
            let at = Instant::now() + time;
            *look = Some(look.map_or(at, |look| look.min(at)));
        };
        let Alive {
            members,
            first_gone,
        } = leases.beat(&self.name, self.lease).await?;
        // Whoever has died is missed when its time is up, and not a third of a lease later.
        if let Some(time) = first_gone {
            look_in(time);
        }
        let is_mine = |partition: u32| {
            let count = u32::try_from(members.len()).unwrap_or(u32::MAX).max(1);
            members
                .get((partition % count) as usize)
                .is_some_and(|member| *member == self.name)
        };
        let (mine, others): (Vec<_>, Vec<_>) = held
            .iter()
            .filter(|(_, one)| !one.over.is_cancelled())
            .partition(|(partition, _)| is_mine(**partition));
        // What is another's share ends, and is given back when its work has ended.
        for (_, one) in others {
            one.over.cancel();
        }
        let asked = Instant::now();
        let named: Vec<(u32, u64)> = mine
            .iter()
            .map(|(partition, one)| (**partition, one.epoch))
            .collect();
        let extended = leases.extend(&self.name, self.lease, &named).await?;
        for ((_, one), extended) in mine.into_iter().zip(extended) {
            if extended {
                one.expires.send_replace(asked + self.lease);
            } else {
                one.over.cancel();
            }
        }
        for partition in (0..partitions).filter(|partition| is_mine(*partition)) {
            if !held.contains_key(&partition) && !over.is_cancelled() {
                let floor = self.share.epoch_of(partition).await?;
                let asked = Instant::now();
                match leases
                    .acquire(&self.name, self.lease, partition, floor)
                    .await?
                {
                    Acquired::Epoch(epoch) => {
                        let until = asked + self.lease;
                        held.insert(partition, self.begin(partition, epoch, until, works, over));
                    }
                    Acquired::Elsewhere(rest) => look_in(rest),
                }
            }
        }
        Ok(())
    }

    fn begin(
        &self,
        partition: u32,
        epoch: u64,
        until: Instant,
        works: &mut JoinSet<Ended>,
        over: &CancellationToken,
    ) -> Held {
        let (expires, expiry) = watch::channel(until);
        let lease = Lease {
            partition,
            epoch,
            over: over.child_token(),
        };
        let share = std::sync::Arc::clone(&self.share);
        let ending = lease.over.clone();
        let held = Held {
            epoch,
            over: lease.over.clone(),
            expires,
        };
        works.spawn(async move {
            let watching = tokio::spawn(cancel_at(expiry, ending));
            let outcome = share.work(lease).await;
            watching.abort();
            (partition, outcome)
        });
        held
    }

    async fn given_back(
        &self,
        leases: &Leases,
        held: &mut HashMap<u32, Held>,
        ended: Result<Ended, tokio::task::JoinError>,
    ) -> Option<ConsumeError> {
        let (partition, outcome) = match ended {
            Ok(ended) => ended,
            Err(error) => return Some(ConsumeError::Panicked(error.to_string())),
        };
        if let Some(one) = held.remove(&partition) {
            // If the log is away, the lease runs out by itself.
            drop(
                leases
                    .extend(&self.name, Duration::ZERO, &[(partition, one.epoch)])
                    .await,
            );
        }
        outcome.err()
    }
}

/// A timer may fire late, as after the process was stopped: whoever depends on the lease is told as soon as it runs again.
async fn cancel_at(mut expiry: watch::Receiver<Instant>, over: CancellationToken) {
    loop {
        let until = *expiry.borrow_and_update();
        tokio::select! {
            () = tokio::time::sleep_until(until) => break,
            changed = expiry.changed() => if changed.is_err() { break },
        }
    }
    over.cancel();
}
