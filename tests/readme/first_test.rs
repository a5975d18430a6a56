//! The example of the README.

use npivot_fabric::Simulation;
use npivot_hal::{Host, Luns, Npiv, PortState, VportState};
use std::time::Duration;

#[tokio::test(start_paused = true)] // virtual time: 10 s pass in no time
async fn a_vhba_finds_its_luns() {
    let san = Simulation::of_file("examples/two-fabrics.toml").unwrap();
    let alpha = san.host("alpha").unwrap();
    let hba = &alpha.adapters().await.unwrap()[0];
    assert_eq!(hba.state, PortState::Online);
    let names = "50:01:a4:a0:00:00:00:01".parse().unwrap(); // zoned and masked in the file
    let names = npivot_hal::WwnPair::new(names, "50:01:a4:a0:00:00:01:01".parse().unwrap());
    let (vport, _) = alpha.create_vport(hba.no, names).await.unwrap();
    assert_eq!(vport.state, VportState::Initializing); // as on Linux: made is not logged in
    assert!(san.settled(Duration::from_secs(10)).await);
    let paths = alpha.paths(vport.no.unwrap()).await.unwrap();
    assert_eq!(paths.len(), 4); // two volumes through two target ports
}
