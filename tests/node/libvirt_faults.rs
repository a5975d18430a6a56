//! libvirt's faults with vHBAs, as far as they touch definitions and pools: none of them is ours.

use std::sync::Arc;
use std::time::Duration;

use npivot::libvirt::{ParentChoice, PoolDefinition};
use npivot::node::Node;
use npivot::pool::{VolumeEvent, Watch};
use npivot_fabric::san::ids::ArrayIx;
use npivot_fabric::world::{Command, MaskingCommand, random_stream};
use npivot_hal::layer::{FaultyHost, Script, Verdict, When};
use npivot_hal::{ErrorKind, Host, HostNo};
use tokio::time::Instant;

use crate::{Bed, TOPOLOGY, WEB1_A, cut, web1_a};

/// 1: it compares the lengths of two texts, so that 127 of 127 counts as free.
#[tokio::test(start_paused = true)]
async fn fault_1_a_saturated_hba_is_not_chosen() {
    let hba = r#"{ wwpn = "21:00:00:1b:32:a9:da:01", port = "a1/0" }"#;
    let full = TOPOLOGY.replace(hba, &hba.replace(" }", ", vports = 1 }"));
    assert_ne!(full, TOPOLOGY, "the example has changed");
    let bed = Bed::on(&full);
    let mut wanted = web1_a();
    wanted.parent = ParentChoice::ByName("scsi_host0".into());
    let _ = bed.node.define_vhba(&wanted).await.unwrap();
    assert_eq!(bed.node.start_vhba("web1-a").await.unwrap().parent, HostNo(0));
    wanted.name = "other".parse().unwrap();
    wanted.names.wwpn = "5001a4a0000000f1".parse().unwrap();
    wanted.names.wwnn = "5001a4a0000001f1".parse().unwrap();
    let _ = bed.node.define_vhba(&wanted).await.unwrap();
    let refused = bed.node.start_vhba("other").await.unwrap_err().to_string();
    assert!(refused.contains("all its 1 vports are in use"), "{refused}");
    wanted.parent = ParentChoice::Automatic;
    let _ = bed.node.define_vhba(&wanted).await.unwrap();
    assert_eq!(bed.node.start_vhba("other").await.unwrap().parent, HostNo(1));
}

/// 2: a vHBA that exists is not adopted, although the documentation promises it.
#[tokio::test(start_paused = true)]
async fn fault_2_a_vhba_that_exists_is_adopted() {
    let bed = Bed::new();
    let names = web1_a().names;
    let _ = bed.alpha.npiv().unwrap().create_vport(HostNo(0), names).await.unwrap();
    let name = bed.define(WEB1_A).await;
    let up = bed.node.start_pool(&name).await.unwrap();
    assert!(up.vhbas[0].adopted && bed.vports().await.len() == 1);
}

/// 4: names compare by their text.
#[tokio::test(start_paused = true)]
async fn fault_4_names_compare_by_value() {
    let bed = Bed::new();
    let name = bed.define(WEB1_A).await;
    let odd = WEB1_A.replace("5001a4a000000001", "0x5001A4A000000001");
    assert_ne!(odd, WEB1_A, "the example has changed");
    let definition = PoolDefinition::parse("odd.xml", &odd).unwrap();
    let mut chance = random_stream(1, "uuid");
    let (_, outcome) = bed.node.define_pool(&definition, &mut chance).await.unwrap();
    assert_eq!(outcome, npivot_hal::Outcome::Unchanged);
    bed.node.start_pool(&name).await.unwrap();
    assert!(bed.node.vhba("50:01:A4:A0:00:00:00:01").await.is_ok());
}

/// 5: the same port name with another node name is no duplicate to it.
#[tokio::test(start_paused = true)]
async fn fault_5_a_port_name_is_somebodys_whatever_its_node_name() {
    let bed = Bed::new();
    bed.define(WEB1_A).await;
    let other = WEB1_A
        .replace("<name>web1-a", "<name>other")
        .replace("5001a4a000000101", "5001a4a0000001ff")
        .replace("<uuid>6", "<uuid>7");
    let definition = PoolDefinition::parse("other.xml", &other).unwrap();
    let mut chance = random_stream(1, "uuid");
    let refused = bed.node.define_pool(&definition, &mut chance).await.unwrap_err().to_string();
    assert!(refused.contains("port name 5001a4a000000001 is pool web1-a's"), "{refused}");
}

/// 6: a parent that is given by its world wide names is not checked for being able to have vports.
#[tokio::test(start_paused = true)]
async fn fault_6_a_parent_by_its_names_must_be_able_to_have_vports() {
    let hba = r#"{ wwpn = "21:00:00:1b:32:a9:da:01", port = "a1/0" }"#;
    let unable = TOPOLOGY.replace(hba, &hba.replace(" }", ", npiv = false }"));
    assert_ne!(unable, TOPOLOGY, "the example has changed");
    let bed = Bed::on(&unable);
    let parent = bed.alpha.adapters().await.unwrap()[0].names;
    let mut wanted = web1_a();
    for choice in [ParentChoice::ByWwn(parent), ParentChoice::ByName("scsi_host0".into())] {
        wanted.parent = choice;
        let _ = bed.node.define_vhba(&wanted).await.unwrap();
        let refused = bed.node.start_vhba("web1-a").await.unwrap_err().to_string();
        assert!(refused.contains("host0 (2100001b32a9da01) is not vport-capable"), "{refused}");
    }
    // The example's pool names it as parent, too.
    bed.node.undefine_vhba("web1-a").await.unwrap();
    let name = bed.define(WEB1_A).await;
    let refused = bed.node.start_pool(&name).await.unwrap_err().to_string();
    assert!(refused.contains("host0 (2100001b32a9da01) is not vport-capable"), "{refused}");
    assert_eq!(bed.vports().await, []);
    assert_eq!(bed.written().await.len(), 1, "only the definition");
}

