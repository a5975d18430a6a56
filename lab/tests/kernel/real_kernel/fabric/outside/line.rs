//! A line into a kernel: the Linux backend works outside, the kernel is at its other end.

use std::path::Path;

use npivot_hal::PortState;
use npivot_lab::connection::{Connection, Uri};
use npivot_lab::rack::RackError;

use super::{ALPHA, BETA, LIMIT, TOPOLOGY, npivot, rack};

#[tokio::test]
async fn a_kernel_is_a_host_from_outside() {
    let mut rack = rack(&["alpha"]);
    let alpha = rack.enter("alpha", &npivot(), LIMIT).unwrap_or_else(|error| panic!("{error}"));
    let host = alpha.host();
    let adapters = host.adapters().await.unwrap();
    assert_eq!(adapters.len(), 1);
    assert_eq!(
        (adapters[0].names.wwpn.to_string().as_str(), adapters[0].state),
        (ALPHA, PortState::Online)
    );
    // Each device is asked who it is: SG_IO there, for a question here.
    let luns = host.luns().unwrap();
    let paths = luns.paths(adapters[0].no).await.unwrap();
    assert_eq!(paths.len(), 2);
    for path in paths {
        let id = luns.identify(path.address).await.unwrap();
        assert_eq!(id, path.identity.unwrap());
    }
}

#[tokio::test]
async fn a_kernel_is_a_connection_with_its_san() {
    let uri: Uri = format!("kernel:{TOPOLOGY}#beta").parse().unwrap();
    let Connection { host, fabrics, arrays, .. } =
        uri.connect().await.unwrap_or_else(|error| panic!("{error}"));
    let own = host.adapters().await.unwrap().remove(0);
    assert_eq!(own.names.wwpn.to_string(), BETA);
    let logged_in = fabrics[0].name_server().await.unwrap();
    let entry = logged_in.iter().find(|entry| entry.names == own.names).unwrap();
    assert_eq!(Some(entry.port_id), own.port_id);
    assert_eq!(fabrics[0].capabilities().fabric_name, own.fabric);
    let groups = arrays[0].masking().unwrap().groups().await.unwrap();
    assert!(groups.iter().any(|group| group.initiators.contains(&own.names.wwpn)), "{groups:?}");
}

#[test]
fn a_program_that_does_not_listen_says_why() {
    let mut rack = rack(&["alpha"]);
    let mut enter = |host| rack.enter(host, Path::new("/no/such/npivot"), LIMIT).unwrap_err();
    assert!(matches!(enter("beta"), RackError::NotThere(_)));
    let error = enter("alpha");
    assert!(matches!(error, RackError::NoLine { .. }), "{error}");
    assert!(error.to_string().contains("/no/such/npivot: not found"), "{error}");
    assert!(matches!(enter("alpha"), RackError::NotThere(_)), "each boots once");
}
