//! What a consumer remembers in its database: how far it has come.

use crate::store::{Session, StoreError, Tx};

/// The channel on which consumers hear that a group was moved.
pub(crate) const MOVED_CHANNEL: &str = "larder_moved";

/// A partition as one group consumes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub group: String,
    pub topic: String,
    pub partition: u32,
}

/// How far the group has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The offset of the next event to handle.
    pub next: u64,
    /// Deliveries of that event that were begun.
    pub attempts: u32,
    /// Where the delivery that was begun would have ended.
    pub attempted_until: u64,
}

const EPOCH: &str =
    "select epoch from consumer_offsets where group_name = $1 and topic = $2 and partition = $3";

const CLAIM: &str = "
insert into consumer_offsets (group_name, topic, partition, epoch, next_offset) values ($1, $2, $3, $4, $5)
on conflict (group_name, topic, partition) do update set epoch = excluded.epoch where consumer_offsets.epoch < excluded.epoch
returning next_offset, attempts, attempted_until";

const STANDS: &str = "
select next_offset, attempts, attempted_until from consumer_offsets
where group_name = $1 and topic = $2 and partition = $3 and epoch = $4";

// Does not wait for the disk: what a crash of the database itself takes back is a count that is one too low.
const BEGIN: &str = "
update consumer_offsets set attempts = $6, attempted_until = $7
where group_name = $1 and topic = $2 and partition = $3 and epoch = $4 and next_offset = $5
  and set_config('synchronous_commit', 'off', true) is not null";

const ADVANCE: &str = "
update consumer_offsets set next_offset = $6, attempts = 0, attempted_until = 0
where group_name = $1 and topic = $2 and partition = $3 and epoch = $4 and next_offset = $5";

/// The highest epoch that has owned the partition; 0 for none.
pub(crate) async fn epoch_of(session: &Session, place: &Place) -> Result<u64, StoreError> {
    let rows = session
        .query(
            EPOCH,
            &[&place.group, &place.topic, &column(place.partition)],
        )
        .await?;
    Ok(rows
        .first()
        .map_or(0, |row| row.get::<_, i64>(0).cast_unsigned()))
}

/// Makes the epoch the owner, unless a higher one is; one that is already learns where it stands. `start` is where a group begins that
/// has never been here. None: another owner has taken over.
pub(crate) async fn claim(
    session: &Session,
    place: &Place,
    epoch: u64,
    start: u64,
) -> Result<Option<Progress>, StoreError> {
    let partition = column(place.partition);
    let (epoch, start) = (epoch.cast_signed(), start.cast_signed());
    let claimed = session
        .query(
            CLAIM,
            &[&place.group, &place.topic, &partition, &epoch, &start],
        )
        .await?;
    let rows = if claimed.is_empty() {
        session
            .query(STANDS, &[&place.group, &place.topic, &partition, &epoch])
            .await?
    } else {
        claimed
    };
    Ok(rows.first().map(|row| Progress {
        next: row.get::<_, i64>(0).cast_unsigned(),
        attempts: row.get::<_, i32>(1).cast_unsigned(),
        attempted_until: row.get::<_, i64>(2).cast_unsigned(),
    }))
}

/// Records that a delivery begins. False: another owner has taken over.
pub(crate) async fn begin(
    session: &Session,
    place: &Place,
    epoch: u64,
    at: u64,
    attempts: u32,
    until: u64,
) -> Result<bool, StoreError> {
    let columns = (
        column(place.partition),
        epoch.cast_signed(),
        at.cast_signed(),
        column(attempts),
        until.cast_signed(),
    );
    let (partition, epoch, at, attempts, until) = &columns;
    let params: [&(dyn tokio_postgres::types::ToSql + Sync); 7] = [
        &place.group,
        &place.topic,
        partition,
        epoch,
        at,
        attempts,
        until,
    ];
    Ok(session.execute(BEGIN, &params).await? > 0)
}

/// Moves the group from one offset to another, in the transaction of the effect. False: another owner has taken over, and nothing of the
/// transaction must stand.
pub(crate) async fn advance(
    tx: &Tx<'_>,
    place: &Place,
    epoch: u64,
    from: u64,
    to: u64,
) -> Result<bool, StoreError> {
    let columns = (
        column(place.partition),
        epoch.cast_signed(),
        from.cast_signed(),
        to.cast_signed(),
    );
    let (partition, epoch, from, to) = &columns;
    Ok(tx
        .execute(
            ADVANCE,
            &[&place.group, &place.topic, partition, epoch, from, to],
        )
        .await?
        > 0)
}

const fn column(number: u32) -> i32 {
    number.cast_signed()
}
