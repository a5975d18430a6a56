//! How long the loss of a remote port is borne: `dev_loss_tmo` and `fast_io_fail_tmo`
//! (`drivers/scsi/scsi_transport_fc.c`).

use npivot_hal::{Outcome, PortState};

use crate::host::Rport;
use crate::san::ids::AdapterIx;
use crate::world::{Answer, Refusal, Reply, World};

/// The longest time, in seconds, that the I/O of a lost port may be held (SCSI_DEVICE_BLOCK_MAX_TIMEOUT).
const HELD_AT_MOST_SECS: u32 = 600;

impl World {
    /// A write to the `dev_loss_tmo` of an `fc_host`: what new remote ports get, and those that there are;
    /// one that refuses it (because it is lost, or holds its I/O for so long) is passed over.
    pub(in crate::host) fn set_dev_loss(&mut self, ix: AdapterIx, secs: u32) -> Outcome {
        let adapter = self.adapter_mut(ix);
        let mut changed = adapter.dev_loss_secs != secs;
        adapter.dev_loss_secs = secs;
        for rport in adapter.rports.values_mut() {
            if may_set_dev_loss(rport, secs).is_ok() {
                changed |= rport.dev_loss_secs != secs;
                rport.dev_loss_secs = secs;
            }
        }
        Outcome::from(changed)
    }

    /// A write to the `dev_loss_tmo` of one remote port.
    pub(in crate::host) fn set_rport_dev_loss(
        &mut self,
        ix: AdapterIx,
        rport: u32,
        secs: u32,
    ) -> Answer {
        let rport = self.must_have_rport(ix, rport)?;
        may_set_dev_loss(rport, secs)?;
        let changed = rport.dev_loss_secs != secs;
        rport.dev_loss_secs = secs;
        Ok(Reply::Outcome(Outcome::from(changed)))
    }

    /// A write to the `fast_io_fail_tmo` of one remote port: `None` is `off`.
    pub(in crate::host) fn set_fast_io_fail(
        &mut self,
        ix: AdapterIx,
        rport: u32,
        secs: Option<u32>,
    ) -> Answer {
        let rport = self.must_have_rport(ix, rport)?;
        must_be_present(rport)?;
        if secs.is_some_and(|secs| secs >= rport.dev_loss_secs || secs > HELD_AT_MOST_SECS) {
            let text = format!(
                "fast_io_fail_tmo is below the dev_loss_tmo of {} s and not above {HELD_AT_MOST_SECS} s",
                rport.dev_loss_secs
            );
            return Err(Refusal::Argument(text));
        }
        let changed = rport.fast_io_fail_secs != secs;
        rport.fast_io_fail_secs = secs;
        Ok(Reply::Outcome(Outcome::from(changed)))
    }

    /// A write to the `port_state` of a remote port: from Online to Marginal and back, nothing else.
    pub(in crate::host) fn set_marginal(
        &mut self,
        ix: AdapterIx,
        number: u32,
        marginal: bool,
    ) -> Answer {
        let rport = self.must_have_rport(ix, number)?;
        let (from, to) = if marginal {
            (PortState::Online, PortState::Marginal)
        } else {
            (PortState::Marginal, PortState::Online)
        };
        if rport.state != from {
            let text = format!("a port that is {} does not become {to}", rport.state);
            return Err(Refusal::Argument(text));
        }
        rport.state = to;
        self.tell_rport(ix, number);
        Ok(Reply::Outcome(Outcome::Changed))
    }

    fn must_have_rport(&mut self, ix: AdapterIx, number: u32) -> Result<&mut Rport, Refusal> {
        self.adapter_mut(ix).rports.get_mut(&number).ok_or(Refusal::NoSuch("remote port"))
    }

    /// Whether all remote ports of an adapter would take this `dev_loss_tmo`.
    pub(crate) fn all_take_dev_loss(&self, ix: AdapterIx, secs: u32) -> Result<(), Refusal> {
        let adapter = self.adapter_ref(ix);
        let all = adapter.rports.values();
        let any_held = all.clone().any(|rport| rport.fast_io_fail_secs.is_none());
        if secs > HELD_AT_MOST_SECS && (any_held || adapter.rports.is_empty()) {
            return Err(too_long(secs));
        }
        Ok(())
    }
}

fn too_long(secs: u32) -> Refusal {
    Refusal::Argument(format!(
        "dev_loss_tmo {secs} s is above {HELD_AT_MOST_SECS} s while fast_io_fail_tmo is off"
    ))
}

fn must_be_present(rport: &Rport) -> Result<(), Refusal> {
    match rport.state {
        PortState::Blocked | PortState::Deleted | PortState::NotPresent => {
            Err(Refusal::Busy(format!("the remote port is {}", rport.state)))
        }
        _ => Ok(()),
    }
}

fn may_set_dev_loss(rport: &Rport, secs: u32) -> Result<(), Refusal> {
    must_be_present(rport)?;
    // Longer only where I/O is failed earlier.
    if rport.fast_io_fail_secs.is_none() && secs > HELD_AT_MOST_SECS {
        return Err(too_long(secs));
    }
    Ok(())
}
