//! Identities: new names for vHBAs, and which host has which name up.
//!
//! A host holds the lease of a port name from before it makes a vHBA of it until the vHBA is gone. These
//! leases have no end of their own: a host that does not answer may still be logged in to the fabric, and
//! only who knows that it is dead can say so ([`Node::revoke_lease`]).

use std::collections::BTreeSet;
use std::time::Duration;

use npivot_hal::{Error, ErrorKind, Outcome, WwnPair, Wwpn};
use rand::Rng;

use super::reconcile::Action;
use super::record::{POOLS_UP, VHBAS, VHBAS_UP};
use super::vhbas::must_mean_nothing_else;
use super::{Made, Node, NodeError, VhbaRecord, WantedVhba};
use crate::identity::{Ledger, NamesInUse, WWPNS, lease_key, wwpn_of};
use crate::store::{Change, Lease, LeaseError, Row, StoreError, granting};

/// How often something is tried that other hosts keep getting in the way of. One of them gets its way each
/// time.
pub(super) const ATTEMPTS: usize = 64;

/// A vHBA that was defined without names.
#[derive(Debug)]
#[non_exhaustive]
pub struct NewVhba {
    /// The names that it has been given, or had.
    pub names: WwnPair,
    /// Whether its definition was changed.
    pub outcome: Outcome,
    /// The fabrics and arrays that could not be asked, and why.
    pub unasked: Vec<(String, Error)>,
}

impl Node {
    /// Defines a vHBA under new names, in one commit with the note that they were given out. A definition of
    /// that name keeps its names.
    ///
    /// The names are in no definition, nor ever were; no adapter of this host has them; and they are neither
    /// registered, zoned nor masked in the [SAN that the node knows](Self::with_san), as far as it answers.
    ///
    /// # Errors
    /// [`NodeError::Identity`]: the [range](Self::with_range) is exhausted. [`NodeError::Hal`]: the host, or a
    /// fabric or array for another reason than that it cannot be reached.
    pub async fn define_new_vhba(
        &self,
        wanted: &WantedVhba,
        chance: &mut (impl Rng + Send),
    ) -> Result<NewVhba, NodeError> {
        let (mut asked, mut attempts) = (None, 0);
        loop {
            let there: Option<Row<VhbaRecord>> =
                self.tables.get(VHBAS, wanted.name.as_str()).await?;
            if let Some(names) = there.map(|row| row.value.names) {
                let outcome = self.define_vhba(&wanted.clone().under(names)).await?;
                return Ok(NewVhba { names, outcome, unasked: vec![] });
            }
            let (in_use, unasked) = match asked {
                Some(asked) => asked,
                None => self.names_in_use().await?,
            };
            attempts += 1;
            match self.define_drawn(wanted, &in_use, chance).await {
                Err(error) if attempts < ATTEMPTS && is_conflict(&error) => {}
                done => {
                    let outcome = Outcome::Changed;
                    return done.map(|names| NewVhba { names, outcome, unasked });
                }
            }
            asked = Some((in_use, unasked));
        }
    }

    /// Defines a vHBA, of which there is none, under names that are drawn for it.
    async fn define_drawn(
        &self,
        wanted: &WantedVhba,
        in_use: &NamesInUse,
        chance: &mut (impl Rng + Send),
    ) -> Result<WwnPair, NodeError> {
        must_mean_nothing_else(wanted.name.as_str())?;
        let mut ledger = Ledger::of(self.tables.store());
        let names = ledger.draw(self.range, in_use, chance).await?;
        let record = VhbaRecord::of(&wanted.clone().under(names));
        let mut changes = ledger.into_changes();
        changes.push(self.tables.create(VHBAS, wanted.name.as_str(), &record));
        self.tables.commit(changes).await?;
        Ok(names)
    }

    /// The names on this host and in its SAN, and the fabrics and arrays that do not answer.
    pub(super) async fn names_in_use(
        &self,
    ) -> Result<(NamesInUse, Vec<(String, Error)>), NodeError> {
        let (mut names, mut unasked) = (NamesInUse::default(), vec![]);
        names.add_host(&*self.host).await?;
        // One that is just being made has no adapter yet.
        self.vports().await?.iter().for_each(|vport| names.add(vport.names));
        for fabric in &self.fabrics {
            let asked = names.add_fabric(&**fabric).await;
            unasked.extend(unreachable(asked)?.map(|error| (fabric.name().to_owned(), error)));
        }
        for array in &self.arrays {
            let asked = names.add_array(&**array).await;
            unasked.extend(unreachable(asked)?.map(|error| (array.name().to_owned(), error)));
        }
        Ok((names, unasked))
    }

