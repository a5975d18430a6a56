//! An adapter that is there and cannot be read: what is on it is not gone.

use std::sync::Arc;

use async_trait::async_trait;
use npivot::node::{Node, NodeError, VhbaState};
use npivot::vhba::VhbaError;
use npivot_fabric::backend::SimHost;
use npivot_hal::{
    Adapter, Error, ErrorKind, Events, Host, HostCapabilities, HostNo, Links, Luns, Npiv, Outcome,
    RemotePort, Result,
};

use crate::{Bed, web1_a};

/// A host of which one adapter cannot be read.
#[derive(Debug)]
struct Blind {
    inner: Arc<SimHost>,
    hidden: HostNo,
}

#[async_trait]
impl Host for Blind {
    fn name(&self) -> &str {
        self.inner.name()
    }
    fn capabilities(&self) -> HostCapabilities {
        self.inner.capabilities()
    }
    async fn adapters(&self) -> Result<Vec<Adapter>> {
        let mut all = self.inner.adapters().await?;
        all.retain(|adapter| adapter.no != self.hidden);
        Ok(all)
    }
    async fn remote_ports(&self, adapter: HostNo) -> Result<Vec<RemotePort>> {
        self.inner.remote_ports(adapter).await
    }
    async fn unreadable(&self) -> Result<Vec<Error>> {
        let object = format!("{}/port_name", self.hidden);
        Ok(vec![Error::new(ErrorKind::Malformed, "read adapter", object, "Input/output error")])
    }
    fn npiv(&self) -> Option<&dyn Npiv> {
        self.inner.npiv()
    }
    fn luns(&self) -> Option<&dyn Luns> {
        self.inner.luns()
    }
    fn links(&self) -> Option<&dyn Links> {
        self.inner.links()
    }
    fn events(&self) -> Option<&dyn Events> {
        self.inner.events()
    }
}

/// It would be made a second time, on another adapter, and both would log in under one name.
#[tokio::test(start_paused = true)]
async fn a_vhba_on_an_adapter_that_cannot_be_read_is_left_alone() {
    let bed = Bed::new();
    let _ = bed.node.define_vhba(&web1_a()).await.unwrap();
    let up = bed.node.start_vhba("web1-a").await.unwrap();
    let written = bed.written().await;
    let blind = Blind { inner: Arc::clone(&bed.alpha), hidden: up.parent };
    let node = Node::new(Arc::new(blind), Arc::clone(&bed.records) as _);

    let state = node.vhba("web1-a").await.unwrap().state;
    assert!(matches!(state, VhbaState::Up { parent, .. } if parent == up.parent), "{state:?}");
    let out_of_sight = |error: &NodeError| matches!(error, NodeError::Vhba(VhbaError::OutOfSight { parent, .. }) if *parent == up.parent);
    let refused = node.start_vhba("web1-a").await.unwrap_err();
    assert!(out_of_sight(&refused), "{refused}");
    let refused = node.stop_vhba("web1-a").await.unwrap_err();
    assert!(out_of_sight(&refused), "{refused}");
    let refused = node.findings(false).await.unwrap_err();
    assert!(matches!(refused, NodeError::Unreadable(_)), "{refused}");
    assert_eq!(bed.vports().await, [up.names], "one, where it was");
    assert_eq!(bed.written().await, written, "and it is this host's still");

    assert_eq!(bed.node.stop_vhba("web1-a").await.unwrap(), Outcome::Changed);
}
