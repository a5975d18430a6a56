//! What each request is called in code and in prose, and whether it changes anything.

use super::Request;

const READS: bool = false;
const CHANGES: bool = true;

impl Request<'_> {
    /// The method, as `create_vport`.
    pub const fn method(&self) -> &'static str {
        self.facts().0
    }

    /// The method as a verb phrase, as errors have it: `create vport`.
    pub const fn operation(&self) -> &'static str {
        self.facts().1
    }

    /// Whether it changes anything. `false` for [`Request::Other`], of which its
    /// [`Call`](super::Call) knows.
    pub const fn changes(&self) -> bool {
        self.facts().2
    }

    const fn facts(&self) -> (&'static str, &'static str, bool) {
        match self {
            Self::Adapters => ("adapters", "list adapters", READS),
            Self::RemotePorts { .. } => ("remote_ports", "list remote ports", READS),
            Self::Unreadable => ("unreadable", "list what cannot be read", READS),
            Self::CreateVport { .. } => ("create_vport", "create vport", CHANGES),
            Self::DeleteVport { .. } => ("delete_vport", "delete vport", CHANGES),
            Self::Vports { .. } => ("vports", "list vports", READS),
            Self::Paths { .. } => ("paths", "list paths", READS),
            Self::Identify { .. } => ("identify", "identify", READS),
            Self::Inspect { .. } => ("inspect", "inspect", READS),
            Self::Reported { .. } => ("reported", "report LUNs", READS),
            Self::Scan { .. } => ("scan", "scan", CHANGES),
            Self::Remove { .. } => ("remove", "remove", CHANGES),
            Self::Reset { .. } => ("reset", "reset", CHANGES),
            Self::SetDevLossSecs { .. } => ("set_dev_loss_secs", "set dev_loss", CHANGES),
            Self::Subscribe => ("subscribe", "subscribe to events", READS),
            Self::Switches => ("switches", "list switches", READS),
            Self::Ports { .. } => ("ports", "list ports", READS),
            Self::NameServer => ("name_server", "list name server", READS),
            Self::Defined => ("defined", "read defined zones", READS),
            Self::Effective => ("effective", "read effective zones", READS),
            Self::Begin => ("begin", "begin zoning transaction", CHANGES),
            Self::Edit { .. } => ("edit", "edit zones", CHANGES),
            Self::Commit { .. } => ("commit", "commit zoning transaction", CHANGES),
            Self::Abort { .. } => ("abort", "abort zoning transaction", CHANGES),
            Self::TargetPorts => ("target_ports", "list target ports", READS),
            Self::Volumes => ("volumes", "list volumes", READS),
            Self::Groups => ("groups", "list host groups", READS),
            Self::CreateGroup { .. } => ("create_group", "create host group", CHANGES),
            Self::DeleteGroup { .. } => ("delete_group", "delete host group", CHANGES),
            Self::AddInitiator { .. } => ("add_initiator", "add initiator", CHANGES),
            Self::RemoveInitiator { .. } => ("remove_initiator", "remove initiator", CHANGES),
            Self::Map { .. } => ("map", "map volume", CHANGES),
            Self::Unmap { .. } => ("unmap", "unmap volume", CHANGES),
            Self::Other { method } => (method, method, READS),
        }
    }
}
