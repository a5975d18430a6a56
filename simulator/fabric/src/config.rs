//! What a simulated SAN is built from: the settings of switches, ports and drivers.
//!
//! These are plain values with the field's defaults. A topology file fills them in; commands carry them
//! into the world; nothing else has settings.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Who keeps the name when a port logs in with a WWPN that the fabric has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DuplicateWwpn {
    /// The first login stays; the second is rejected ("invalid N_Port_Name").
    #[default]
    FirstWins,
    /// The second login is accepted; the first is logged out.
    SecondWins,
    /// The second wins if it is an FDISC; a second FLOGI is rejected.
    SecondWinsIfFdisc,
}

/// A switch's settings, which all its ports share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct SwitchSettings {
    /// How many ports it has, 1 to 65,535.
    pub ports: u16,
    /// Whether its ports accept FDISC.
    pub npiv: bool,
    /// The most logins through one port, the physical N_Port's included.
    pub logins_per_port: u32,
    /// The most logins through the switch.
    pub logins: u32,
    /// Who wins on a duplicate WWPN.
    pub duplicate_wwpn: DuplicateWwpn,
    /// Whether NPIV logins outlive the LOGO of the port's base N_Port (Brocade's "base device logout").
    pub keep_npiv_on_base_logout: bool,
    /// The priority in the election of the principal switch: 1 best, 255 never.
    pub priority: u8,
}

impl Default for SwitchSettings {
    fn default() -> Self {
        Self {
            ports: 48,
            npiv: true,
            logins_per_port: 126,
            logins: 4_000,
            duplicate_wwpn: DuplicateWwpn::default(),
            keep_npiv_on_base_logout: false,
            priority: 128,
        }
    }
}

/// Which driver an adapter behaves like: its limits and what it answers when it refuses.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Driver {
    /// Marvell (QLogic) `qla2xxx`.
    #[default]
    Qla2xxx,
    /// Broadcom (Emulex) `lpfc`.
    Lpfc,
    /// The kernel's software initiator: libfc under `fcoe`.
    Libfc,
}

impl Driver {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Qla2xxx, Self::Lpfc, Self::Libfc];

    /// The word for it in topology files and in the field.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Qla2xxx => "qla2xxx",
            Self::Lpfc => "lpfc",
            Self::Libfc => "libfc",
        }
    }
}

impl fmt::Display for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Driver {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|driver| driver.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not a driver"))
    }
}

/// How long things take, in microseconds of virtual time. Where two values stand, each occurrence draws
/// uniformly between them from the world's seed.
///
/// The defaults are the order of magnitude of a healthy, idle SAN; a kernel's own figures come from the
/// captures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Latencies {
    /// From link up to the FLOGI's or FDISC's answer.
    pub login_us: (u64, u64),
    /// From login to the answer of the first name server query, registrations included.
    pub discovery_us: (u64, u64),
    /// PLOGI and PRLI with one target.
    pub port_login_us: (u64, u64),
    /// REPORT LUNS, and INQUIRY with its VPD pages, per LUN.
    pub lun_probe_us: (u64, u64),
    /// From a change in the fabric to the RSCN's arrival.
    pub rscn_us: (u64, u64),
    /// One zoning commit.
    pub zoning_us: (u64, u64),
    /// One change of an array's masking.
    pub masking_us: (u64, u64),
    /// One block read or written.
    pub io_us: (u64, u64),
}

impl Default for Latencies {
    fn default() -> Self {
        Self {
            login_us: (2_000, 6_000),
            discovery_us: (1_000, 3_000),
            port_login_us: (800, 2_000),
            lun_probe_us: (400, 900),
            rscn_us: (500, 2_000),
            zoning_us: (600_000, 1_200_000),
            masking_us: (150_000, 400_000),
            io_us: (150, 400),
        }
    }
}
