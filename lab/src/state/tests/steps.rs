//! Steps of connections: each finds what the one before it left, in both views of a host.

use std::fs::File;
use std::future::poll_fn;
use std::path::Path;
use std::sync::Arc;
use std::task::Context;
use std::time::Duration;

use npivot_fabric::{Simulation, World};
use npivot_hal::layer::Layered;
use npivot_hal::{ErrorKind, Event, Host, HostNo, Outcome, PortState, VportState, Wwpn};

use crate::connection::{Connection, Uri};
use crate::state::file::Tail;
use crate::state::{Keeper, LOG, Opened, StateDir, StateError};

use super::{example, log_of, names, open};

fn uri(scheme: &str, host: &str) -> Uri {
    format!("{scheme}:{}#{host}", example().display()).parse().unwrap()
}

async fn connect(scheme: &str, dir: &Path) -> Connection {
    uri(scheme, "alpha").connect_keeping(&StateDir::new(dir)).await.unwrap()
}

async fn create(connection: &Connection, n: u64) -> Outcome {
    let npiv = connection.host.npiv().unwrap();
    npiv.create_vport(HostNo(0), names(n)).await.unwrap().1
}

/// The vports of alpha's first adapter, each with its state.
async fn vports(connection: &Connection) -> Vec<(u64, VportState)> {
    let vports = connection.host.npiv().unwrap().vports(HostNo(0)).await.unwrap();
    vports.iter().map(|vport| (vport.names.wwpn.get() & 0xff, vport.state)).collect()
}

fn now(connection: &Connection) -> u64 {
    connection.simulated.as_ref().unwrap().simulation().with(World::now).0
}

#[tokio::test(start_paused = true)]
async fn what_one_makes_the_next_one_finds_in_both_views() {
    let dir = tempfile::tempdir().unwrap();
    let mut wanted = vec![];
    for (n, scheme) in (1..).zip(["sim", "tree", "sim", "tree"]) {
        let connection = connect(scheme, dir.path()).await;
        assert_eq!(vports(&connection).await, wanted, "{scheme}");
        assert_eq!(create(&connection, n).await, Outcome::Changed);
        connection.finish().await.unwrap();
        // It was given the time to log in.
        wanted.push((n, VportState::Active));
        assert_eq!(vports(&connection).await, wanted);
    }
    let other = uri("sim", "beta").connect_keeping(&StateDir::new(dir.path())).await.unwrap();
    assert_eq!(vports(&other).await, []);
    let logged_in = other.fabrics[0].name_server().await.unwrap();
    assert!(logged_in.iter().any(|entry| entry.names == names(3)));
}

#[tokio::test(start_paused = true)]
async fn what_was_answered_stays_if_nothing_is_finished() {
    let dir = tempfile::tempdir().unwrap();
    let connection = connect("sim", dir.path()).await;
    assert!(create(&connection, 1).await.changed());
    let answered = now(&connection);
    let group = connection.arrays[0].masking().unwrap();
    assert!(group.create_group("late").await.unwrap().changed());
    let after = now(&connection);
    assert!(after > answered, "an array takes its time");
    // As if the process were killed here.
    drop(connection);
    let connection = connect("sim", dir.path()).await;
    assert_eq!(vports(&connection).await.len(), 1);
    let groups = connection.arrays[0].masking().unwrap().groups().await.unwrap();
    assert!(groups.iter().any(|group| group.name == "late"));
    assert_eq!(now(&connection), after, "time goes on from there");
}

#[tokio::test(start_paused = true)]
async fn looking_changes_nothing_and_watching_takes_its_time() {
    let dir = tempfile::tempdir().unwrap();
    let connection = connect("sim", dir.path()).await;
    let (log, booted) = (log_of(dir.path()), now(&connection));
    connection.host.adapters().await.unwrap();
    connection.finish().await.unwrap();
    assert_eq!(log_of(dir.path()), log);
    let simulation = connection.simulated.as_ref().unwrap().simulation();
    simulation.run_for(Duration::from_mins(1)).await;
    connection.finish().await.unwrap();
    drop(connection);
    assert_eq!(now(&connect("tree", dir.path()).await), booted + 60_000_000);
}

#[tokio::test(start_paused = true)]
async fn the_same_steps_make_the_same_bytes() {
    let mut logs = vec![];
    for _ in 0..2 {
        let dir = tempfile::tempdir().unwrap();
        for (n, scheme) in (1..).zip(["sim", "tree", "sim"]) {
            let connection = connect(scheme, dir.path()).await;
            assert!(create(&connection, n).await.changed());
            if n == 2 {
                connection.simulated.as_ref().unwrap().reboot().await.unwrap();
            }
            connection.finish().await.unwrap();
            // The clock of the process goes on meanwhile; the world's does not know.
            tokio::time::advance(Duration::from_millis(123)).await;
        }
        logs.push(log_of(dir.path()));
    }
    assert_eq!(logs[0], logs[1]);
}

/// The adapters of a host: number, name, state.
async fn adapters(connection: &Connection) -> Vec<(HostNo, Wwpn, PortState)> {
    let all = connection.host.adapters().await.unwrap();
    all.iter().map(|adapter| (adapter.no, adapter.names.wwpn, adapter.state)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_restart_is_told_and_kept_in_both_views() {
    for (here, there) in [("sim", "tree"), ("tree", "sim")] {
        let dir = tempfile::tempdir().unwrap();
        let connection = connect(here, dir.path()).await;
        for n in [1, 2] {
            assert!(create(&connection, n).await.changed());
        }
        connection.finish().await.unwrap();
        let before = adapters(&connection).await;
        let mut events = connection.host.events().unwrap().subscribe();
        connection.simulated.as_ref().unwrap().reboot().await.unwrap();
        let mut gone = vec![];
        let mut next = |context: &mut Context<'_>| events.as_mut().poll_next(context);
        while let Ok(Some(event)) =
            tokio::time::timeout(Duration::from_secs(1), poll_fn(&mut next)).await
        {
            if let Event::Vport { wwpn, state: None, .. } = event {
                gone.push(wwpn);
            }
        }
        gone.sort();
        assert_eq!(gone, [names(1).wwpn, names(2).wwpn], "{here}");
        connection.finish().await.unwrap();
        let now = adapters(&connection).await;
        assert_ne!(now, before[..2], "{here}: the seed deals other numbers");
        assert!(now.iter().all(|(.., state)| *state == PortState::Online) && now.len() == 2);
        drop(connection);
        assert_eq!(adapters(&connect(there, dir.path()).await).await, now, "{there}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_written_down_is_an_error_of_the_call_and_of_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let Opened { world, mut kept, .. } = open(dir.path()).unwrap();
    let log = log_of(dir.path());
    // A disk that takes nothing more.
    kept.tail = Tail::new(File::open(dir.path().join(LOG)).unwrap(), log.len() as u64, 0);
    let simulation = Simulation::start(world);
    let keeper = Keeper::new(&simulation, kept);
    let host: Arc<dyn Host> = simulation.host("alpha").unwrap();
    let host = Layered::around(host, keeper.clone());
    assert!(host.adapters().await.is_ok(), "looking is possible");
    for n in [1, 2] {
        let error = host.npiv().unwrap().create_vport(HostNo(0), names(n)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoAnswer);
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains("the next command will not know of it"), "{cause}");
    }
    assert!(matches!(keeper.finish().await, Err(StateError::NotKept { .. })));
    assert_eq!(log_of(dir.path()), log);
}
