//! Devices as they are kept.

use super::odd;
use crate::history::History;
use crate::sequence::Seen;
use crate::source::Device;
use larder_events::{Row, StoreError, Tx};
use std::collections::HashMap;

const DEVICES: &str =
    "select device, seen, watch::text, history from devices where device = any($1)";

const KEEP_DEVICES: &str = "
insert into devices (device, seen, watch, history)
select d, s, w::jsonb, h from unnest($1::text[], $2::bytea[], $3::text[], $4::bytea[]) as n (d, s, w, h)
on conflict (device) do update set seen = excluded.seen, watch = excluded.watch, history = excluded.history";

const MARK_OPEN: &str = "
update devices d set open_in = n.open_in from unnest($1::text[], $2::int[]) as n (device, open_in) where d.device = n.device";

const UNHEARD: &str = "
select device, seen, watch::text, history from devices
where open_in = $1 and (watch #>> '{excursion,heard_us}')::bigint < $2 order by device limit $3";

pub(crate) async fn devices_of(
    tx: &Tx<'_>,
    names: &[String],
) -> Result<HashMap<String, Device>, StoreError> {
    let rows = tx.query(DEVICES, &[&names]).await?;
    rows.iter().map(device_at).collect()
}

pub(crate) async fn keep_devices(
    tx: &Tx<'_>,
    devices: &[(&String, &Device)],
) -> Result<(), StoreError> {
    let names: Vec<&str> = devices.iter().map(|(name, _)| name.as_str()).collect();
    let seen: Vec<Vec<u8>> = devices
        .iter()
        .map(|(_, device)| device.seen.encode())
        .collect();
    let watch = devices
        .iter()
        .map(|(_, device)| serde_json::to_string(&device.watch));
    let watch: Vec<String> = watch
        .collect::<Result<_, _>>()
        .map_err(|_| odd("a device"))?;
    let history: Vec<Vec<u8>> = devices
        .iter()
        .map(|(_, device)| device.history.encode())
        .collect();
    tx.execute(KEEP_DEVICES, &[&names, &seen, &watch, &history])
        .await
        .map(drop)
}

/// Notes which devices of a partition have an excursion that others know of. To be called where one was opened, goes on or is over.
pub(crate) async fn mark_open(
    tx: &Tx<'_>,
    source: u32,
    devices: &[(&String, &Device)],
) -> Result<(), StoreError> {
    let names: Vec<&str> = devices.iter().map(|(name, _)| name.as_str()).collect();
    let open_in: Vec<Option<i32>> = devices
        .iter()
        .map(|(_, device)| device.watch.is_open().then_some(source.cast_signed()))
        .collect();
    tx.execute(MARK_OPEN, &[&names, &open_in]).await.map(drop)
}

/// Devices of a partition whose excursion is open, and which were not heard since `before_us`; at most so many.
pub(crate) async fn unheard(
    tx: &Tx<'_>,
    source: u32,
    before_us: i64,
    most: i64,
) -> Result<HashMap<String, Device>, StoreError> {
    let rows = tx
        .query(UNHEARD, &[&source.cast_signed(), &before_us, &most])
        .await?;
    rows.iter().map(device_at).collect()
}

fn device_at(row: &Row) -> Result<(String, Device), StoreError> {
    let (seen, watch, history): (&[u8], &str, &[u8]) = (row.get(1), row.get(2), row.get(3));
    let device = Seen::decode(seen)
        .zip(History::decode(history))
        .zip(serde_json::from_str(watch).ok());
    let ((seen, history), watch) = device.ok_or_else(|| odd("a device"))?;
    let device = Device {
        seen,
        watch,
        history,
    };
    Ok((row.get(0), device))
}
