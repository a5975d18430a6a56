//! What each driver allows, and what it answers when it refuses.
//!
//! Sources: `drivers/scsi/qla2xxx/qla_mid.c` and `qla_attr.c`, `drivers/scsi/lpfc/lpfc_vport.c`,
//! `drivers/scsi/libfc/fc_npiv.c` and `drivers/scsi/fcoe/fcoe.c`, `drivers/scsi/scsi_transport_fc.c`.

mod card;

pub use card::Card;

use npivot_hal::{ErrorKind, PciAddress, VportState, Wwpn};

use crate::config::Driver;
use crate::san::LoginReject;

/// A refused write to `vport_create` or `vport_delete`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct VportRefusal {
    /// What the write returns.
    pub errno: i32,
    /// What it means, since drivers disagree about the number.
    pub kind: ErrorKind,
    text: String,
}

mod errno {
    pub(super) const ENOENT: i32 = 2;
    pub(super) const EINVAL: i32 = 22;
    pub(super) const ENODEV: i32 = 19;
    pub(super) const ENOSPC: i32 = 28;
    pub(super) const ENOTUNIQ: i32 = 76;
    pub(super) const EOPNOTSUPP: i32 = 95;
}

impl VportRefusal {
    fn new(errno: i32, kind: ErrorKind, text: String) -> Self {
        Self { errno, kind, text }
    }

    /// The adapter has no hook for vports: a vport itself, or hardware that cannot (ENOENT).
    pub(in crate::host) fn not_capable() -> Self {
        let text = "the adapter is not vport-capable".into();
        Self::new(errno::ENOENT, ErrorKind::Unsupported, text)
    }

    /// As many as the adapter allows exist: the transport's own check (ENOSPC).
    pub(in crate::host) fn full(max: u32) -> Self {
        let text = format!("all {max} vports of the adapter are in use");
        Self::new(errno::ENOSPC, ErrorKind::LimitReached, text)
    }

    /// No vport of these names (ENODEV).
    pub(in crate::host) fn no_such_vport() -> Self {
        Self::new(errno::ENODEV, ErrorKind::NotFound, "no vport has these names".into())
    }

    /// The name is in use on the adapter, in the driver's own number.
    pub(in crate::host) fn duplicate(driver: Driver, wwpn: Wwpn) -> Self {
        let number = match driver {
            Driver::Qla2xxx => errno::ENOTUNIQ,
            // lpfc returns its own -2 (VPORT_INVAL), which reads as this.
            Driver::Lpfc => errno::ENOENT,
            Driver::Libfc => errno::EINVAL,
        };
        let text = format!("{wwpn} is in use on the adapter");
        Self::new(number, ErrorKind::AlreadyExists, text)
    }

    /// lpfc takes no name of NAA 1 whose bits 59-48 are not zero (`lpfc_valid_wwn_format`).
    pub(in crate::host) fn bad_name(name: impl std::fmt::Display) -> Self {
        let text =
            format!("lpfc takes no name of NAA 1 with more than zeros in bits 59-48: {name}");
        Self::new(errno::ENOENT, ErrorKind::InvalidArgument, text)
    }

    /// The switch has no NPIV, and the driver looks before it makes a vport.
    pub(in crate::host) fn switch_without_npiv() -> Self {
        let text = "the switch port does not offer NPIV".into();
        Self::new(errno::EOPNOTSUPP, ErrorKind::Unsupported, text)
    }
}

/// What a vport does after its FDISC was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::host) enum AfterReject {
    /// Stays in this state until somebody does something.
    Stay(VportState),
    /// Stays `Initializing` and tries again.
    Retry,
}

impl Driver {
    /// The most vports on an adapter.
    pub const fn max_vports(self) -> u32 {
        match self {
            Self::Qla2xxx => 63,
            Self::Lpfc => 255,
            Self::Libfc => 65_535,
        }
    }

    /// Target ids that a scan may name are below this (`max_id`).
    pub(in crate::host) const fn max_targets(self) -> u32 {
        match self {
            Self::Qla2xxx => 2_048,
            Self::Lpfc => 4_096,
            Self::Libfc => 256,
        }
    }

    /// The highest LUN, as Linux numbers it, that gets a device (`max_lun`). lpfc's is a module parameter,
    /// `lpfc_max_luns`, of which this is the default: LUNs above 255 do not show up.
    pub const fn max_lun(self) -> u64 {
        match self {
            Self::Lpfc => 255,
            Self::Qla2xxx | Self::Libfc => 0xffff,
        }
    }

    /// The kernel's module name, as `/sys/module` has it.
    pub const fn module(self) -> &'static str {
        match self {
            Self::Qla2xxx => "qla2xxx",
            Self::Lpfc => "lpfc",
            Self::Libfc => "fcoe",
        }
    }

    /// Where the nth physical adapter of a host sits: cards of two ports on buses from 5 on. libfc's are
    /// network interfaces, which are somewhere else.
    pub(crate) fn pci_address(self, position: u32) -> Option<PciAddress> {
        let card = position / 2;
        let bus = u8::try_from(5 + card % 0xf8).ok()?;
        let domain = u16::try_from(card / 0xf8).ok()?;
        let function = u8::from(position % 2 == 1);
        (self != Self::Libfc).then_some(PciAddress { domain, bus, slot: 0, function })
    }

    /// Whether `vport_create` itself fails when the switch has no NPIV.
    pub(in crate::host) const fn looks_for_npiv_first(self) -> bool {
        matches!(self, Self::Qla2xxx)
    }

    /// Whether the initiators in its zones are remote ports to it, too.
    pub(in crate::host) const fn lists_initiators(self) -> bool {
        matches!(self, Self::Libfc)
    }

    /// Whether the directory server is a remote port to it.
    pub(in crate::host) const fn lists_directory_server(self) -> bool {
        matches!(self, Self::Libfc)
    }

    pub(in crate::host) const fn after_reject(self, reject: &LoginReject) -> AfterReject {
        match self {
            // qla2xxx knows few states: whatever the fabric says, the vport has failed.
            Self::Qla2xxx => AfterReject::Stay(VportState::Failed),
            Self::Lpfc if reject.is_resources() => AfterReject::Stay(VportState::NoFabricResources),
            Self::Lpfc => AfterReject::Stay(VportState::FabricRejectedWwn),
            Self::Libfc => AfterReject::Retry,
        }
    }
}
