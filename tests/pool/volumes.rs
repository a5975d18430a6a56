//! Volumes by identity: stale paths are told apart.

use npivot::pool::{self, NoVolume, StartOptions, read_volumes};
use npivot_fabric::san::ids::ArrayIx;
use npivot_fabric::world::{Command, MaskingCommand};
use npivot_hal::PathState;

use crate::{alpha_on, pool};

#[tokio::test(start_paused = true)]
async fn a_lun_that_was_given_to_another_volume_is_never_handed_out() {
    let (san, alpha) = alpha_on(&[]);
    let up = pool::start(&*alpha, &pool(""), &StartOptions::default()).await.unwrap();
    let (root, data) = {
        let mut ids = up.volumes.volumes.keys().cloned();
        (ids.next().unwrap(), ids.next().unwrap())
    };
    let mask = |command| san.apply(Command::Masking(ArrayIx(0), command)).unwrap();
    let (group, volume) = ("web1".to_owned(), "web1-data".to_owned());
    mask(MaskingCommand::Unmap { group: group.clone(), volume });
    mask(MaskingCommand::Map { group: group.clone(), volume: "scratch".into(), lun: 1 });

    let found = read_volumes(&*alpha, &[up.vhbas[0].adapter], true).await.unwrap();
    assert_eq!(found.volumes.keys().collect::<Vec<_>>(), [&root], "only the one that is itself");
    assert_eq!(found.stale.len(), 2, "both paths of the other are stale");
    assert!(found.stale.iter().all(|stale| stale.believed == data && stale.actual.is_some()));

    mask(MaskingCommand::Unmap { group, volume: "scratch".into() });
    let found = read_volumes(&*alpha, &[up.vhbas[0].adapter], true).await.unwrap();
    assert!(found.stale.iter().all(|stale| stale.actual.is_none()), "nothing is shown there now");
}

#[tokio::test(start_paused = true)]
async fn a_lost_path_is_not_asked_and_does_not_count() {
    let (san, alpha) = alpha_on(&[]);
    let up = pool::start(&*alpha, &pool(""), &StartOptions::default()).await.unwrap();
    let port = san.with(|world| world.san().switches[0].port(8).unwrap());
    san.apply(Command::Light { port, on: false }).unwrap();
    san.run_for(std::time::Duration::from_millis(50)).await;
    let found = read_volumes(&*alpha, &[up.vhbas[0].adapter], true).await.unwrap();
    assert!(found.path_counts().values().all(|&paths| paths == 1), "{:?}", found.path_counts());
    let states = found.volumes.values().flat_map(|v| v.paths.iter().map(|p| p.state));
    assert_eq!(states.filter(|state| *state == PathState::Blocked).count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_volume_is_found_by_what_it_is_and_by_libvirts_alias() {
    let (san, alpha) = alpha_on(&[]);
    let up = pool::start(&*alpha, &pool(""), &StartOptions::default()).await.unwrap();
    let volumes = &up.volumes;
    let (id, volume) = volumes.volumes.first_key_value().unwrap();
    assert_eq!(volumes.named(&id.to_string()), Ok(volume));
    for path in &volume.paths {
        assert_eq!(volumes.named(&path.alias()), Ok(volume), "each path is a name of its volume");
    }
    assert_eq!(volume.paths[0].alias(), "unit:0:0:0");
    let by_path = "/dev/disk/by-path/pci-0000:05:00.0-fc-0x5006016041e0aa00-lun-0";
    assert_eq!(volume.paths[0].by_path.as_deref(), Some(by_path));
    assert_eq!(volume.by_id(), Some(format!("/dev/disk/by-id/wwn-0x{}", &id.to_string()[4..])));
    for name in ["unit:0:0:9", "unit:", "sda", "", "naa.60014050000000000000000000000fff"] {
        assert!(matches!(volumes.named(name), Err(NoVolume::Unknown { .. })), "{name}");
    }

    let mask = |command| san.apply(Command::Masking(ArrayIx(0), command)).unwrap();
    let group = "web1".to_owned();
    mask(MaskingCommand::Unmap { group: group.clone(), volume: "web1-root".into() });
    mask(MaskingCommand::Map { group, volume: "scratch".into(), lun: 0 });
    let now = read_volumes(&*alpha, &up.adapters, true).await.unwrap();
    let stale = now.named("unit:0:0:0").unwrap_err();
    assert!(stale.to_string().contains("is stale"), "never another volume's data: {stale}");
    assert_eq!(
        now.named(&id.to_string()).unwrap_err().to_string(),
        stale.to_string().replace("unit:0:0:0", &id.to_string())
    );
}
