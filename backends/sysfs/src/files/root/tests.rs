//! Both resolvers find the same, and neither leaves the root.

use std::fs;
use std::os::unix::fs::symlink;

use tempfile::TempDir;

use super::*;

fn tree() -> TempDir {
    let dir = TempDir::new().unwrap();
    let at = |path: &str| dir.path().join(path);
    fs::create_dir_all(at("sys/class/x")).unwrap();
    fs::create_dir_all(at("sys/devices/a/b")).unwrap();
    fs::write(at("sys/devices/a/b/name"), "inside").unwrap();
    fs::write(at("outside"), "outside").unwrap();
    for (path, to) in [
        ("class/x/b", "../../devices/a/b"),
        ("class/x/top", "/devices/a"),
        ("class/x/up", "../../../../../../../devices/a/b/name"),
        ("class/x/out", "../../../outside"),
        ("class/x/far", "/etc/hostname"),
        ("class/x/loop", "loop"),
        ("class/x/ping", "pong"),
        ("class/x/pong", "ping"),
        ("class/x/gone", "../../devices/z"),
        ("class/x/link", "b/name"),
        ("devices/a/b/self", "."),
    ] {
        symlink(to, at("sys").join(path)).unwrap();
    }
    dir
}

#[test]
fn both_resolvers_find_the_same() {
    let dir = tree();
    let kernel = RootFiles::with_resolver(dir.path(), Resolver::Kernel).unwrap();
    let by_name = RootFiles::with_resolver(dir.path(), Resolver::ByName).unwrap();
    assert_eq!(by_name.resolver, Resolver::ByName);
    for path in [
        "",
        "class",
        "class/x/b/name",
        "class/x/b/self/self/name",
        "class/x/top/b/name",
        "class/x/up",
        "class/x/link",
        "class/x/out",
        "class/x/far",
        "class/x/loop",
        "class/x/ping/name",
        "class/x/gone",
        "class/x/gone/name",
        "class/x/b/name/more",
        "class/x/b/../b/name",
        "../outside",
        "../../../../etc/hostname",
        "/devices/a/b/name",
        "class//x/./b/name",
        "nothing",
        "class/x/b/..",
        "a\0b",
    ] {
        let errno = |error: io::Error| error.raw_os_error();
        let [one, two] = [&kernel, &by_name].map(|files| {
            let read = files.read(path).map_err(errno);
            let list = files.list(path).map_err(errno);
            (read, list, files.link(path).map_err(errno), files.mode(path).map_err(errno))
        });
        assert_eq!(one, two, "{path:?}");
        assert_ne!(one.0.as_deref(), Ok(&b"outside"[..]), "{path:?}");
        let [dir, name] = path.rsplit_once('/').map_or(["", path], |(dir, name)| [dir, name]);
        for files in [&kernel, &by_name] {
            let each = files.read_each(dir, &[name]).remove(0).map_err(errno);
            assert_eq!(each.ok(), one.0.clone().ok(), "{path:?}");
        }
    }
    assert_eq!(kernel.read("class/x/up").unwrap(), b"inside");
    assert_eq!(kernel.read("class/x/loop").unwrap_err().raw_os_error(), Some(40));
}

#[test]
fn files_below_a_directory_are_read_from_it() {
    let dir = tree();
    for resolver in [Resolver::Kernel, Resolver::ByName] {
        let files = RootFiles::with_resolver(dir.path(), resolver).unwrap();
        let paths = ["a/b/name", "a/b/self/name", "a/../../../outside", "a/b", "a/z/name"];
        let read = files.read_each("devices", &paths);
        let read: Vec<_> = read.into_iter().map(Result::ok).collect();
        let inside = Some(b"inside".to_vec());
        assert_eq!(read, [inside.clone(), inside, None, None, None], "{resolver:?}");
    }
}

#[test]
fn a_copy_takes_no_writes_unless_it_is_watched() {
    let dir = tree();
    let files = RootFiles::open(dir.path()).unwrap();
    let refused = files.write("class/x/b/name", b"changed").unwrap_err();
    assert_eq!(refused.raw_os_error(), Some(Errno::ROFS.raw_os_error()));
    assert_eq!(files.read("class/x/b/name").unwrap(), b"inside");
    for resolver in [Resolver::Kernel, Resolver::ByName] {
        let files = RootFiles::with_resolver(dir.path(), resolver).unwrap().taking_writes();
        assert_eq!(files.write("class/x/link", b"longer than before").unwrap(), 18);
        assert_eq!(files.write("devices/a/b/name", b"short").unwrap(), 5);
        assert_eq!(files.read("devices/a/b/name").unwrap(), b"short", "O_TRUNC");
        for path in ["class", "class/x/out", "class/x/loop", "nothing", "class/x/b"] {
            assert!(files.write(path, b"x").is_err(), "{path}");
        }
    }
    assert_eq!(fs::read(dir.path().join("outside")).unwrap(), b"outside");
}

#[test]
fn names_that_are_not_utf8_are_counted() {
    use std::os::unix::ffi::OsStrExt;
    let dir = tree();
    let name = std::ffi::OsStr::from_bytes(b"\xff\xfe");
    fs::write(dir.path().join("sys/class").join(name), "").unwrap();
    let files = RootFiles::open(dir.path()).unwrap();
    assert_eq!((files.list("class").unwrap().len(), files.passed_over()), (1, 1));
}
