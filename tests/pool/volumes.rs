//! Volumes by identity: stale paths are told apart.

use npivot::pool::{self, StartOptions, read_volumes};
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
