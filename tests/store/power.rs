//! A disk that loses its power at any moment: what was not synced is there in part, torn and in any order.

use std::io;
use std::sync::{Arc, Mutex};

use npivot::store::{Change, FileStore, Store};
use npivot_fabric::world::random_stream;
use rand::seq::SliceRandom;
use rand::{Rng, RngExt as _};
use redb::{Database, StorageBackend};

use crate::create;

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

#[derive(Debug, Clone)]
enum Write {
    Bytes(usize, Vec<u8>),
    Length(usize),
}

impl Write {
    fn on(&self, image: &mut Vec<u8>) {
        match self {
            Self::Length(length) => image.resize(*length, 0),
            Self::Bytes(at, bytes) => {
                let end = at + bytes.len();
                if image.len() < end {
                    image.resize(end, 0);
                }
                image[*at..end].copy_from_slice(bytes);
            }
        }
    }
}

#[derive(Debug, Default)]
struct Platter {
    /// What a reader sees.
    now: Vec<u8>,
    /// What a power cut leaves for certain.
    synced: Vec<u8>,
    /// What has been written since.
    pending: Vec<Write>,
    syncs: u64,
    writes: u64,
    /// At which write or sync the power goes.
    cut: Option<Cut>,
    dead: bool,
    /// Whether a sync does what it says. A disk that lies must be found out.
    honest: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    AtSync(u64),
    AtWrite(u64),
}

#[derive(Debug, Clone)]
struct Disk(Arc<Mutex<Platter>>);

impl Disk {
    fn of(image: Vec<u8>, cut: Option<Cut>, honest: bool) -> Self {
        let platter =
            Platter { now: image.clone(), synced: image, cut, honest, ..Platter::default() };
        Self(Arc::new(Mutex::new(platter)))
    }

    /// What is on it after the power was cut: of what was not synced some, in any order, torn.
    fn left(&self, chance: &mut impl Rng) -> Vec<u8> {
        let platter = self.0.lock().unwrap();
        let mut image = platter.synced.clone();
        let mut pieces = vec![];
        for write in &platter.pending {
            match write {
                Write::Length(_) => pieces.push(write.clone()),
                Write::Bytes(at, bytes) => {
                    // Sectors are numbered from the disk's beginning.
                    let mut from = 0;
                    while from < bytes.len() {
                        let to = bytes.len().min(from + SECTOR - (at + from) % SECTOR);
                        pieces.push(Write::Bytes(at + from, bytes[from..to].to_vec()));
                        from = to;
                    }
                }
            }
        }
        pieces.shuffle(chance);
        let kept = chance.random_range(0..=pieces.len());
        pieces[..kept].iter().for_each(|piece| piece.on(&mut image));
        image
    }

    fn counts(&self) -> (u64, u64) {
        let platter = self.0.lock().unwrap();
        (platter.syncs, platter.writes)
    }
}

fn dead() -> io::Error {
    io::Error::other("the power is gone")
}

impl Platter {
    fn write(&mut self, write: Write) -> io::Result<()> {
        if self.dead || self.cut == Some(Cut::AtWrite(self.writes)) {
            self.dead = true;
            return Err(dead());
        }
        self.writes += 1;
        write.on(&mut self.now);
        self.pending.push(write);
        Ok(())
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64, io::Error> {
        Ok(u64::try_from(self.0.lock().unwrap().now.len()).unwrap())
    }
    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        let platter = self.0.lock().unwrap();
        let at = usize::try_from(offset).unwrap();
        let bytes = platter.now.get(at..at + out.len());
        out.copy_from_slice(bytes.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?);
        Ok(())
    }
    fn set_len(&self, len: u64) -> Result<(), io::Error> {
        self.0.lock().unwrap().write(Write::Length(usize::try_from(len).unwrap()))
    }
    fn sync_data(&self) -> Result<(), io::Error> {
        let mut platter = self.0.lock().unwrap();
        if platter.dead || platter.cut == Some(Cut::AtSync(platter.syncs)) {
            platter.dead = true;
            return Err(dead());
        }
        platter.syncs += 1;
        if platter.honest {
            let Platter { now, synced, .. } = &mut *platter;
            synced.clone_from(now);
            platter.pending.clear();
        }
        Ok(())
    }
    fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
        let at = usize::try_from(offset).unwrap();
        self.0.lock().unwrap().write(Write::Bytes(at, data.to_vec()))
    }
}

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
    let fresh = disk.0.lock().unwrap().now.clone();
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
