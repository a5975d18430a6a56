//! A disk that loses its power at any moment: what was not synced is there in part, torn and in any order.

use std::io;
use std::sync::{Arc, Mutex};

use rand::seq::SliceRandom;
use rand::{Rng, RngExt as _};
use redb::StorageBackend;

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

/// When the power goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    AtSync(u64),
    AtWrite(u64),
}

/// A disk that redb can write on.
#[derive(Debug, Clone)]
pub(crate) struct Disk(Arc<Mutex<Platter>>);

impl Disk {
    /// A disk with this on it. One that is not honest does nothing when it is to sync.
    pub(crate) fn of(image: Vec<u8>, cut: Option<Cut>, honest: bool) -> Self {
        let platter =
            Platter { now: image.clone(), synced: image, cut, honest, ..Platter::default() };
        Self(Arc::new(Mutex::new(platter)))
    }

    /// What is on it after the power was cut: of what was not synced some, in any order, torn.
    pub(crate) fn left(&self, chance: &mut impl Rng) -> Vec<u8> {
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

    /// What is on it as long as it has power.
    pub(crate) fn image(&self) -> Vec<u8> {
        self.0.lock().unwrap().now.clone()
    }

    /// How many syncs and writes there have been.
    pub(crate) fn counts(&self) -> (u64, u64) {
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
