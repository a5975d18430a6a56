//! Links in a directory.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use npivot::guest::ports::{DirectoryLinks, Links};
use npivot::guest::{DeviceLink, Through};
use npivot_hal::{ErrorKind, LunId, Outcome};

use super::claims::lun;

fn link(id: LunId) -> DeviceLink {
    DeviceLink { through: Through::Pool("web1 'ä'".parse().unwrap()), id }
}

fn nodes(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("/dev/{name}")).collect()
}

fn target(place: &Path) -> PathBuf {
    fs::read_link(place).unwrap()
}

#[tokio::test]
async fn a_link_is_made_moved_and_removed() {
    let scratch = tempfile::tempdir().unwrap();
    let links = DirectoryLinks::new(scratch.path().join("run/npivot"));
    assert_eq!(links.all().unwrap(), []);
    let (one, other) = (link(lun(0)), link(lun(1)));
    assert_eq!(links.point(&one, &nodes(&["sda", "sdb"])).await.unwrap(), Outcome::Changed);
    assert_eq!(links.point(&one, &nodes(&["sda"])).await.unwrap(), Outcome::Unchanged);
    let place = links.place(&one);
    assert!(place.starts_with(scratch.path()) && place.ends_with("t10.NPIVOT%20%20a%2Fb%20%25%20"));
    assert_eq!(target(&place), Path::new("/dev/sda"));
    assert_eq!(links.point(&one, &nodes(&["sdb"])).await.unwrap(), Outcome::Changed);
    assert_eq!(target(&place), Path::new("/dev/sdb"));
    assert_eq!(links.point(&other, &nodes(&["sdc"])).await.unwrap(), Outcome::Changed);
    assert_eq!(links.all().unwrap(), [other.clone(), one.clone()]);
    // Nothing is left of how they were replaced.
    assert_eq!(fs::read_dir(place.parent().unwrap()).unwrap().count(), 2);
    assert_eq!(links.remove(&one).await.unwrap(), Outcome::Changed);
    assert_eq!(links.remove(&one).await.unwrap(), Outcome::Unchanged);
    assert_eq!(links.all().unwrap(), std::slice::from_ref(&other));
    assert_eq!(links.remove(&other).await.unwrap(), Outcome::Changed);
    assert!(!place.parent().unwrap().exists(), "an empty directory goes too");
    assert_eq!(links.point(&one, &[]).await.unwrap_err().kind(), ErrorKind::InvalidArgument);
}

#[tokio::test]
async fn what_is_no_link_of_npivots_is_left_alone() {
    let scratch = tempfile::tempdir().unwrap();
    let links = DirectoryLinks::new(scratch.path());
    let one = link(lun(1));
    let place = links.place(&one);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(&place, "mine").unwrap();
    fs::write(scratch.path().join("file"), "mine").unwrap();
    symlink("/dev/sda", place.with_file_name("other")).unwrap();
    let kinds = [
        links.point(&one, &nodes(&["sda"])).await.unwrap_err().kind(),
        links.remove(&one).await.unwrap_err().kind(),
    ];
    assert_eq!(kinds, [ErrorKind::AlreadyExists; 2]);
    assert_eq!(fs::read_to_string(&place).unwrap(), "mine");
    assert_eq!(links.all().unwrap(), [one], "a name is npivot's by what it says");
}

#[tokio::test]
async fn a_replacement_that_was_cut_short_is_no_hindrance() {
    let scratch = tempfile::tempdir().unwrap();
    let links = DirectoryLinks::new(scratch.path());
    let one = link(lun(1));
    let place = links.place(&one);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    let left = place.with_file_name(".new-x7Ha2k");
    symlink("/dev/sdz", &left).unwrap();
    assert_eq!(links.all().unwrap(), []);
    assert_eq!(links.point(&one, &nodes(&["sda"])).await.unwrap(), Outcome::Changed);
    assert_eq!(target(&place), Path::new("/dev/sda"));
    assert_eq!(links.all().unwrap(), [one]);
}

#[tokio::test]
async fn the_entry_leads_there_or_nothing_is_linked() {
    let scratch = tempfile::tempdir().unwrap();
    let (directory, entry) = (scratch.path().join("run"), scratch.path().join("dev-npivot"));
    let links = DirectoryLinks::new(&directory).entered_by(&entry);
    let one = link(lun(1));
    assert_eq!(links.point(&one, &nodes(&["sda"])).await.unwrap(), Outcome::Changed);
    assert_eq!(target(&entry), directory);
    assert_eq!(links.point(&one, &nodes(&["sdb"])).await.unwrap(), Outcome::Changed);
    // Another way to the same place is as good.
    fs::remove_file(&entry).unwrap();
    symlink("run/../run", &entry).unwrap();
    assert_eq!(links.point(&one, &nodes(&["sda"])).await.unwrap(), Outcome::Changed);
    fs::remove_file(&entry).unwrap();
    fs::create_dir(&entry).unwrap();
    let refused = links.point(&one, &nodes(&["sdb"])).await.unwrap_err();
    assert!(refused.to_string().contains("does not lead to"), "{refused}");
    assert_eq!(target(&links.place(&one)), Path::new("/dev/sda"), "as it was");
    // The entry itself may be named.
    let links = DirectoryLinks::new(&entry).entered_by(&entry);
    assert_eq!(links.point(&one, &nodes(&["sdb"])).await.unwrap(), Outcome::Changed);
}

#[tokio::test]
async fn a_path_under_a_multipath_map_is_not_opened_beside_it() {
    let scratch = tempfile::tempdir().unwrap();
    let blocks = scratch.path().join("block");
    let holder = |path: &str, map: &str, uuid: &str| {
        let dm = blocks.join(path).join("holders").join(map).join("dm");
        fs::create_dir_all(&dm).unwrap();
        fs::write(dm.join("uuid"), uuid).unwrap();
    };
    holder("sda", "dm-3", "LVM-abc\n");
    holder("sdb", "dm-7", "mpath-360060160c1e0aa00\n");
    let links = DirectoryLinks::new(scratch.path().join("run")).with_maps(&blocks);
    let one = link(lun(1));
    assert_eq!(links.point(&one, &nodes(&["sda", "sdb"])).await.unwrap(), Outcome::Changed);
    assert_eq!(target(&links.place(&one)), Path::new("/dev/dm-7"));
    // What another has taken is not known to be a map of its paths.
    assert_eq!(links.point(&one, &nodes(&["sda", "sdc"])).await.unwrap(), Outcome::Changed);
    assert_eq!(target(&links.place(&one)), Path::new("/dev/sda"));
}

/// Who may write to the directory may not have npivot write elsewhere.
#[tokio::test]
async fn a_link_in_place_of_a_directory_is_not_followed() {
    let directory = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let links = DirectoryLinks::new(directory.path().join("guests"));
    let link = link(lun(1));
    let place = links.place(&link);
    for depth in [1, 2] {
        let planted = place.ancestors().nth(depth).unwrap();
        fs::create_dir_all(planted.parent().unwrap()).unwrap();
        let _ = fs::remove_dir(planted);
        symlink(elsewhere.path(), planted).unwrap();
        let refused = links.point(&link, &nodes(&["sda"])).await.unwrap_err();
        assert!(refused.to_string().contains("is no directory of"), "{refused}");
        let refused = links.remove(&link).await.unwrap_err();
        assert!(refused.to_string().contains("is no directory of"), "{refused}");
        fs::remove_file(planted).unwrap();
    }
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    assert_eq!(links.point(&link, &nodes(&["sda"])).await.unwrap(), Outcome::Changed);
}
