//! The contract of a host.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::{Error, HostNo, Lun, LunId, Outcome, Result, ScsiAddress, WwnPair};

use super::{
    Adapter, EventStream, HostCapabilities, LunDetails, LunPath, RemotePort, ScanScope, Vport,
};

/// A machine with Fibre Channel adapters.
///
/// # For users
/// Everything is read anew at each call: nothing is cached, so an answer is true of some instant during
/// the call. Abilities are asked for by accessor; `None` means that this backend will never have it.
/// Dropping a call's future before it is ready leaves its effect unknown, as a lost answer does.
///
/// # For backend authors
/// Answer with what the hardware says, also where it is odd; the callers cope. An object that cannot be
/// read is an entry with an error where the record has room for one, is told by
/// [`unreadable`](Self::unreadable) where it has none, and is left out where it has gone since: one bad
/// device must never fail a whole list, and never be missing from it in silence. Lists are in ascending order of number. Report what only
/// the hardware knows; arguments that make no sense to anybody are `InvalidArgument`. Where several errors
/// hold at once, any of them may be told. Calls may come from several tasks at once.
///
/// The least backend that a vendor can write:
///
/// ```
/// use async_trait::async_trait;
/// use npivot_hal::{Adapter, AdapterKind, Host, HostCapabilities, HostNo, RemotePort, Result, WwnPair};
///
/// #[derive(Debug)]
/// struct OneAdapter(WwnPair);
///
/// #[async_trait]
/// impl Host for OneAdapter {
///     fn name(&self) -> &str { "toy" }
///     fn capabilities(&self) -> HostCapabilities { HostCapabilities::default() }
///     async fn adapters(&self) -> Result<Vec<Adapter>> {
///         Ok(vec![Adapter::new(HostNo(0), self.0, AdapterKind::Physical { npiv: None })])
///     }
///     async fn remote_ports(&self, _adapter: HostNo) -> Result<Vec<RemotePort>> { Ok(vec![]) }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let names = WwnPair::new("2100001b32a9da4e".parse()?, "2000001b32a9da4e".parse()?);
/// let host: Box<dyn Host> = Box::new(OneAdapter(names));
/// assert_eq!(host.adapters().await?[0].names, names);
/// assert!(host.npiv().is_none());
/// # Ok(()) }
/// ```
#[async_trait]
pub trait Host: Debug + Send + Sync {
    /// What people call this machine.
    fn name(&self) -> &str;

    /// Its limits, which do not change while the backend lives.
    fn capabilities(&self) -> HostCapabilities;

    /// All adapters, physical and virtual, by ascending number.
    ///
    /// # Errors
    /// Only when nothing at all can be read: `PermissionDenied`, `Unsupported` (no Fibre Channel here).
    async fn adapters(&self) -> Result<Vec<Adapter>>;

    /// The remote ports that an adapter knows, lost ones included. Once it is `NotPresent`, one has only
    /// what its number is bound to, on Linux the port name, and no address.
    ///
    /// # Errors
    /// `NotFound`: no such adapter.
    async fn remote_ports(&self, adapter: HostNo) -> Result<Vec<RemotePort>>;

    /// What is there and in none of the lists, since it cannot be read: an error for each, whose object
    /// says what, beginning with the adapter: `host5`, `host5/rport-5:0-1`. None while every list is whole.
    ///
    /// # For users
    /// Ask it beside a list that somebody takes for the whole inventory; an error here is no failure of the
    /// list. It is true of another instant than the list is.
    ///
    /// # For backend authors
    /// Not what has an entry already, such as a path whose identity is an error, and not what has gone
    /// since it was listed or is still being made. A backend whose entries can always be read leaves this
    /// method as it is.
    ///
    /// # Errors
    /// As for [`adapters`](Self::adapters).
    async fn unreadable(&self) -> Result<Vec<Error>> {
        Ok(vec![])
    }

    /// The ability to make vports.
    fn npiv(&self) -> Option<&dyn Npiv> {
        None
    }

    /// The ability to list, scan and remove logical units.
    fn luns(&self) -> Option<&dyn Luns> {
        None
    }

    /// The ability to act on links and their time-outs.
    fn links(&self) -> Option<&dyn Links> {
        None
    }

    /// The ability to tell what happens.
    fn events(&self) -> Option<&dyn Events> {
        None
    }
}