/// 7: one LUN with an unreadable file aborts the whole refresh.
#[tokio::test(start_paused = true)]
async fn fault_7_one_unreadable_lun_costs_itself() {
    let bed = Bed::new();
    let name = bed.define(WEB1_A).await;
    bed.node.start_pool(&name).await.unwrap();
    // Each path is asked who it is; the first question fails.
    let script =
        Script::new([When::method("identify").nth(0, Verdict::FailWith(ErrorKind::Unreachable))]);
    let host = FaultyHost::new(Arc::clone(&bed.alpha) as _, Arc::new(script));
    let node = Node::new(Arc::new(host), Arc::clone(&bed.records) as _);
    let volumes = node.pool_volumes(&name, true).await.unwrap();
    assert_eq!((volumes.volumes.len(), volumes.unreadable.len()), (2, 1));
    assert_eq!(volumes.path_counts().into_values().collect::<Vec<_>>(), [1, 2]);
}

/// 8 and 13: after a start it looks at most twice; a pool that fills later stays empty, and nobody is told.
#[tokio::test(start_paused = true)]
async fn faults_8_and_13_a_lun_that_comes_late_appears_by_itself_and_is_told() {
    let bed = Bed::new();
    let name = bed.define(WEB1_A).await;
    let mask = |command| bed.san.apply(Command::Masking(ArrayIx(0), command)).unwrap();
    let (group, volume) = ("web1".to_owned(), "web1-data".to_owned());
    mask(MaskingCommand::Unmap { group: group.clone(), volume: volume.clone() });
    let up = bed.node.start_pool(&name).await.unwrap();
    assert_eq!(up.volumes.volumes.len(), 1);
    let mut watch = Watch::new(&*bed.alpha, &up.definition);
    let soon = || Instant::now() + Duration::from_secs(1);
    assert_eq!(watch.next(soon()).await.unwrap().len(), 1, "what is there");
    assert_eq!(watch.next(soon()).await.unwrap(), [], "and nothing more");

    bed.san.run_for(Duration::from_hours(1)).await;
    mask(MaskingCommand::Map { group, volume, lun: 1 });
    // The kernel does not scan by itself when an array maps something: it is told of it by the array.
    let (events, refreshed) = tokio::join!(watch.next(soon()), async {
        bed.san.run_for(Duration::from_millis(100)).await;
        bed.node.pool_volumes(&name, true).await.unwrap()
    });
    assert_eq!(refreshed.volumes.len(), 2);
    let events = events.unwrap();
    assert!(matches!(&events[..], [VolumeEvent::Added { .. }]), "{events:?}");
    cut(&bed.san, 0);
    bed.san.run_for(Duration::from_mins(2)).await;
    let gone = watch.next(soon()).await.unwrap();
    assert!(gone.iter().all(|event| matches!(event, VolumeEvent::Removed { .. })), "{gone:?}");
}

/// 11: every path to a LUN becomes a volume of its own.
#[tokio::test(start_paused = true)]
async fn fault_11_a_lun_is_one_volume_whatever_paths_it_has() {
    let bed = Bed::new();
    let name = bed.define(WEB1_A).await;
    let up = bed.node.start_pool(&name).await.unwrap();
    assert_eq!(up.volumes.path_counts().into_values().collect::<Vec<_>>(), [2, 2]);
}

/// 9: a vHBA is left behind when its creation times out.
#[tokio::test(start_paused = true)]
async fn fault_9_a_vhba_that_does_not_come_up_is_not_left() {
    let bed = Bed::on(&format!("{TOPOLOGY}\n[latency]\nlogin-us = [200_000, 200_000]\n"));
    bed.san.run_for(Duration::from_secs(1)).await;
    let _ = bed.node.define_vhba(&web1_a()).await.unwrap();
    let dark = async {
        bed.san.run_for(Duration::from_millis(50)).await;
        assert_eq!(bed.vports().await.len(), 1, "made, and not logged in yet");
        cut(&bed.san, 0);
    };
    let (up, ()) = tokio::join!(bed.node.start_vhba("web1-a"), dark);
    let error = up.unwrap_err().to_string();
    assert!(error.contains("did not log in"), "{error}");
    assert_eq!(bed.vports().await, []);
    assert_eq!(bed.written().await, ["vhba/alpha/web1-a"]);
}

/// 12: two threads delete one vHBA.
#[tokio::test(start_paused = true)]
async fn fault_12_two_who_stop_one_pool() {
    let bed = Bed::new();
    let name = bed.define(WEB1_A).await;
    bed.node.start_pool(&name).await.unwrap();
    let (one, other) = tokio::join!(bed.node.stop_pool(&name), bed.node.stop_pool(&name));
    assert!(one.is_ok() || other.is_ok());
    assert_eq!(bed.vports().await, []);
    assert_eq!(bed.written().await.len(), 1, "only the definition");
}
