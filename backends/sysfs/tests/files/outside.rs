//! Nothing outside the root is read or written, whatever leads there.

use std::fs;
use std::os::unix::fs::symlink;

use npivot_sysfs::RootFiles;
use npivot_sysfs::files::Files as _;
use tempfile::TempDir;

use crate::site::{Site, lun_dir};

const SECRET: &[u8] = b"naa.5000c90030010099\n";

/// A directory with a file in it that nobody may see.
fn secret() -> TempDir {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("secret"), SECRET).unwrap();
    dir
}

#[tokio::test]
async fn links_and_dots_stay_inside() {
    let (site, outside) = (Site::new(), secret());
    let secret = outside.path().join("secret");
    let name = outside.path().file_name().unwrap().to_str().unwrap().to_owned();
    let up = "../".repeat(30);
    let absolute = secret.to_str().unwrap().to_owned();
    let relative = format!("{up}{}", absolute.trim_start_matches('/'));
    for (at, to) in
        [("a", absolute.as_str()), ("r", &relative), ("d", outside.path().to_str().unwrap())]
    {
        site.link(&format!("class/{at}"), to);
    }
    let files = site.files();
    let beside = format!("../{name}/secret");
    let tries = ["class/a", "class/r", "class/d/secret", &relative, &beside, &absolute];
    for path in tries {
        assert!(files.read(path).is_err(), "{path}");
        let each = files.read_each("class", &[path.trim_start_matches("class/")]);
        assert!(each.iter().all(Result::is_err), "{path}");
        assert!(files.write(path, b"x").is_err(), "{path}");
    }
    assert!(files.list("class/d").is_err());
    assert!(files.mode(&absolute).is_err());
    assert_eq!(fs::read(&secret).unwrap(), SECRET);
}

#[tokio::test]
async fn an_attribute_that_is_a_link_outside_is_an_error_of_its_entry() {
    let (site, outside) = (Site::new(), secret());
    for name in ["vpd_pg83", "wwid"] {
        let path = format!("{}/{name}", lun_dir(1));
        if site.path(&path).exists() {
            site.without(&path);
        }
        symlink(outside.path().join("secret"), site.path(&path)).unwrap();
    }
    let paths = site.paths().await;
    assert_eq!(paths.len(), 3);
    assert!(paths[1].identity.is_err() && paths[0].identity.is_ok());
}

#[test]
fn an_attribute_that_is_a_link_inside_is_read() {
    let site = Site::new();
    site.link("class/inside", &format!("../{}/state", lun_dir(0)));
    site.link("class/from_the_top", &format!("/{}/state", lun_dir(0)));
    for name in ["inside", "from_the_top"] {
        assert_eq!(site.files().read(&format!("class/{name}")).unwrap(), b"running\n");
        let each = site.files().read_each("class", &[name]);
        assert_eq!(each[0].as_ref().unwrap(), b"running\n", "{name}");
    }
}

#[test]
fn the_root_itself_is_not_found_through_a_link_out_of_it() {
    let (dir, other) = (TempDir::new().unwrap(), Site::new());
    symlink(other.0.path(), dir.path().join("sys")).unwrap();
    assert!(RootFiles::open(dir.path()).is_err(), "`sys` leads out of the directory");
    let dir = TempDir::new().unwrap();
    symlink(other.path("class"), dir.path().join("class")).unwrap();
    assert!(RootFiles::open(dir.path()).is_err(), "`class` leads out of the directory");
}

#[test]
fn paths_with_anything_in_them_are_refused_or_found_inside() {
    let site = Site::new();
    let files = site.files();
    for path in ["a\0b", "\0", "class/\0", "class//fc_host/../fc_host/host0/port_name/", "....//"] {
        assert!(files.read(path).is_err(), "{path:?}");
        assert!(files.link(path).is_err(), "{path:?}");
    }
    for dir in ["", ".", "..", "../..", "/"] {
        let names = files.list(dir).map(|entries| entries.into_iter().map(|entry| entry.name));
        assert_eq!(names.unwrap().collect::<Vec<_>>(), ["class", "devices"], "{dir:?}");
    }
}
