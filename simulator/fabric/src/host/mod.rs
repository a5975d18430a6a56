//! What a Linux host does above its HBAs: numbering, logins, vports, remote ports, devices.
//!
//! The functions are `impl World` blocks, because everything that a host does reaches into the network or
//! an array. Sources: `drivers/scsi/scsi_transport_fc.c` and the drivers of each profile, Linux 6.1.
//!
//! ```text
//!             light                accept              name server
//!  Linkdown ────────► (login due) ────────► Online ────────────────► logins to targets ──► probe ──► devices
//!     ▲                 │  ▲  reject            │  logout, no light        │                    (sda, …)
//!     │                 └──┘  retry 2 s         ▼                          ▼
//!     └───────────────────────────── remote ports Blocked ──dev_loss──► Not Present, devices gone
//! ```
//!
//! | file | what |
//! |---|---|
//! | `records` | the tables: host, adapter, remote port, device |
//! | `driver` | what each driver allows and answers; the card under it |
//! | `login` | adapters' fabric logins and their loss |
//! | `boot` | a host that is restarted |
//! | `vport` | making and deleting vports, their states |
//! | `remote` | name server queries, logins to targets, RSCN; remote ports lost and found; their time-outs |
//! | `numbers` | numbers that are given out lowest first |
//! | `device` | scans, devices, their names |
//! | `io` | INQUIRY, reads and writes |

mod boot;
mod device;
mod driver;
mod io;
mod login;
mod numbers;
mod records;
mod remote;
mod vport;

pub use device::disk_name;
pub use driver::{Card, VportRefusal};
pub use io::IoFailure;
pub(crate) use login::RETRY_US;
pub(crate) use records::DEV_LOSS_SECS;
pub use records::{Adapter, Device, DeviceKey, Host, Kind, Rport};

use npivot_hal::{HostNo, ScanScope};

use crate::config::Driver;
use crate::san::ids::{AdapterIx, HostIx};
use crate::world::{Answer, HostCommand, Refusal, Reply, World};

impl World {
    /// What somebody asks the kernel of a host to do.
    pub(crate) fn act_on_host(&mut self, host: HostIx, command: HostCommand) -> Answer {
        if host.index() >= self.hosts.len() {
            return Err(Refusal::NoSuch("host"));
        }
        match command {
            HostCommand::CreateVport { parent, names } => self.create_vport(host, parent, names),
            HostCommand::DeleteVport { parent, names } => self.delete_vport(host, parent, names),
            HostCommand::Scan { adapter, target, lun } => {
                let adapter = self.must_have_adapter(host, adapter)?;
                self.scan(adapter, ScanScope { target, lun })
            }
            HostCommand::Remove(address) => self.remove_device(host, address),
            HostCommand::Reset(adapter) => {
                let adapter = self.must_have_adapter(host, adapter)?;
                self.reset_adapter(adapter);
                Ok(Reply::Done)
            }
            HostCommand::SetDevLoss { adapter, secs } => {
                let adapter = self.must_have_adapter(host, adapter)?;
                Ok(Reply::Outcome(self.set_dev_loss(adapter, secs)))
            }
            HostCommand::SetRportDevLoss { adapter, rport, secs } => {
                let adapter = self.must_have_adapter(host, adapter)?;
                self.set_rport_dev_loss(adapter, rport, secs)
            }
            HostCommand::SetFastIoFail { adapter, rport, secs } => {
                let adapter = self.must_have_adapter(host, adapter)?;
                self.set_fast_io_fail(adapter, rport, secs)
            }
            HostCommand::SetMarginal { adapter, rport, marginal } => {
                let adapter = self.must_have_adapter(host, adapter)?;
                self.set_marginal(adapter, rport, marginal)
            }
            HostCommand::DisableVport { vport, disable } => {
                let vport = self.must_have_adapter(host, vport)?;
                self.disable_vport(vport, disable)
            }
            HostCommand::SetSymbolicName { vport, name } => {
                let vport = self.must_have_adapter(host, vport)?;
                self.set_symbolic_name(vport, &name)
            }
            HostCommand::Rescan(address) => self.rescan_device(host, address),
            HostCommand::Reboot => {
                self.reboot(host);
                Ok(Reply::Done)
            }
            HostCommand::Identify(address) => self.identify(host, address),
            HostCommand::Inspect(address) => self.inspect(host, address),
            HostCommand::ReportLuns { adapter, target } => {
                let adapter = self.must_have_adapter(host, adapter)?;
                self.reported_luns(adapter, target)
            }
            HostCommand::Scsi { address, cdb } => self.scsi_command(host, address, &cdb),
            HostCommand::Read { address, lba, blocks } => self.read(host, address, lba, blocks),
            HostCommand::Write { address, lba, data } => self.write(host, address, lba, &data),
        }
    }

    /// The adapter of a host with this number.
    pub fn find_adapter(&self, host: HostIx, no: HostNo) -> Option<AdapterIx> {
        self.hosts.get(host.index())?.adapters.get(&no).copied()
    }

    pub(crate) fn must_have_adapter(&self, host: HostIx, no: HostNo) -> Result<AdapterIx, Refusal> {
        self.find_adapter(host, no).ok_or(Refusal::NoAdapter(no))
    }

    /// An adapter that is known to exist: ids come from the host tables or from stamped events.
    ///
    /// # Panics
    /// When it does not, which is a defect of this crate.
    pub(crate) fn adapter_ref(&self, ix: AdapterIx) -> &Adapter {
        self.adapter(ix).expect("the id comes from a host's table, which is cleared on deletion")
    }

    /// The same, to change it.
    pub(crate) fn adapter_mut(&mut self, ix: AdapterIx) -> &mut Adapter {
        let slot = self.adapters[ix.index()].as_deref_mut();
        slot.expect("the id comes from a host's table, which is cleared on deletion")
    }

    /// The driver of an adapter.
    pub(crate) fn driver_of(&self, ix: AdapterIx) -> Driver {
        self.hosts[self.adapter_ref(ix).host.index()].driver
    }
}
