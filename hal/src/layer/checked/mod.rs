//! Backends that are not asked what cannot be.
//!
//! [`CheckedHost`], [`CheckedFabric`] and [`CheckedArray`] refuse a call that its caller could have known
//! to be wrong, before the backend below is asked. A backend author may then rely on what is checked here,
//! and a caller gets the same error from every backend: kind, object, and what was expected. Errors are
//! those that the contracts document. What is valid passes unchanged: a call that would be
//! [`Unchanged`](crate::Outcome::Unchanged) still is.
//!
//! # What is checked
//!
//! | call | refused | as |
//! |---|---|---|
//! | any with an adapter, or an address on one | the host has no such adapter | `NotFound` |
//! | `create_vport` | the parent is a vport's own adapter, or has no NPIV | `Unsupported` |
//! | | any adapter or vport **of this host** has the port name; not so for the identical vport on the same parent | `AlreadyExists` |
//! | | as many vports exist as the adapter allows | `LimitReached` |
//! | `scan` | target 4,294,967,295 or LUN 2^64 - 1: Linux takes them for its wildcard (`SCAN_WILD_CARD`, `drivers/scsi/scsi_priv.h`) and scans everything | `InvalidArgument` |
//! | `set_dev_loss_secs` | 0: lpfc makes it 1, other drivers drop the devices at once | `InvalidArgument` |
//! | `ports` | the fabric has no such domain | `NotFound` |
//! | `edit`, `commit` | the transaction was committed or aborted through this wrapper, or has been edited through it since | `Conflict` |
//! | `edit` | a new alias, zone or zone set without a name, or with one longer than the capabilities allow; an alias in an alias; deletion of the enabled zone set | `InvalidArgument` |
//! | | a zone set, or a zone to be put into one, with a name that cannot be | `NotFound` |
//! | `commit` | enabling a zone set with a name that cannot be | `NotFound` |
//! | `create_group` | no name | `InvalidArgument` |
//! | `add_initiator`, `remove_initiator`, `map`, `unmap` | the array has no such group | `NotFound` |
//! | `add_initiator` | the initiator is in another group | `AlreadyExists` |
//! | | as many initiators exist as the capabilities allow | `LimitReached` |
//! | `map` | a LUN above the capabilities' limit | `InvalidArgument` |
//! | | the array has no such volume | `NotFound` |
//! | | the LUN shows another volume, or the volume has another LUN, in this group | `AlreadyExists` |
//!
//! All else is left to the backend, among it what only it can know: names used elsewhere in the fabric,
//! the switch's limits, a `dev_loss` above 600 seconds (which depends on `fast_io_fail`), names of zones
//! inside an open transaction.
//!
//! # What it costs, and what it cannot do
//!
//! A check **looks, then calls: two steps**. Somebody else can come in between; then the backend's own
//! answer counts, as without this layer, and a backend must not rely on the layer for its own safety.
//! A look that fails finds nothing wrong: the call is made. Looks are calls below this layer: a call on an
//! adapter costs one list of adapters, `create_vport` one more list of vports for each adapter that can
//! have them, masking one list of groups (`map` one of volumes too). They are seen and can be made to fail
//! by the layers inside of this one.

mod array;
mod fabric;
mod host;
mod transactions;

use crate::layer::Call;
use crate::{Error, ErrorKind, Fault};

pub use array::{ArrayChecks, CheckedArray};
pub use fabric::{CheckedFabric, FabricChecks};
pub use host::{CheckedHost, HostChecks};

/// That this call is refused: the caller could have known.
fn refusal(
    call: &Call<'_>,
    kind: ErrorKind,
    object: impl Into<String>,
    reason: impl Into<String>,
) -> Error {
    Error::new(kind, call.request.operation(), object, reason).with_fault(Fault::Caller)
}

/// An object by the name that people gave it.
fn quoted(what: &str, name: &str) -> String {
    format!("{what} `{}`", name.escape_debug())
}
