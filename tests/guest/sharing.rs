//! One LUN under two names, in two guests, on two hosts: told apart by its identity alone.

use npivot::guest::Purpose;
use npivot::guest::ports::{Claims, GuestId, MemoryClaims};
use npivot::libvirt::Access;
use npivot_hal::{LunId, Outcome};

use crate::bed::{Bed, UUID, disk, guest, hostdev, lines, named, parse, volume};

const OTHER: &str = "11111111-2222-4333-8444-555555555555";

/// All names of web1-data on this host.
fn names(bed: &Bed) -> Vec<String> {
    vec![
        volume("web1-a", "unit:0:0:1", "vda"),
        volume("web1-b", "unit:0:1:1", "vda"),
        volume("both", &bed.data.to_string(), "vda"),
        disk("fc", "wwnn='5001a4a000000101' wwpn='5001a4a000000001' lun='1'", "vda"),
        disk("block", &format!("dev='/dev/npivot/pool/web1-b/{}'", bed.data), "vda"),
        disk(
            "block",
            &format!("dev='/dev/disk/by-id/wwn-0x{}'", &bed.data.to_string()[4..]),
            "vda",
        ),
        hostdev(bed.vhbas[0], 0, 1),
    ]
}

fn shareable(device: &str, how: &str) -> String {
    device.replacen("<source", &format!("<{how}/><source"), 1)
}

