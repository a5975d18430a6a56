//! One machine for all cases: what is not simulated.

use std::sync::Arc;

use async_trait::async_trait;
use npivot_conformance::{Fixture, Maker};
use npivot_hal::{Host, Result, WwnPair};

/// The same host for each case; the suite cleans up after each.
#[derive(Debug, Clone)]
pub struct SameHost {
    name: String,
    host: Arc<dyn Host>,
    spare: Vec<WwnPair>,
}

impl SameHost {
    /// A host, called so in reports, and names that nothing on its SAN uses.
    pub fn new(name: impl Into<String>, host: Arc<dyn Host>, spare: Vec<WwnPair>) -> Self {
        Self { name: name.into(), host, spare }
    }
}

#[async_trait]
impl Maker for SameHost {
    fn name(&self) -> String {
        self.name.clone()
    }

    async fn make(&self) -> Result<Box<dyn Fixture>> {
        Ok(Box::new(self.clone()))
    }
}

#[async_trait]
impl Fixture for SameHost {
    fn host(&self) -> Option<Arc<dyn Host>> {
        Some(Arc::clone(&self.host))
    }

    fn spare_names(&self) -> Vec<WwnPair> {
        self.spare.clone()
    }
}
