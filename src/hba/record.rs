//! An adapter with what it is to the others of its host.

use npivot_hal::{
    Adapter, AdapterKind, ErrorKind, Host, HostNo, PciAddress, PortState, Result, Vport, VportState,
};

/// An HBA or a vHBA, as the host has it now.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hba {
    /// What the host says of it.
    pub adapter: Adapter,
    /// Of a vHBA, the HBA that it is on. `None` for an HBA, and for a vHBA whose HBA has just gone.
    pub parent: Option<Adapter>,
    /// The vHBAs on it, in whatever state, by ascending number; those without a SCSI host come last.
    pub vports: Vec<Vport>,
}

impl Hba {
    /// All of a host, by ascending number. An adapter that goes while it is asked has no vHBAs.
    ///
    /// # Errors
    /// As [`Host::adapters`] and [`Npiv::vports`](npivot_hal::Npiv::vports).
    pub async fn all(host: &dyn Host) -> Result<Vec<Self>> {
        let adapters = host.adapters().await?;
        let mut all = vec![];
        for adapter in &adapters {
            all.push(Self::of(host, adapter, &adapters).await?);
        }
        Ok(all)
    }

    /// The one with this number, if the host has it.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn find(host: &dyn Host, no: HostNo) -> Result<Option<Self>> {
        let adapters = host.adapters().await?;
        match adapters.iter().find(|adapter| adapter.no == no) {
            Some(adapter) => Self::of(host, adapter, &adapters).await.map(Some),
            None => Ok(None),
        }
    }

    async fn of(host: &dyn Host, adapter: &Adapter, all: &[Adapter]) -> Result<Self> {
        let parent = match adapter.kind {
            AdapterKind::Virtual { parent } => all.iter().find(|other| other.no == parent),
            _ => None,
        };
        let vports = match host.npiv() {
            Some(npiv) if adapter.npiv().is_some() => match npiv.vports(adapter.no).await {
                Err(error) if error.kind() == ErrorKind::NotFound => vec![],
                vports => vports?,
            },
            _ => vec![],
        };
        Ok(Self::new(adapter.clone(), parent.cloned(), with_adapters(vports, adapter.no, all)))
    }

    /// A record of these; the vHBAs are put in order.
    pub fn new(adapter: Adapter, parent: Option<Adapter>, mut vports: Vec<Vport>) -> Self {
        vports.sort_by_key(|vport| (vport.no.is_none(), vport.no, vport.names));
        Self { adapter, parent, vports }
    }

    /// libvirt's name of it: `scsi_host5`. It may be another's after a reboot.
    pub fn name(&self) -> String {
        libvirt_name(self.adapter.no)
    }

    /// Whether its port is logged in and usable.
    pub fn is_online(&self) -> bool {
        self.adapter.state == PortState::Online
    }

    /// Where it sits; of a vHBA, where its HBA does. `None` for a software adapter.
    pub fn pci(&self) -> Option<PciAddress> {
        self.adapter.pci.or_else(|| self.parent.as_ref()?.pci)
    }

    /// The kernel driver; of a vHBA that does not tell, its HBA's.
    pub fn driver(&self) -> Option<&str> {
        self.adapter.driver.as_deref().or_else(|| self.parent.as_ref()?.driver.as_deref())
    }

    /// Its maker's name for the board; of a vHBA that does not tell, its HBA's.
    pub fn model(&self) -> Option<&str> {
        self.adapter.model.as_deref().or_else(|| self.parent.as_ref()?.model.as_deref())
    }

    /// Who makes it, as far as its driver tells: each of them serves one maker's boards only.
    pub fn vendor(&self) -> Option<&'static str> {
        vendor(self.driver()?)
    }
}

/// libvirt's name of a SCSI host.
pub(super) fn libvirt_name(no: HostNo) -> String {
    format!("scsi_{no}")
}

/// The list, with the vHBAs that only their own adapters tell of: a backend need not list vports to have
/// some.
pub(crate) fn with_adapters(mut vports: Vec<Vport>, parent: HostNo, all: &[Adapter]) -> Vec<Vport> {
    for adapter in all.iter().filter(|other| other.kind == AdapterKind::Virtual { parent }) {
        if vports.iter().any(|vport| vport.no == Some(adapter.no)) {
            continue;
        }
        // One that was listed before it had an adapter has one now.
        if let Some(vport) = vports.iter_mut().find(|vport| vport.names == adapter.names) {
            vport.no = Some(adapter.no);
            continue;
        }
        let state = match adapter.state {
            PortState::Online => VportState::Active,
            PortState::Linkdown => VportState::Linkdown,
            _ => VportState::Unknown,
        };
        let mut vport = Vport::new(parent, adapter.names, state);
        vport.no = Some(adapter.no);
        vport.port_id = adapter.port_id;
        vports.push(vport);
    }
    vports
}

/// The maker of the boards that a driver serves (the drivers are those under `drivers/scsi` and
/// `drivers/s390/scsi` that register an `fc_host`). `None` for software on network adapters, whoever made
/// those.
fn vendor(driver: &str) -> Option<&'static str> {
    Some(match driver {
        "qla2xxx" | "qedf" => "QLogic",
        "lpfc" | "efct" => "Emulex",
        "bfa" => "Brocade",
        "fnic" => "Cisco",
        "csiostor" => "Chelsio",
        "mptfc" => "LSI",
        "zfcp" => "IBM",
        _ => return None,
    })
}
