//! Volumes in files.

use npivot_fabric::array::Storage as _;
use npivot_fabric::{Topology, World};
use npivot_lab::wire::{DiskError, FileDisk, VolumeFile};

fn world() -> World {
    let text = include_str!("../../../examples/kernel-lab.toml");
    let topology = Topology::parse("kernel-lab.toml", text).unwrap();
    World::from_topology(&topology, 0).unwrap()
}

#[test]
fn a_file_is_made_kept_and_found_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("disk.img");
    let mut disk = FileDisk::open(&path, 1 << 20).unwrap();
    disk.write(512, &[7; 1_024]).unwrap();
    disk.zero(1_024, 512).unwrap();
    disk.flush().unwrap();
    drop(disk);
    let mut disk = FileDisk::open(&path, 1 << 20).unwrap();
    let mut back = vec![1; 2_048];
    disk.read(0, &mut back).unwrap();
    let expected = [[0; 512], [7; 512], [0; 512], [0; 512]].concat();
    assert_eq!(back, expected);
    assert!(disk.used_bytes() < 1 << 20, "sparse");
    assert!(disk.read(1 << 20, &mut back).is_err(), "beyond its end");
}

#[test]
fn a_volume_is_what_its_file_holds() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.img");
    let mut disk = FileDisk::open(&path, 64 << 20).unwrap();
    disk.write(4_096, &[9; 512]).unwrap();
    drop(disk);
    let mut world = world();
    let words = format!("vault/log={}", path.display());
    words.parse::<VolumeFile>().unwrap().attach(&mut world).unwrap();
    let array = npivot_fabric::san::ids::ArrayIx(0);
    assert_eq!(world.volume_content(array, "log", 4_095, 3).unwrap(), [0, 9, 9]);
}

#[test]
fn what_cannot_be_says_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("small.img");
    std::fs::write(&path, [0; 512]).unwrap();
    let attach = |words: &str| words.parse::<VolumeFile>()?.attach(&mut world());
    let error = attach(&format!("vault/log={}", path.display())).unwrap_err();
    assert!(matches!(error, DiskError::Size { found: 512, expected: 67_108_864, .. }), "{error}");
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 512, "left alone");
    let error = attach("vault/nothing=/tmp/x").unwrap_err();
    assert!(error.to_string().contains("no volume `nothing`"), "{error}");
    for bad in ["", "vault", "vault/log", "vault/log=", "/log=x", "vault=x"] {
        assert!(attach(bad).unwrap_err().to_string().contains("ARRAY/VOLUME=FILE"), "{bad}");
    }
    let error = attach("vault/log=/nowhere/at/all").unwrap_err();
    assert!(error.to_string().starts_with("/nowhere/at/all: "), "{error}");
}

#[test]
fn a_file_is_one_volumes_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.img");
    let disk = FileDisk::open(&path, 64 << 20).unwrap();
    let words = format!("vault/log={}", path.display());
    let file: VolumeFile = words.parse().unwrap();
    // As another process would.
    let error = file.attach(&mut world()).unwrap_err();
    assert!(matches!(error, DiskError::InUse(_)), "{error}");
    assert!(error.to_string().contains("in use"), "{error}");
    drop(disk);
    file.attach(&mut world()).unwrap();
}

#[test]
fn a_volume_has_one_file() {
    let directory = tempfile::tempdir().unwrap();
    let [one, two] = ["one", "two"].map(|name| directory.path().join(name));
    let words = |path: &std::path::Path| format!("vault/log={}", path.display()).parse().unwrap();
    let error = VolumeFile::attach_all(&[words(&one), words(&two)], &mut world()).unwrap_err();
    assert_eq!(error.to_string(), "the volume vault/log is given twice: it can have one file");
    assert!(!one.exists() && !two.exists(), "nothing was done");
}
