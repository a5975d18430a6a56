//! The hook's protocol, call by call.

use npivot::guest::hook::{HookAnswer, HookPorts, qemu};
use npivot::guest::ports::{Claims, GuestId, Links};
use npivot::guest::{DeviceLink, Through};
use npivot::libvirt::Domain;
use npivot_fabric::world::Command;
use npivot_hal::{Error, ErrorKind, LunId, Outcome};

use crate::bed::{Bed, UUID, disk, guest, hostdev, parse, volume};

fn link(id: &LunId) -> DeviceLink {
    DeviceLink { through: Through::Pool("web1-a".parse().unwrap()), id: id.clone() }
}

/// A guest as libvirt has it: on npivot's links.
fn linked(bed: &Bed) -> String {
    let disk = |id: &LunId, dev: &str| disk("block", &format!("dev='{}'", link(id)), dev);
    guest(&[&disk(&bed.root, "vda"), &disk(&bed.data, "vdb")])
}

fn silent(answer: &HookAnswer) {
    assert_eq!(*answer, HookAnswer::default());
}

async fn call(bed: &Bed, args: &[&str], stdin: &[u8]) -> HookAnswer {
    let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    qemu(&args, stdin, &HookPorts { resolve: bed.ports(), links: &bed.links }).await
}

#[tokio::test(start_paused = true)]
async fn a_life_from_prepare_to_release() {
    let bed = Bed::new().await;
    let xml = linked(&bed);
    assert!(bed.links.all().is_empty());
    silent(&bed.hook("prepare begin", &xml).await);
    for id in [&bed.root, &bed.data] {
        assert_eq!(bed.links.nodes(&link(id)).unwrap().len(), 2, "both paths of {id}");
        assert_eq!(bed.claims.users(id).await.unwrap().len(), 1);
    }
    let id = GuestId { name: "web1".into(), uuid: Some(UUID.parse().unwrap()) };
    let written = parse(&xml).devices()[1].as_written();
    silent(&bed.hook("start begin", &xml).await);
    assert_eq!(bed.claims.recorded(&id, &written).await.unwrap(), None, "it does not run yet");
    silent(&bed.hook("started begin", &xml).await);
    assert_eq!(bed.claims.recorded(&id, &written).await.unwrap().as_ref(), Some(&bed.data));
    silent(&bed.hook("reconnect begin", &xml).await);
    silent(&bed.hook("stopped end", &xml).await);
    assert_eq!(bed.links.all().len(), 2, "libvirt still has the devices");
    silent(&bed.hook("release end", &xml).await);
    assert!(bed.links.all().is_empty());
    assert!(bed.claims.users(&bed.data).await.unwrap().is_empty());
    silent(&bed.hook("release end", &xml).await);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_killed_can_be_made_again() {
    let bed = Bed::new().await;
    let xml = linked(&bed);
    for _ in 0..3 {
        silent(&bed.hook("prepare begin", &xml).await);
    }
    assert_eq!(bed.claims.users(&bed.data).await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn operations_that_are_not_known_are_passed_unread() {
    let bed = Bed::new().await;
    let none: [&str; 0] = [];
    for args in [
        ["web1", "snapshot", "begin", "-"],
        ["web1", "prepare", "end", "-"],
        ["web1", "release", "begin", "-"],
        ["web1", "PREPARE", "begin", "-"],
        ["web1", "", "", ""],
    ] {
        silent(&call(&bed, &args, b"\xff<not even XML").await);
    }
    for args in [&none[..], &["web1"][..], &["web1", "prepare"][..]] {
        let answer = call(&bed, args, b"").await;
        assert_eq!(answer.status, 1);
        assert!(answer.stderr.starts_with("npivot: usage: GUEST OPERATION"), "{answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_definition_refuses_only_what_has_not_happened_yet() {
    let bed = Bed::new().await;
    let good = linked(&bed);
    let of_another = good.replace("<name>web1<", "<name>db1<");
    let cut = good.as_bytes()[..good.len() / 2].to_vec();
    let mut latin = good.clone().into_bytes();
    latin[20] = 0xe4;
    let wrong: [Vec<u8>; 5] =
        [vec![], cut, latin, of_another.into_bytes(), b"<!DOCTYPE x><domain/>".to_vec()];
    for stdin in &wrong {
        for (operation, sub, status) in [
            ("prepare", "begin", 1),
            ("start", "begin", 1),
            ("migrate", "begin", 1),
            ("restore", "begin", 1),
            ("started", "begin", 0),
            ("reconnect", "begin", 0),
            ("attach", "begin", 0),
        ] {
            let answer = call(&bed, &["web1", operation, sub, "-"], stdin).await;
            assert_eq!(answer.status, status, "{operation}: {answer:?}");
            assert!(answer.stdout.is_empty());
            assert!(answer.stderr.starts_with("npivot: guest web1: "), "{answer:?}");
        }
        silent(&call(&bed, &["web1", "stopped", "end", "-"], stdin).await);
        silent(&call(&bed, &["web1", "release", "end", "-"], stdin).await);
    }
    let answer = call(&bed, &["we\x1b[2Jb\n1", "prepare", "begin", "-"], good.as_bytes()).await;
    insta::assert_snapshot!(answer.stderr, @r"npivot: guest we\u{1b}[2Jb\n1: the definition on standard input is of guest web1");
}

#[tokio::test(start_paused = true)]
async fn a_guest_is_refused_whole() {
    let bed = Bed::new().await;
    let missing = link(&"naa.600140500000000f0000000000000009".parse().unwrap());
    let more = disk("block", &format!("dev='{missing}'"), "vdc");
    let xml = linked(&bed).replace("  </devices>", &format!("    {more}\n  </devices>"));
    let answer = bed.hook("prepare begin", &xml).await;
    assert_eq!((answer.status, answer.stdout.len()), (1, 0));
    insta::assert_snapshot!(answer.stderr);
    assert!(bed.links.all().is_empty() && bed.claims.users(&bed.root).await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_guest_without_our_storage_passes_on_any_host() {
    let bed = Bed::new().await;
    let xml = guest(&[
        &disk("file", "file='/var/lib/x.qcow2'", "vda"),
        &volume("default", "x.qcow2", "vdb"),
        "<hostdev mode='subsystem' type='pci'/>",
    ]);
    for operation in [
        "prepare begin",
        "start begin",
        "started begin",
        "migrate begin",
        "restore begin",
        "reconnect begin",
        "attach begin",
        "stopped end",
        "release end",
    ] {
        silent(&bed.hook(operation, &xml).await);
    }
}

#[tokio::test(start_paused = true)]
async fn arrival_replaces_the_definition_and_only_when_it_must() {
    let alpha = Bed::new().await;
    let beta = Bed::beta_of(&alpha).await;
    let by_link = linked(&alpha);
    let by_identity = guest(&[
        &volume("web1-a", &alpha.root.to_string(), "vda"),
        &volume("web1-a", &alpha.data.to_string(), "vdb"),
    ]);
    for operation in ["migrate begin", "restore begin"] {
        silent(&beta.hook(operation, &by_link).await);
        let answer = beta.hook(operation, &by_identity).await;
        assert_eq!((answer.status, answer.stderr.as_str()), (0, ""));
        assert_eq!(String::from_utf8(answer.stdout).unwrap(), by_link, "the same guest by links");
    }
    assert!(beta.links.all().is_empty(), "nothing is linked before prepare");
    assert!(alpha.claims.users(&alpha.data).await.unwrap().is_empty(), "nor claimed");
}

#[tokio::test(start_paused = true)]
async fn a_passed_through_device_gets_the_address_that_its_lun_has_on_the_destination() {
    let alpha = Bed::new().await;
    let xml = guest(&[&hostdev(alpha.vhbas[0], 1, 1)]);
    let domain = parse(&xml);
    let records = [(domain.devices()[0].key.clone(), alpha.data.clone())].into();
    let xml = domain.edit().records(&records).finish();
    let beta = Bed::beta_of(&alpha).await;
    let answer = beta.hook("migrate begin", &xml).await;
    let there = String::from_utf8(answer.stdout).unwrap();
    let there = Domain::parse("there.xml", &there).unwrap();
    let key = format!("scsi_host{}:0:1:0", beta.vhbas[0].0);
    let moved = format!("scsi_host{}:0:0:0", beta.vhbas[0].0);
    let found = &there.devices()[0].key;
    assert!(*found == key || *found == moved, "LUN 0 is web1-data there: {found}");
    assert_eq!(there.recorded(found), Some(&alpha.data), "and the record has gone along");
    silent(&beta.hook("prepare begin", there.xml()).await);
}

#[tokio::test(start_paused = true)]
async fn paths_that_change_while_libvirt_prepares_are_noticed() {
    let bed = Bed::new().await;
    let xml = linked(&bed);
    silent(&bed.hook("prepare begin", &xml).await);
    let port = bed.san.with(|world| world.san().switches[0].port(8).unwrap());
    bed.san.apply(Command::Light { port, on: false }).unwrap();
    bed.san.run_for(std::time::Duration::from_millis(50)).await;
    let answer = bed.hook("start begin", &xml).await;
    assert_eq!(answer.status, 1);
    assert!(answer.stderr.contains("its paths have changed while it was being prepared"));
}

#[tokio::test(start_paused = true)]
async fn a_running_guest_is_never_refused() {
    let bed = Bed::new().await;
    let xml = linked(&bed);
    silent(
        &bed.hook(
            "prepare begin",
            &xml.replace("web1<", "db1<").replace(UUID, "11111111-2222-4333-8444-555555555555"),
        )
        .await,
    );
    bed.unmap("web1", "web1-root");
    for operation in ["reconnect begin", "attach begin", "started begin"] {
        let answer = bed.hook(operation, &xml).await;
        assert_eq!((answer.status, answer.stdout.len()), (0, 0), "{operation}");
        assert!(answer.stderr.contains("in use by guest db1 on alpha"), "{}", answer.stderr);
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_that_another_guest_has_too_stays() {
    let bed = Bed::new().await;
    let shared = |name: &str, uuid: &str| {
        let device = disk("block", &format!("dev='{}'", link(&bed.data)), "vda");
        let device = device.replace("<target", "<shareable/><target");
        crate::bed::named(name, uuid, &[&device])
    };
    let (one, other) =
        (shared("web1", UUID), shared("db1", "11111111-2222-4333-8444-555555555555"));
    for xml in [&one, &other] {
        silent(&bed.hook("prepare begin", xml).await);
    }
    silent(&bed.hook("release end", &one).await);
    assert_eq!(bed.links.all(), [link(&bed.data)]);
    silent(&bed.hook("release end", &other).await);
    assert!(bed.links.all().is_empty());
}

/// Links that can be made up to a number.
#[derive(Debug)]
struct Full<'a>(&'a dyn Links, usize, std::sync::atomic::AtomicUsize);

#[async_trait::async_trait]
impl Links for Full<'_> {
    async fn point(&self, link: &DeviceLink, nodes: &[String]) -> npivot_hal::Result<Outcome> {
        if self.2.fetch_add(1, std::sync::atomic::Ordering::SeqCst) < self.1 {
            return self.0.point(link, nodes).await;
        }
        let reason = "no space left on device";
        Err(Error::new(ErrorKind::LimitReached, "make link", link.to_string(), reason))
    }
    async fn remove(&self, link: &DeviceLink) -> npivot_hal::Result<Outcome> {
        self.0.remove(link).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_that_cannot_be_made_refuses_the_guest_and_frees_its_luns() {
    let bed = Bed::new().await;
    let xml = linked(&bed);
    let args = ["web1", "prepare", "begin", "-"].map(String::from);
    for made in [0, 1] {
        let links = Full(&bed.links, made, std::sync::atomic::AtomicUsize::new(0));
        let ports = HookPorts { resolve: bed.ports(), links: &links };
        let answer = qemu(&args, xml.as_bytes(), &ports).await;
        assert_eq!(answer.status, 1);
        assert!(answer.stderr.contains("no space left on device"), "{}", answer.stderr);
        assert!(bed.claims.users(&bed.root).await.unwrap().is_empty(), "{made}");
    }
}
