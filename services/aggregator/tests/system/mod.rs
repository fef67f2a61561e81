//! The built service as processes of its own, on a real Valkey and a real PostgreSQL, and what it should tell, reckoned apart from it.

use buffa::{EnumValue, Message, MessageField, MessageName};
use buffa_types::google::protobuf::Timestamp;
use larder_contract::proto::larder::catalog::v1::StorageClass;
use larder_contract::proto::larder::coldchain::v1::{ExcursionChanged, SensorAttached};
use larder_contract::proto::larder::telemetry::v1::{DeviceReadings, ReadingsIngested};
use larder_events::testing::{TestPostgres, TestValkey, root, until};
use larder_events::{
    Batch, Database, Event, EventLog, Session, dataschema, dead_topic, decode_event, encode_event,
    partition_of,
};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

mod instance;
mod windows;

pub(crate) use instance::Instance;

pub(crate) const READINGS: &str = "larder.telemetry.readings.v1";
const ATTACHMENTS: &str = "larder.coldchain.sensor-attached.v1";
const WINDOWS: &str = "larder.coldchain.windows.v1";
const EXCURSIONS: &str = "larder.coldchain.excursion.v1";

pub(crate) const SECOND: i64 = 1_000_000;
pub(crate) const PARTITIONS: u32 = 4;

/// Of one device: number, time in microseconds, degrees.
pub(crate) type Reading = (i64, i64, f64);

pub(crate) struct System {
    pub(crate) valkey: TestValkey,
    pub(crate) log: EventLog,
    pub(crate) session: Session,
    _postgres: TestPostgres,
    database_url: String,
    folder: PathBuf,
    instances: u32,
    /// What instances are set to beside what all are.
    settings: Vec<(&'static str, &'static str)>,
    appended: HashMap<(String, u32), u64>,
    /// All readings that were sent, however often, by device.
    sent: BTreeMap<String, BTreeMap<i64, (i64, f64)>>,
    rooms: HashMap<String, String>,
    /// The time at which the first reading is measured: a whole minute, some time ago.
    pub(crate) begin_us: i64,
}

