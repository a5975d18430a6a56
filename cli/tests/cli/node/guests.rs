//! Guests from the command line: resolved, released, and libvirt's hook as a process.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::Path;

use crate::{example, fed, fresh, npivot, printed, refused};

const SIM: &str = "sim:examples/two-fabrics.toml#alpha";
const GUEST: &str = "examples/xml/guest-web1.xml";

fn on<'w>(state: &'w str, words: &[&'w str]) -> Vec<&'w str> {
    [&["--state", state, "-c", SIM], words].concat()
}

/// A kept host on which the guest's pool is up.
fn ready(name: &str) -> String {
    let state = fresh(name);
    printed(0, &on(&state, &["pool", "define", "examples/xml/web1.xml"]));
    printed(0, &on(&state, &["pool", "start", "web1"]));
    state
}

/// Calls the hook as libvirt does: what it says on both channels, and its exit code.
fn hook(state: &str, links: &str, guest: &str, operation: [&str; 2]) -> (String, String, i32) {
    let name = guest.split("<name>").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
    let words = ["hook", "qemu", "--links", links, name, operation[0], operation[1], "-"];
    let output = fed(guest, &on(state, &words));
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

#[test]
fn a_refused_guest_is_refused_whole_and_nothing_is_written() {
    let state = fresh("refused");
    let output = fresh("refused.xml");
    let check = printed(1, &on(&state, &["guest", "resolve", GUEST, "--check"]));
    assert!(check.contains("npivot has no pool web1 on host alpha"), "{check}");
    assert!(check.contains("host alpha has no adapter 5001a4a000000001"), "{check}");
    assert!(check.ends_with("the guest is refused\n"), "{check}");
    let words = ["guest", "resolve", GUEST, "--check", "--format", "json"];
    let json: serde_json::Value = serde_json::from_str(&printed(1, &on(&state, &words))).unwrap();
    assert_eq!((&json["refused"], &json["findings"][0]["line"]), (&true.into(), &12.into()));
    let said = refused(1, &on(&state, &["guest", "resolve", GUEST, "-o", &output]));
    assert!(said.contains("guest web1 is refused whole: 2 errors"), "{said}");
    assert!(!Path::new(&output).exists());
    let said = refused(2, &on(&state, &["guest", "resolve", "examples/xml/web1.xml"]));
    assert!(said.contains("examples/xml/web1.xml:1:"), "{said}");
}

#[test]
fn a_definition_takes_the_place_of_a_files_text_and_of_nothing_else() {
    let state = ready("places");
    let (file, link) = (fresh("private.xml"), fresh("link.xml"));
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    symlink(&file, &link).unwrap();
    // Whoever may not give files away has none of another's to overwrite.
    let given = chown(&file, Some(65_534), Some(65_534)).is_ok();
    let to = |output: &str| npivot(&on(&state, &["guest", "resolve", GUEST, "-o", output]));
    assert_eq!(to(&link).status.code(), Some(0));
    assert_eq!(fs::read_link(&link).unwrap(), Path::new(&file));
    let there = fs::metadata(&file).unwrap();
    assert_eq!(there.permissions().mode() & 0o777, 0o600);
    assert!(!given || (there.uid(), there.gid()) == (65_534, 65_534), "{there:?}");
    assert!(fs::read_to_string(&file).unwrap().contains("/dev/npivot/pool/web1"));
    assert_eq!(to("/dev/null").status.code(), Some(0));
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
    assert_eq!(to("/").status.code(), Some(2));
    fs::remove_file(&file).unwrap();
    assert_eq!(to(&link).status.code(), Some(2), "a link to nothing");
    assert!(Path::new(&link).is_symlink() && !Path::new(&file).exists());
}

#[test]
fn a_definition_is_written_whole_and_the_rest_of_it_stays() {
    let state = ready("resolved");
    let output = fresh("resolved.xml");
    fs::write(&output, "old").unwrap();
    let done = npivot(&on(&state, &["guest", "resolve", GUEST, "-o", &output]));
    assert_eq!((done.status.code(), &*done.stdout), (Some(0), &b""[..]));
    let written = fs::read_to_string(&output).unwrap();
    let printed = npivot(&on(&state, &["guest", "resolve", GUEST]));
    assert_eq!(String::from_utf8(printed.stdout).unwrap(), written);
    let from_stdin = fed(&example("xml/guest-web1.xml"), &on(&state, &["guest", "resolve", "-"]));
    assert_eq!(String::from_utf8(from_stdin.stdout).unwrap(), written);
    let differ = |(one, other): &(&str, &str)| one != other;
    let old = example("xml/guest-web1.xml");
    assert_eq!(old.lines().zip(written.lines()).filter(differ).count(), 4, "{written}");
    let said = refused(2, &on(&state, &["guest", "resolve", GUEST, "-o", "/proc/none/x"]));
    assert!(said.contains("/proc/none/x: cannot be written"), "{said}");
}

#[test]
fn a_guest_is_claimed_by_its_hook_and_given_up_by_hand() {
    let (state, links) = (ready("claimed"), fresh("claimed-links"));
    let resolved = npivot(&on(&state, &["guest", "resolve", GUEST, "--record"])).stdout;
    let guest = String::from_utf8(resolved).unwrap();
    for operation in
        [["prepare", "begin"], ["start", "begin"], ["started", "begin"], ["stopped", "end"]]
    {
        assert_eq!(hook(&state, &links, &guest, operation), (String::new(), String::new(), 0));
    }
    let list = printed(0, &on(&state, &["guest", "list", "--format", "json"]));
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert_eq!(list[0]["guest"], "web1");
    // Nobody else is given its LUNs, on this host or on one that shares the definitions.
    let other = guest.replace(">web1<", ">web2<").replace("0b11", "0b12");
    let (stdout, stderr, code) = hook(&state, &links, &other, ["prepare", "begin"]);
    assert_eq!((stdout.as_str(), code), ("", 1));
    assert!(stderr.contains("is in use by guest web1 on alpha"), "{stderr}");
    let release = |name| printed(0, &on(&state, &["guest", "release", name, "--links", &links]));
    assert_eq!(release("web2"), "guest web2 has nothing on alpha\n");
    let said = release("9d6f7f0e-3c1b-4e8e-a0a5-2f6d4a1c0b11");
    assert_eq!((said.matches("is given up").count(), said.matches("is removed").count()), (2, 2));
    assert_eq!(hook(&state, &links, &other, ["prepare", "begin"]).2, 0);
    assert!(release("web2").contains("is given up"));
    assert_eq!(printed(0, &on(&state, &["guest", "list"])), "no guest uses a LUN\n");
    // A boot of the host ends them.
    assert_eq!(hook(&state, &links, &other, ["prepare", "begin"]).2, 0);
    assert_eq!(hook(&state, &links, &guest, ["prepare", "begin"]).2, 1);
    printed(0, &on(&state, &["lab", "reboot"]));
    assert_eq!(printed(0, &on(&state, &["guest", "list"])), "no guest uses a LUN\n");
}

#[test]
fn what_a_guest_uses_is_not_taken_from_under_it() {
    let (state, links) = (ready("used"), fresh("used-links"));
    let resolved = npivot(&on(&state, &["guest", "resolve", GUEST])).stdout;
    let guest = String::from_utf8(resolved).unwrap();
    assert_eq!(hook(&state, &links, &guest, ["prepare", "begin"]).2, 0);
    let said = refused(2, &on(&state, &["pool", "stop", "web1"]));
    assert!(said.contains("pool web1: guest web1 uses naa.60060160c1e0aa00"), "{said}");
    assert!(said.contains("`npivot guest release web1`"), "{said}");
    assert_eq!(printed(0, &on(&state, &["vhba", "list"])).matches("Active").count(), 2);
    printed(0, &on(&state, &["pool", "stop", "web1", "--force"]));
    assert_eq!(printed(0, &on(&state, &["vport", "list"])), "no vports\n");
    // A vHBA that no pool is up on, with the guest's LUNs behind it.
    let words = ["5001a4a000000001", "--wwnn", "5001a4a000000101"];
    let define = ["vhba", "define", "--name", "web1-a", "--parent", "host0", "--wwpn"];
    printed(0, &on(&state, &[&define[..], &words].concat()));
    printed(0, &on(&state, &["vhba", "start", "web1-a"]));
    let said = refused(2, &on(&state, &["vhba", "stop", "web1-a"]));
    assert!(said.contains("vHBA web1-a: guest web1 uses"), "{said}");
    printed(0, &on(&state, &["guest", "release", "web1", "--links", &links]));
    assert_eq!(printed(0, &on(&state, &["vhba", "stop", "web1-a"])), "vHBA web1-a is down\n");
}

#[test]
fn the_links_of_a_simulated_host_are_not_this_machines() {
    let (state, store) = (ready("own-links"), fresh("own-links.redb"));
    let id = "naa.60060160c1e0aa005000000000000001";
    let disk = format!(
        "<domain><name>web1</name><devices><disk type='block' device='disk'><source \
         dev='/dev/npivot/pool/web1/{id}'/><target dev='vda'/></disk></devices></domain>"
    );
    let words = ["hook", "qemu", "web1", "prepare", "begin", "-"];
    let answer = fed(&disk, &on(&state, &words));
    assert_eq!((answer.status.code(), &*answer.stderr), (Some(0), &b""[..]));
    let link = Path::new(&state).join("store.links/pool/web1").join(id);
    assert!(fs::read_link(&link).unwrap().starts_with("/dev"));
    let release = printed(0, &on(&state, &["guest", "release", "web1"]));
    assert!(release.contains("is removed") && fs::read_link(&link).is_err(), "{release}");
    // One that is not kept has no place for them.
    let answer = fed(&disk, &[&["-c", SIM, "--store", &store], &words[..]].concat());
    assert_eq!(answer.status.code(), Some(1));
    let said = String::from_utf8(answer.stderr).unwrap();
    assert!(said.contains("alpha is not this machine") && said.contains("--links"), "{said}");
}

#[test]
fn a_guest_that_arrives_is_told_by_its_identities() {
    let (state, links) = (ready("arrives"), fresh("arrives-links"));
    let recorded = npivot(&on(&state, &["guest", "resolve", GUEST, "--record"])).stdout;
    let recorded = String::from_utf8(recorded).unwrap();
    // By its links it is the same here.
    assert_eq!(
        hook(&state, &links, &recorded, ["migrate", "begin"]),
        (String::new(), String::new(), 0)
    );
    let released = printed(0, &on(&state, &["guest", "release", "web1", "--links", &links]));
    assert_eq!(released, "guest web1 is not expected on alpha any more\n");
    // libvirt's own names are turned into links, the record says which.
    let libvirts = recorded
        .replace("type='block'", "type='volume'")
        .replace(
            "dev='/dev/npivot/pool/web1/naa.60060160c1e0aa005000000000000001'",
            "pool='web1' volume='unit:0:0:0'",
        )
        .replace(
            "dev='/dev/npivot/vhba/5001a4a000000001/naa.60060160c1e0aa005000000000000002'",
            "pool='web1' volume='unit:0:0:1'",
        );
    let (stdout, stderr, code) = hook(&state, &links, &libvirts, ["migrate", "begin"]);
    assert_eq!((stderr.as_str(), code), ("", 0));
    assert_eq!(stdout.matches("<source dev='/dev/npivot/pool/web1/naa.").count(), 2, "{stdout}");
    let without = libvirts.replace("npivot:lun", "npivot:other");
    let (stdout, stderr, code) = hook(&state, &links, &without, ["migrate", "begin"]);
    assert_eq!((stdout.as_str(), code), ("", 1));
    assert!(stderr.contains("what was there when the guest left is not recorded"), "{stderr}");
}

#[test]
fn what_is_no_call_of_libvirts_is_told() {
    let state = fresh("no-call");
    for words in [&["hook", "qemu"][..], &["hook", "qemu", "web1", "prepare"]] {
        let output = fed("", &on(&state, words));
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8(output.stderr).unwrap().contains("usage: GUEST OPERATION"));
    }
    // A name that looks like an option is a name.
    let xml = "<domain><name>--links</name><devices/></domain>";
    let output = fed(xml, &on(&state, &["hook", "qemu", "--", "--links", "prepare", "begin", "-"]));
    assert_eq!((output.status.code(), &*output.stderr), (Some(0), &b""[..]));
    for text in ["", "<domain>", "\u{feff}nothing"] {
        let output = fed(text, &on(&state, &["hook", "qemu", "web1", "prepare", "begin", "-"]));
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(output.stdout.is_empty());
    }
    assert!(!Path::new(&state).exists(), "none of it needed the host");
}

/// What npivot cannot see is not said to be there.
#[test]
fn a_device_behind_no_adapter_is_told_and_not_counted_as_there() {
    let state = ready("unchecked");
    let hostdev = "<hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host99'/>\
                   <address bus='0' target='0' unit='0'/></source></hostdev>";
    let guest =
        example("xml/guest-web1.xml").replace("</devices>", &format!("{hostdev}</devices>"));
    let file = crate::file("unchecked.xml", &guest);
    let check = printed(0, &on(&state, &["guest", "resolve", &file, "--check"]));
    assert!(check.contains("scsi_host99 is no Fibre Channel adapter of this host"), "{check}");
    assert!(check.ends_with("all that was checked is there; 1 of 3 were not checked\n"), "{check}");
    let words = ["guest", "resolve", &file, "--check", "--format", "json"];
    let json: serde_json::Value = serde_json::from_str(&printed(0, &on(&state, &words))).unwrap();
    assert_eq!((&json["refused"], &json["unchecked"]), (&false.into(), &1.into()));
}
