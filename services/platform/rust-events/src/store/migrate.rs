//! Brings a database to the schema that the code expects, in the same table and by the same rules as `@larder/store` does.

use super::{Database, StoreError};
use crate::wire::hex;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Files `NNN_name.sql` with a history of their own: a name, and each file's name and text, in order.
#[derive(Debug, Clone, Copy)]
pub struct MigrationSet {
    /// `main` for the service's own.
    pub name: &'static str,
    /// Names and texts.
    pub files: &'static [(&'static str, &'static str)],
}

/// The tables `outbox` and `outbox_state`.
pub const OUTBOX_MIGRATIONS: MigrationSet = MigrationSet {
    name: "outbox",
    files: &[
        (
            "001_outbox.sql",
            include_str!("../../../events/migrations/outbox/001_outbox.sql"),
        ),
        (
            "002_event_size.sql",
            include_str!("../../../events/migrations/outbox/002_event_size.sql"),
        ),
    ],
};

/// The tables `consumer_offsets` and `inbox`.
pub const INBOX_MIGRATIONS: MigrationSet = MigrationSet {
    name: "inbox",
    files: &[
        (
            "001_inbox.sql",
            include_str!("../../../events/migrations/inbox/001_inbox.sql"),
        ),
        (
            "002_inbox_by_age.sql",
            include_str!("../../../events/migrations/inbox/002_inbox_by_age.sql"),
        ),
    ],
};

/// That of `@larder/store`.
const LOCK: &str = "select pg_advisory_lock(4701115033)";

const TABLE: &str = "create table if not exists schema_migrations (
  set_name text not null, file text not null, hash text not null,
  applied_at timestamptz not null default now(), primary key (set_name, file))";

/// Applies the files of each set that the database has not seen, in order, each in a transaction of its own. Instances that start
/// together wait for each other. Returns what it applied, as `set/file`.
///
/// # Errors
/// `Migration` if a file was changed after it was applied, has gone, stands before one that was applied, or fails. Files unknown to
/// this build that come after all of its own are let be: an older build may meet a newer database.
pub async fn migrate(db: &Database, sets: &[MigrationSet]) -> Result<Vec<String>, StoreError> {
    let session = db.session().await?;
    session.execute_all("set statement_timeout = 0").await?;
    session.execute_all(LOCK).await?;
    session.execute_all(TABLE).await?;
    let mut applied = Vec::new();
    for set in sets {
        let rows = session
            .query(
                "select file, hash from schema_migrations where set_name = $1",
                &[&set.name],
            )
            .await?;
        let seen: BTreeMap<String, String> =
            rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        for (name, sql) in pending(set, &seen)? {
            let tx = session.begin().await?;
            let failed = |error: StoreError| match error {
                StoreError::Sql(error) => {
                    let why = error
                        .as_db_error()
                        .map_or_else(|| error.to_string(), ToString::to_string);
                    StoreError::Migration(format!("{}: {name} failed: {why}", set.name))
                }
                other => other,
            };
            tx.execute_all(sql).await.map_err(failed)?;
            tx.execute(
                "insert into schema_migrations (set_name, file, hash) values ($1, $2, $3)",
                &[&set.name, &name, &hash_of(sql)],
            )
            .await?;
            tx.commit().await?;
            applied.push(format!("{}/{name}", set.name));
        }
    }
    Ok(applied)
}

fn pending(
    set: &MigrationSet,
    seen: &BTreeMap<String, String>,
) -> Result<Vec<(&'static str, &'static str)>, StoreError> {
    let wrong = |why: String| StoreError::Migration(format!("{}: {why}", set.name));
    let last = set.files.last().map_or("", |(name, _)| name);
    let is_known = |file: &str| set.files.iter().any(|(name, _)| *name == file);
    if let Some(gone) = seen
        .keys()
        .find(|file| file.as_str() < last && !is_known(file))
    {
        return Err(wrong(format!("{gone} was applied and has gone")));
    }
    let last_applied = seen.keys().next_back().map_or("", String::as_str);
    let mut files = Vec::new();
    for (name, sql) in set.files {
        match seen.get(*name) {
            Some(hash) if *hash == hash_of(sql) => {}
            Some(_) => return Err(wrong(format!("{name} was changed after it was applied"))),
            None if *name < last_applied => {
                return Err(wrong(format!(
                    "{name} stands before {last_applied}, which was applied already"
                )));
            }
            None => files.push((*name, *sql)),
        }
    }
    Ok(files)
}

fn hash_of(sql: &str) -> String {
    hex(&Sha256::digest(sql.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: MigrationSet = MigrationSet {
        name: "main",
        files: &[("001_a.sql", "a"), ("003_c.sql", "c")],
    };

    fn seen(files: &[(&str, &str)]) -> BTreeMap<String, String> {
        files
            .iter()
            .map(|(name, sql)| ((*name).to_owned(), hash_of(sql)))
            .collect()
    }

    #[test]
    fn what_was_not_applied_is_pending() {
        assert_eq!(pending(&SET, &seen(&[])).unwrap(), SET.files);
        assert_eq!(
            pending(&SET, &seen(&[("001_a.sql", "a")])).unwrap(),
            [("003_c.sql", "c")]
        );
        let newer = seen(&[("001_a.sql", "a"), ("003_c.sql", "c"), ("004_d.sql", "d")]);
        assert!(
            pending(&SET, &newer).unwrap().is_empty(),
            "an older build may meet a newer database"
        );
    }

    #[test]
    fn a_history_that_differs_is_refused() {
        let cases = [
            (seen(&[("001_a.sql", "b")]), "001_a.sql was changed"),
            (
                seen(&[("001_a.sql", "a"), ("002_b.sql", "b")]),
                "002_b.sql was applied and has gone",
            ),
            (
                seen(&[("003_c.sql", "c")]),
                "001_a.sql stands before 003_c.sql",
            ),
        ];
        for (seen, why) in cases {
            let error = pending(&SET, &seen).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn the_sets_hold_every_file_of_their_folders() {
        for set in [OUTBOX_MIGRATIONS, INBOX_MIGRATIONS] {
            let folder = format!(
                "{}/../events/migrations/{}",
                env!("CARGO_MANIFEST_DIR"),
                set.name
            );
            let mut files: Vec<_> = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            files.sort();
            assert_eq!(
                files,
                set.files.iter().map(|(name, _)| *name).collect::<Vec<_>>()
            );
        }
    }
}