#[tokio::test(start_paused = true)]
async fn a_lun_that_a_guest_has_is_refused_to_another_under_every_name() {
    let bed = Bed::new().await;
    assert_eq!(bed.hook("prepare begin", &guest(&[&names(&bed)[0]])).await.status, 0);
    for name in names(&bed) {
        let other = bed.hook("prepare begin", &named("db1", OTHER, &[&name])).await;
        assert_eq!(other.status, 1, "{name}");
        let expected = format!("{} is in use by guest web1 on alpha", bed.data);
        assert!(other.stderr.contains(&expected), "{}", other.stderr);
        assert_eq!(bed.hook("prepare begin", &guest(&[&name])).await.status, 0, "its own: {name}");
    }
    assert_eq!(bed.claims.users(&bed.data).await.unwrap().len(), 1, "claimed once");
    assert_eq!(bed.hook("release end", &guest(&[])).await.status, 0);
    for name in names(&bed) {
        assert_eq!(bed.hook("prepare begin", &named("db1", OTHER, &[&name])).await.status, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_lun_twice_in_a_guest_is_refused_unless_both_share() {
    let bed = Bed::new().await;
    let all = names(&bed);
    let second = |name: &str| name.replace("'vda'", "'vdb'");
    for name in &all[1..] {
        let findings = bed.findings(&guest(&[&all[0], &second(name)])).await;
        assert!(findings.contains("is vda of this guest too"), "{name}: {findings}");
        let shared = [shareable(&all[0], "shareable"), shareable(&second(name), "readonly")];
        let findings = bed.findings(&guest(&[&shared[0], &shared[1]])).await;
        assert!(!findings.contains("error"), "{name}: {findings}");
    }
}

#[tokio::test(start_paused = true)]
async fn guests_share_only_what_both_say_they_share() {
    for (one, other, status) in [
        ("shareable", "shareable", 0),
        ("readonly", "shareable", 0),
        ("readonly", "readonly", 0),
        ("shareable", "driver", 1),
        ("driver", "readonly", 1),
    ] {
        let bed = Bed::new().await;
        let device = &names(&bed)[0];
        let first = guest(&[&shareable(device, one)]);
        assert_eq!(bed.hook("prepare begin", &first).await.status, 0);
        let second = named("db1", OTHER, &[&shareable(device, other)]);
        assert_eq!(bed.hook("prepare begin", &second).await.status, status, "{one}, {other}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_guest_runs_on_one_host_unless_it_is_on_its_way() {
    let alpha = Bed::new().await;
    let xml = guest(&[&volume("web1-a", &alpha.data.to_string(), "vda")]);
    assert_eq!(alpha.hook("prepare begin", &xml).await.status, 0);
    let beta = Bed::beta_of(&alpha).await;
    let refused = beta.hook("prepare begin", &xml).await;
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("this guest uses"), "{}", refused.stderr);

    let arriving = beta.hook("migrate begin", &xml).await;
    assert_eq!((arriving.status, arriving.stderr.as_str()), (0, ""));
    let there = String::from_utf8(arriving.stdout).unwrap();
    for operation in ["prepare begin", "start begin", "started begin"] {
        let answer = beta.hook(operation, &there).await;
        assert_eq!((answer.status, answer.stderr.as_str()), (0, ""), "{operation}");
    }
    assert_eq!(alpha.claims.users(&alpha.data).await.unwrap().len(), 2, "while it moves");
    assert_eq!(alpha.hook("release end", &xml).await.status, 0);
    let users = alpha.claims.users(&alpha.data).await.unwrap();
    assert!(users.len() == 1 && users[0].host == "beta");
    assert_eq!(alpha.hook("prepare begin", &xml).await.status, 1, "it is on beta now");
}

#[tokio::test]
async fn claims_are_made_all_or_none_also_without_a_check_before() {
    let claims = MemoryClaims::default();
    let guest = |name: &str| GuestId { name: name.into(), uuid: None };
    let [one, other] =
        ["naa.5000c500a1b2c3d4", "naa.5000c500a1b2c3d5"].map(|id| id.parse().unwrap());
    let wanted = |ids: &[&LunId], access| ids.iter().map(|id| ((*id).clone(), access)).collect();
    let (exclusive, shared) = (Access::Exclusive, Access::Shared);
    let first = claims.claim(&guest("a"), "alpha", &wanted(&[&one], shared)).await;
    assert_eq!(first.unwrap(), Outcome::Changed);
    let again = claims.claim(&guest("a"), "alpha", &wanted(&[&one], shared)).await;
    assert_eq!(again.unwrap(), Outcome::Unchanged);

    let both = claims.claim(&guest("b"), "alpha", &wanted(&[&other, &one], exclusive)).await;
    let error = both.unwrap_err().to_string();
    assert_eq!(error, "in use: naa.5000c500a1b2c3d4 by a on alpha");
    assert!(claims.users(&other).await.unwrap().is_empty(), "none of them");
    let _ = claims.claim(&guest("b"), "alpha", &wanted(&[&one], shared)).await.unwrap();
    let alone = claims.claim(&guest("a"), "alpha", &wanted(&[&one], exclusive)).await;
    assert!(alone.is_err(), "what is shared cannot be made one's own");
    assert!(claims.claim(&guest("a"), "beta", &wanted(&[&other], shared)).await.is_ok());
    let twice = claims.claim(&guest("b"), "beta", &wanted(&[&one], shared)).await;
    assert!(twice.is_err(), "it runs on alpha");
    assert_eq!(claims.release(&guest("b"), "beta").await.unwrap(), Outcome::Unchanged);
    assert_eq!(claims.release(&guest("b"), "alpha").await.unwrap(), Outcome::Changed);
}

#[tokio::test(start_paused = true)]
async fn a_guest_is_known_by_its_uuid_and_without_one_by_its_name() {
    let bed = Bed::new().await;
    let device = names(&bed).remove(0);
    assert_eq!(bed.hook("prepare begin", &guest(&[&device])).await.status, 0);
    let renamed = bed.resolve(&parse(&named("web2", UUID, &[&device])), Purpose::Start).await;
    assert!(renamed.devices().is_ok(), "{}", lines(&renamed));
    let namesake = named("web1", OTHER, &[&device]);
    assert!(bed.resolve(&parse(&namesake), Purpose::Start).await.devices().is_err());
    let id = |uuid: Option<&str>| {
        let uuid = uuid.map(|uuid| uuid.parse().unwrap());
        GuestId { name: "web1".into(), uuid }
    };
    assert!(id(None).is(&id(Some(UUID))) && !id(Some(OTHER)).is(&id(Some(UUID))));
}
