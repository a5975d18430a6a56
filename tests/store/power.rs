//! What a power cut leaves of a store: everything acknowledged, and no half of anything.

use npivot::store::{Change, FileStore, Store};
use npivot_fabric::world::random_stream;
use redb::Database;

use crate::create;
use crate::disk::{Cut, Disk};

fn on(disk: &Disk) -> Result<FileStore, String> {
    let database = Database::builder().create_with_backend(disk.clone());
    FileStore::on(database.map_err(|e| e.to_string())?).map_err(|e| e.to_string())
}

/// Two records that always change together, and one that comes and goes: how many commits were acknowledged.
async fn work(records: &FileStore) -> u32 {
    for n in 0..12_u32 {
        let mut changes = vec![];
        for key in ["left", "right"] {
            let there = records.get(key).await.ok().flatten();
            let expected = there.map(|row| row.revision);
            changes.push(Change { key: key.into(), expected, value: Some(n.to_string().into()) });
        }
        match records.get("passing").await.ok().flatten() {
            None => changes.push(create("passing", &"x".repeat(3_000))),
            Some(row) => changes.push(Change {
                key: "passing".into(),
                expected: Some(row.revision),
                value: None,
            }),
        }
        if records.commit(changes).await.is_err() {
            return n;
        }
    }
    12
}

/// What is wrong after a power cut, if anything is.
async fn verdict(cut: Cut, honest: bool, seed: u64) -> Result<(), String> {
    let disk = Disk::of(vec![], None, true);
    drop(on(&disk).unwrap());
    let fresh = disk.image();
    let disk = Disk::of(fresh, Some(cut), honest);
    let acknowledged = match on(&disk) {
        Ok(records) => work(&records).await,
        Err(_) => 0,
    };
    let mut chance = random_stream(seed, "power");
    let image = disk.left(&mut chance);
    let records = on(&Disk::of(image, None, true)).map_err(|e| format!("{cut:?}: {e}"))?;
    let value = async |key| {
        let row = records.get(key).await.map_err(|e| format!("{cut:?}: {e}"))?;
        Ok::<_, String>(row.map(|row| String::from_utf8_lossy(&row.value).parse::<u32>().unwrap()))
    };
    let (left, right) = (value("left").await?, value("right").await?);
    if left != right {
        return Err(format!("{cut:?}: half a commit: {left:?} and {right:?}"));
    }
    // What was not acknowledged may be there or not.
    let least = acknowledged.checked_sub(1);
    if left < least || left > Some(acknowledged) {
        return Err(format!("{cut:?}: {acknowledged} acknowledged, and {left:?} is there"));
    }
    Ok(())
}

/// How many syncs and writes the work has.
async fn counts() -> (u64, u64) {
    let disk = Disk::of(vec![], None, true);
    let records = on(&disk).unwrap();
    assert_eq!(work(&records).await, 12);
    drop(records);
    disk.counts()
}

#[tokio::test]
async fn a_power_cut_at_every_sync_and_write_loses_nothing_acknowledged() {
    let (syncs, writes) = counts().await;
    assert!(syncs >= 12 && writes > syncs, "{syncs} syncs, {writes} writes");
    let cuts = (0..syncs).map(Cut::AtSync).chain((0..writes).map(Cut::AtWrite));
    for cut in cuts {
        for seed in 0..4 {
            if let Err(wrong) = verdict(cut, true, seed).await {
                panic!("seed {seed}: {wrong}");
            }
        }
    }
}

/// The same test on a disk whose syncs do nothing finds that out: it can fail.
#[tokio::test]
async fn a_disk_that_lies_is_found_out() {
    let (syncs, _) = counts().await;
    let mut wrong = 0;
    for at in 0..syncs {
        // redb may even panic on what such a disk leaves.
        let told = tokio::spawn(verdict(Cut::AtSync(at), false, at)).await;
        wrong += u32::from(!matches!(told, Ok(Ok(()))));
    }
    assert!(wrong > 5, "only {wrong} of {syncs} cuts were noticed");
}