/// Virtual N_Ports (FC-LS, "N_Port_ID virtualization").
#[async_trait]
pub trait Npiv: Debug + Send + Sync {
    /// Makes a vport and returns it as it is then. **Success does not mean that it has logged in**: watch
    /// its state. That is `Initializing` until its first answer from the fabric, `Linkdown` while the
    /// adapter has no link, and may be `Active` already. An identical vport on the same parent is
    /// `Unchanged`, whatever its state.
    ///
    /// # Errors
    /// `NotFound`: no such adapter. `Unsupported`: it or its switch cannot have vports; so it is for an
    /// adapter that is a vport's own. `LimitReached`:
    /// none is free. `AlreadyExists`: the port name is in use on this adapter, or (where the driver tells)
    /// in the fabric; nobody looks at the host's other adapters, but for
    /// [`Checked`](crate::layer). `NoAnswer`: it may exist.
    async fn create_vport(&self, parent: HostNo, names: WwnPair) -> Result<(Vport, Outcome)>;

    /// Deletes a vport with everything behind it, logged out of the fabric when the call returns. One
    /// that does not exist is `Unchanged`, also on an adapter that cannot have any.
    ///
    /// # Errors
    /// `NotFound`: no such adapter. `Busy`: it is being made or deleted, or a device behind it is held.
    /// `NoAnswer`: it may be gone.
    async fn delete_vport(&self, parent: HostNo, names: WwnPair) -> Result<Outcome>;

    /// The vports on an adapter, by ascending number.
    ///
    /// # Errors
    /// `NotFound`: no such adapter.
    async fn vports(&self, parent: HostNo) -> Result<Vec<Vport>>;
}

/// Logical units behind an adapter.
#[async_trait]
pub trait Luns: Debug + Send + Sync {
    /// The paths that the host has, by ascending address, each with the identity that was read when it
    /// was discovered.
    ///
    /// # Errors
    /// `NotFound`: no such adapter.
    async fn paths(&self, adapter: HostNo) -> Result<Vec<LunPath>>;

    /// Asks the device behind a path who it is **now** (INQUIRY, VPD page 83). A path whose answer differs
    /// from its recorded identity is stale: its data is another volume's.
    ///
    /// # Errors
    /// `NotFound`: no such path. `Unreachable`: it does not answer. `Rejected`: the array maps nothing
    /// there any more. `PermissionDenied`: this needs a privilege that the caller lacks. `Unsupported`:
    /// devices cannot be asked here (a capture of another machine).
    async fn identify(&self, address: ScsiAddress) -> Result<LunId>;

    /// Asks the device behind a path all that it says of itself, now.
    ///
    /// # Errors
    /// As for [`identify`](Self::identify), when it does not even answer INQUIRY; what else it does not
    /// tell is `None`.
    async fn inspect(&self, address: ScsiAddress) -> Result<LunDetails>;

    /// Asks a target which LUNs it shows to this adapter **now** (REPORT LUNS), by ascending wire value:
    /// what a scan would find, whatever devices exist.
    ///
    /// # Errors
    /// `NotFound`: no such adapter or target, or no device on it through which it can be asked.
    /// `Unreachable`, `PermissionDenied`, `Unsupported` as for [`identify`](Self::identify).
    async fn reported(&self, adapter: HostNo, target: u32) -> Result<Vec<Lun>>;

    /// Looks for new LUNs. Remote ports that are not online are skipped, and LUNs that went are not
    /// removed: both as the kernel does. `Changed` when a path was added.
    ///
    /// # Errors
    /// `NotFound`: no such adapter. `InvalidArgument`: target or LUN above the adapter's limits.
    async fn scan(&self, adapter: HostNo, scope: ScanScope) -> Result<Outcome>;

    /// Forgets a path. One that does not exist is `Unchanged`. Whoever has it open loses it without
    /// having been asked: flush and close first.
    ///
    /// # Errors
    /// `NotFound`: no such adapter.
    async fn remove(&self, address: ScsiAddress) -> Result<Outcome>;
}

/// Links and how long their loss is borne.
#[async_trait]
pub trait Links: Debug + Send + Sync {
    /// Logs an adapter out and in again (`issue_lip`). Disturbs all that goes through it: a physical
    /// adapter's vports, too. What the adapter of a vport does is its driver's: alone where it can.
    ///
    /// # Errors
    /// `NotFound`: no such adapter. `Unsupported`: its driver cannot.
    async fn reset(&self, adapter: HostNo) -> Result<()>;

    /// Sets how long devices outlive the loss of their remote port, in seconds, for the adapter and its
    /// remote ports.
    ///
    /// # Errors
    /// `NotFound`: no such adapter. `InvalidArgument`: above 600 while I/O to lost ports is held
    /// (fast_io_fail off).
    async fn set_dev_loss_secs(&self, adapter: HostNo, secs: u32) -> Result<Outcome>;
}

/// What happens on a host.
pub trait Events: Debug + Send + Sync {
    /// Events from now on. Subscribe first, then read the state: nothing is missed in between.
    fn subscribe(&self) -> EventStream;
}