impl System {
    pub(crate) async fn start() -> Self {
        let rules = rights();
        let users = [("aggregator", rules.as_str())];
        let (valkey, postgres) = tokio::join!(TestValkey::start(&users), TestPostgres::start());
        let log = EventLog::open(&valkey.url(), "test").unwrap();
        for topic in [READINGS, ATTACHMENTS, WINDOWS, EXCURSIONS] {
            log.create_topic(topic, PARTITIONS).await.unwrap();
            log.create_topic(&dead_topic(topic), PARTITIONS)
                .await
                .unwrap();
        }
        let database_url = postgres.create_database("aggregator").await;
        let session = Database::open(&database_url, "test")
            .unwrap()
            .session()
            .await
            .unwrap();
        let folder =
            std::env::temp_dir().join(format!("larder-ag-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir(&folder).unwrap();
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_micros();
        let begin_us = (i64::try_from(now).unwrap() / (60 * SECOND) - 120) * 60 * SECOND;
        Self {
            valkey,
            log,
            session,
            _postgres: postgres,
            database_url,
            folder,
            instances: 0,
            settings: Vec::new(),
            appended: HashMap::new(),
            sent: BTreeMap::new(),
            rooms: HashMap::new(),
            begin_us,
        }
    }

    /// Sets the instances that are started from then on.
    pub(crate) fn set(&mut self, name: &'static str, value: &'static str) {
        self.settings.push((name, value));
    }

    /// Starts an instance; it ends with what this returns.
    pub(crate) fn instance(&mut self) -> Instance {
        self.instances += 1;
        let number = self.instances;
        let address = |what: &str| format!("unix:{}/{number}.{what}", self.folder.display());
        let output = std::fs::File::create(self.folder.join(format!("{number}.log"))).unwrap();
        let program = env!("CARGO_BIN_EXE_aggregator");
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", program])
            .env("AGGREGATOR_LISTEN", address("rpc"))
            .env("AGGREGATOR_OPS_LISTEN", address("ops"))
            .env("AGGREGATOR_DATABASE_URL", &self.database_url)
            .env("AGGREGATOR_EVENT_LOG_URL", self.valkey.url_of("aggregator"))
            .env("AGGREGATOR_LEASE_SECONDS", "3")
            .env("AGGREGATOR_OPEN_AFTER_SECONDS", "20")
            .env("AGGREGATOR_BATCH_SIZE", "50")
            .envs(self.settings.iter().copied())
            .current_dir(root())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        Instance(child)
    }

    pub(crate) async fn attach(&mut self, device: &str, room: &str) {
        let message = SensorAttached {
            device: device.into(),
            subject: room.into(),
            storage_class: EnumValue::Known(StorageClass::STORAGE_CLASS_CHILLED),
            attach_time: MessageField::some(Timestamp {
                seconds: 1,
                ..Default::default()
            }),
            ..Default::default()
        };
        self.rooms.insert(device.into(), room.into());
        let partition = partition_of(device, PARTITIONS);
        self.append(ATTACHMENTS, partition, device, &message).await;
    }

    /// Sends readings of devices, an event for each partition; those of later calls were taken later.
    pub(crate) async fn ingest(&mut self, taken_us: i64, readings: &[(String, Vec<Reading>)]) {
        let mut events: BTreeMap<u32, Vec<DeviceReadings>> = BTreeMap::new();
        for (device, readings) in readings {
            let known = self.sent.entry(device.clone()).or_default();
            for (sequence, time_us, celsius) in readings {
                known.entry(*sequence).or_insert((*time_us, *celsius));
            }
            events
                .entry(partition_of(device, PARTITIONS))
                .or_default()
                .push(DeviceReadings {
                    device: device.clone(),
                    sequences: readings.iter().map(|reading| reading.0).collect(),
                    measure_times_us: readings.iter().map(|reading| reading.1).collect(),
                    celsius: readings.iter().map(|reading| reading.2).collect(),
                    ..Default::default()
                });
        }
        for (partition, devices) in events {
            let lead_device = devices[0].device.clone();
            let ingest_time = MessageField::some(Timestamp {
                seconds: taken_us / SECOND,
                ..Default::default()
            });
            let message = ReadingsIngested {
                lead_device,
                devices,
                ingest_time,
                ..Default::default()
            };
            self.append(READINGS, partition, &message.lead_device, &message)
                .await;
        }
    }

    async fn append<M: Message + MessageName>(
        &mut self,
        topic: &str,
        partition: u32,
        subject: &str,
        message: &M,
    ) {
        let next = self.appended.entry((topic.into(), partition)).or_default();
        *next += 1;
        let event = Event {
            id: format!("{topic}/{partition}/{next}"),
            source: "test".into(),
            type_name: M::FULL_NAME.into(),
            subject: subject.into(),
            dataschema: dataschema(),
            data: message.encode_to_vec().into(),
            ..Event::default()
        };
        self.append_bytes(topic, partition, encode_event(&event).unwrap())
            .await;
    }

    pub(crate) async fn append_bytes(&mut self, topic: &str, partition: u32, value: bytes::Bytes) {
        let next = self.appended.entry((topic.into(), partition)).or_default();
        let records = vec![(*next, value)];
        *next += 1;
        let batch = Batch {
            topic: topic.into(),
            partition,
            producer: "test".into(),
            records,
        };
        self.log.append(&[batch]).await.unwrap();
    }

    /// Waits until everything sent has had its effect.
    pub(crate) async fn settled(&self) {
        until("all events are handled", async || {
            for topic in [READINGS, ATTACHMENTS] {
                for partition in 0..PARTITIONS {
                    let next = self.log.range(topic, partition).await.unwrap().next;
                    let sql = "select next_offset from consumer_offsets where topic = $1 and partition = $2";
                    let rows = self.session.query(sql, &[&topic, &partition.cast_signed()]).await.unwrap_or_default();
                    if rows.first().map_or(0, |row| row.get::<_, i64>(0)) != next.cast_signed() {
                        return false;
                    }
                }
            }
            let left = self.session.query("select count(*) from outbox", &[]).await.unwrap();
            left[0].get::<_, i64>(0) == 0
        })
        .await;
    }

    /// Holds up whoever wants to say how far a partition is, which is the last but what it tells.
    pub(crate) async fn lock_sources(&self) {
        let lock = "begin; lock table sources in exclusive mode";
        self.session.execute_all(lock).await.unwrap();
    }

    /// Lets all partitions go on, once each of them wants to.
    pub(crate) async fn unlock_when_all_wait(&self) {
        let sql =
            "select count(*) from pg_locks where relation = 'sources'::regclass and not granted";
        until("all partitions wait", async || {
            let rows = self.session.query(sql, &[]).await.unwrap();
            rows[0].get::<_, i64>(0) == i64::from(PARTITIONS)
        })
        .await;
        self.session.execute_all("commit").await.unwrap();
    }

    /// The events of a topic, partition by partition.
    async fn told<M: Message + MessageName>(&self, topic: &str) -> Vec<(Event, M)> {
        let mut all = Vec::new();
        for partition in 0..PARTITIONS {
            let mut next = 0;
            loop {
                let records = self
                    .log
                    .read(topic, partition, next, 1000, Duration::ZERO)
                    .await
                    .unwrap();
                let Some(last) = records.last() else { break };
                next = last.offset + 1;
                for record in records {
                    let event = decode_event(&record.value).unwrap();
                    let message = M::decode(&mut &event.data[..]).unwrap();
                    all.push((event, message));
                }
            }
        }
        all
    }

    pub(crate) async fn excursions(&self) -> Vec<ExcursionChanged> {
        let told = self.told::<ExcursionChanged>(EXCURSIONS).await;
        told.into_iter().map(|(_, message)| message).collect()
    }
}

/// What the contract allows the service at the log, and no more.
fn rights() -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/system/rules.ts");
    let node = root().join("node_modules/.bin/node");
    let done = Command::new(node).arg(script).output().expect("node runs");
    let (rules, errors) = (
        String::from_utf8(done.stdout).unwrap(),
        String::from_utf8_lossy(&done.stderr),
    );
    assert!(done.status.success(), "{errors}");
    rules.trim().to_owned()
}

impl Drop for System {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for number in 1..=self.instances {
                println!(
                    "{}",
                    std::fs::read_to_string(self.folder.join(format!("{number}.log")))
                        .unwrap_or_default()
                );
            }
        }
        drop(std::fs::remove_dir_all(&self.folder));
    }
}
