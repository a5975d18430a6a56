//! Transient vHBAs: made now, defined nowhere, gone with the host's next boot (libvirt's `nodedev-create`).

use npivot_hal::WwnPair;
use rand::Rng;

use super::identities::{ATTEMPTS, is_conflict};
use super::vhbas::PATIENCE;
use super::{Node, NodeError};
use crate::identity::Ledger;
use crate::libvirt::ParentChoice;
use crate::vhba::{self, Vhba, shared};

impl Node {
    /// Makes a vHBA that nobody defines, and waits for its login: under these names, or under new ones, chosen as
    /// [`define_new_vhba`](Self::define_new_vhba) does and never given out again. One that is there already is
    /// adopted.
    ///
    /// # Errors
    /// [`NodeError::Defined`]: a definition has one of its names. [`NodeError::Held`]: another host has it up.
    /// [`NodeError::Identity`]: there is no new name. [`NodeError::Vhba`] with the reason against each adapter, or
    /// what is left behind; nothing is, if it does not say so.
    pub async fn create_vhba(
        &self,
        names: Option<WwnPair>,
        parent: &ParentChoice,
        chance: &mut (impl Rng + Send),
    ) -> Result<Vhba, NodeError> {
        let mut attempts = 0;
        let names = loop {
            attempts += 1;
            match self.take_names(names, chance).await {
                Err(error) if attempts < ATTEMPTS && is_conflict(&error) => {}
                taken => break taken?,
            }
        };
        let up = vhba::bring_up(&*self.host, names, parent, &[], PATIENCE).await;
        if up.is_err() {
            // The lease goes with the vHBA: one that is left behind keeps it.
            self.tables.commit(self.given_up([names.wwpn]).await?).await?;
        }
        Ok(up?)
    }

    /// Notes the names as given out and this host's, in one commit.
    async fn take_names(
        &self,
        names: Option<WwnPair>,
        chance: &mut (impl Rng + Send),
    ) -> Result<WwnPair, NodeError> {
        let mut ledger = Ledger::of(self.tables.store());
        let names = match names {
            Some(names) => {
                self.check_undefined(names).await?;
                ledger.note(names).await?;
                names
            }
            None => ledger.draw(self.range, &self.names_in_use().await?.0, chance).await?,
        };
        let mut changes = ledger.into_changes();
        changes.extend(self.leased(&[names]).await?);
        self.tables.commit(changes).await?;
        Ok(names)
    }

    async fn check_undefined(&self, names: WwnPair) -> Result<(), NodeError> {
        for (there, owner) in self.defined_names().await? {
            if let Some(what) = shared(there, names) {
                return Err(NodeError::Defined { what, owner });
            }
        }
        Ok(())
    }
}
