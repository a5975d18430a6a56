//! Content that the caller keeps: in a file, and where nothing works.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex};

use npivot_fabric::array::{Storage, StorageError, VolumeError};

use crate::bench::{Bench, DISK, cdb_10, cdb_16, codes, information};

/// A file, and how often it was flushed.
#[derive(Debug)]
struct InFile(File, Arc<Mutex<u32>>);

impl Storage for InFile {
    fn read(&mut self, at: u64, into: &mut [u8]) -> Result<(), StorageError> {
        self.0.read_exact_at(into, at).map_err(|_| StorageError::Failed { at })
    }

    fn write(&mut self, at: u64, data: &[u8]) -> Result<(), StorageError> {
        self.0.write_all_at(data, at).map_err(|_| StorageError::Failed { at })
    }

    fn flush(&mut self) -> Result<(), StorageError> {
        *self.1.lock().unwrap() += 1;
        self.0.sync_data().map_err(|_| StorageError::Failed { at: 0 })
    }

    fn resize(&mut self, bytes: u64) -> Result<(), StorageError> {
        self.0.set_len(bytes).map_err(|_| StorageError::Failed { at: bytes })
    }

    fn used_bytes(&self) -> u64 {
        self.0.metadata().map_or(0, |metadata| metadata.len())
    }
}

#[test]
fn a_file() {
    let mut bench = Bench::new();
    let flushed = Arc::new(Mutex::new(0));
    let file = tempfile::tempfile().unwrap();
    file.set_len(65_536).unwrap();
    let same = file.try_clone().unwrap();
    bench.array.set_storage(DISK, Box::new(InFile(file, flushed.clone())));
    let flushes = || *flushed.lock().unwrap();
    bench.good(&cdb_10(0x2a, 0, 4, 2), &[7; 1024]);
    let mut content = [0; 2048];
    same.read_exact_at(&mut content, 4 * 512 - 512).unwrap();
    assert_eq!(content, *[[0; 512], [7; 512], [7; 512], [0; 512]].concat());
    assert_eq!(bench.good(&cdb_10(0x28, 0, 5, 2), &[]), [[7; 512], [0; 512]].concat());
    assert_eq!(flushes(), 0, "it may wait");
    bench.good(&cdb_10(0x35, 0, 0, 0), &[]);
    assert_eq!(flushes(), 1);
    bench.good(&cdb_10(0x2a, 0x08, 0, 1), &[1; 512]);
    assert_eq!(flushes(), 2, "FUA");
    let caching = [0, 0, 0, 0, 8, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    bench.good(&[0x15, 0x10, 0, 0, 24, 0], &caching);
    bench.good(&cdb_10(0x41, 0, 100, 20), &[9; 512]);
    assert_eq!(flushes(), 3, "the write cache is off");
    assert_eq!(bench.good(&cdb_10(0x28, 0, 119, 2), &[])[511..513], [9, 0]);
    bench.good(&cdb_16(0x93, 9, 0, 128), &[]);
    assert_eq!(bench.good(&cdb_10(0x28, 0, 0, 128), &[]), vec![0; 65_536], "written with zeros");
    bench.array.resize(DISK, 131_072).unwrap().changed();
    assert_eq!(same.metadata().unwrap().len(), 131_072);
    assert_eq!(bench.array.volume(DISK).used_bytes(), 131_072);
}

/// From this byte on nothing works.
#[derive(Debug)]
struct Broken(u64, StorageError);

impl Broken {
    fn works(&self, at: u64, bytes: usize) -> Result<(), StorageError> {
        if at + bytes as u64 <= self.0 { Ok(()) } else { Err(self.1) }
    }
}

impl Storage for Broken {
    fn read(&mut self, at: u64, into: &mut [u8]) -> Result<(), StorageError> {
        into.fill(0);
        self.works(at, into.len())
    }

    fn write(&mut self, at: u64, data: &[u8]) -> Result<(), StorageError> {
        self.works(at, data.len())
    }

    fn flush(&mut self) -> Result<(), StorageError> {
        Err(self.1)
    }

    fn resize(&mut self, _: u64) -> Result<(), StorageError> {
        Err(self.1)
    }
}

#[test]
fn failures_are_medium_errors_with_the_block() {
    let mut bench = Bench::new();
    let failed = StorageError::Failed { at: 33 * 512 + 5 };
    bench.array.set_storage(DISK, Box::new(Broken(32 * 512, failed)));
    bench.good(&cdb_10(0x28, 0, 31, 1), &[]);
    bench.good(&cdb_10(0x2a, 0, 31, 1), &[1; 512]);
    let mut compare = cdb_16(0x89, 0, 32, 0);
    compare[13] = 4;
    for cdb in [cdb_10(0x28, 0, 31, 4).to_vec(), cdb_10(0x2f, 2, 31, 4).to_vec(), compare] {
        let sense = bench.refused(&cdb, &[0; 4096]);
        assert_eq!(codes(&sense), (0x03, 0x11, 0x00), "{cdb:02x?}");
        assert_eq!(information(&sense), Some(33));
    }
    let list = [0, 22, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 0];
    for cdb in [
        cdb_10(0x2a, 0, 31, 4).to_vec(),
        cdb_10(0x41, 0, 31, 4).to_vec(),
        vec![0x42, 0, 0, 0, 0, 0, 0, 0, 24, 0],
        cdb_10(0x35, 0, 0, 0).to_vec(),
        cdb_10(0x2a, 8, 0, 1).to_vec(),
    ] {
        let data = if cdb[0] == 0x42 { &list[..] } else { &[7; 4096] };
        let sense = bench.refused(&cdb, data);
        assert_eq!(codes(&sense), (0x03, 0x0c, 0x00), "{cdb:02x?}");
        assert_eq!(information(&sense), Some(33));
    }
    let refused = bench.array.resize(DISK, 512);
    assert_eq!(refused, Err(VolumeError::Storage { cause: failed }));
    assert_eq!(bench.array.volume(DISK).size_bytes(), 65_536);
}

#[test]
fn a_full_file_system() {
    let mut bench = Bench::new();
    bench.array.set_storage(DISK, Box::new(Broken(0, StorageError::Full)));
    let sense = bench.refused(&cdb_10(0x2a, 0, 9, 1), &[1; 512]);
    assert_eq!((codes(&sense), information(&sense)), ((0x07, 0x27, 0x07), Some(9)));
}
