//! A line into a kernel: the Linux backend works outside, the kernel is at its other end.

use std::path::Path;

use npivot_hal::PortState;
use npivot_lab::rack::RackError;

use super::{ALPHA, LIMIT, npivot, rack};

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