    /// The changes that note these names as given out.
    pub(super) async fn noted(
        &self,
        names: impl IntoIterator<Item = WwnPair>,
    ) -> Result<Vec<Change>, NodeError> {
        let mut ledger = Ledger::of(self.tables.store());
        for pair in names {
            ledger.note(pair).await?;
        }
        Ok(ledger.into_changes())
    }

    /// The changes that make these names this host's to bring up.
    pub(super) async fn leased(&self, names: &[WwnPair]) -> Result<Vec<Change>, NodeError> {
        let (store, host) = (self.tables.store(), self.tables.host());
        let mut changes = vec![];
        for names in names {
            let key = lease_key(names.wwpn);
            match granting(store, &key, host, None, Duration::ZERO).await {
                Ok(change) => changes.push(change),
                Err(LeaseError::Held(lease)) => {
                    return Err(NodeError::Held { names: *names, holder: lease.holder });
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(changes)
    }

    /// The changes that give up this host's leases of those of these names that it has no vHBA of any more.
    pub(super) async fn given_up(
        &self,
        wwpns: impl IntoIterator<Item = Wwpn>,
    ) -> Result<Vec<Change>, NodeError> {
        let there: BTreeSet<Wwpn> =
            self.vports().await?.into_iter().map(|vport| vport.names.wwpn).collect();
        let gone: BTreeSet<Wwpn> = wwpns.into_iter().collect();
        let mut changes = vec![];
        for wwpn in gone.difference(&there) {
            let lease = Lease::read(self.tables.store(), &lease_key(*wwpn)).await?;
            changes.extend(lease.filter(|l| l.holder == self.tables.host()).map(|l| l.ending()));
        }
        Ok(changes)
    }

    /// Finds leases of this host for which there is neither a vHBA nor a note: of a transient one that a boot
    /// has ended.
    pub(super) async fn find_leases(
        &self,
        there: &BTreeSet<WwnPair>,
        actions: &mut Vec<Action>,
    ) -> Result<(), NodeError> {
        let mut known: BTreeSet<Wwpn> = there.iter().map(|names| names.wwpn).collect();
        for table in [VHBAS_UP, POOLS_UP] {
            let noted: Vec<Row<Made>> = self.tables.all(table).await?;
            known.extend(noted.iter().flat_map(|row| &row.value.vhbas).map(|v| v.names.wwpn));
        }
        let leases = Lease::list(self.tables.store(), WWPNS).await?;
        let own = leases.into_iter().filter(|lease| lease.holder == self.tables.host());
        let stale = own.filter_map(|lease| wwpn_of(&lease.key)).filter(|w| !known.contains(w));
        actions.extend(stale.map(|wwpn| Action::GiveUp { wwpn }));
        Ok(())
    }

    /// Takes a port name from the host that has it up, or had when it was last heard of: for when that host
    /// is dead for certain. It must be named: two hosts that are logged in with one name write over each
    /// other. `Unchanged`: nobody has the name.
    ///
    /// # Errors
    /// [`NodeError::HeldElsewhere`]: another host has it. [`NodeError::IsUp`]: it is this host, and the vHBA is up.
    /// [`NodeError::Lease`], [`NodeError::Records`], [`NodeError::Hal`].
    pub async fn revoke_lease(&self, wwpn: Wwpn, from: &str) -> Result<Outcome, NodeError> {
        let store = self.tables.store();
        let Some(lease) = Lease::read(store, &lease_key(wwpn)).await? else {
            return Ok(Outcome::Unchanged);
        };
        if lease.holder != from {
            let (holder, named) = (lease.holder, from.to_owned());
            return Err(NodeError::HeldElsewhere { wwpn, holder, named });
        }
        if from == self.tables.host()
            && self.vports().await?.iter().any(|vport| vport.names.wwpn == wwpn)
        {
            return Err(NodeError::IsUp { kind: "vHBA", name: wwpn.to_string() });
        }
        store.commit(vec![lease.ending()]).await?;
        Ok(Outcome::Changed)
    }
}

/// Whether somebody else got in between.
pub(super) fn is_conflict(error: &NodeError) -> bool {
    matches!(error, NodeError::Records(StoreError::Conflict { .. }))
}

/// What keeps somebody from answering, if he cannot be reached; any other error is one.
fn unreachable(asked: npivot_hal::Result<()>) -> npivot_hal::Result<Option<Error>> {
    match asked {
        Err(error) if error.kind() == ErrorKind::Unreachable => Ok(Some(error)),
        done => done.map(|()| None),
    }
}
