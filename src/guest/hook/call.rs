//! One call of the hook: the end of a guest's life, its arrival, its return into sight.

use super::{HookAnswer, HookPorts};
use crate::guest::DeviceLink;
use crate::guest::ports::{GuestId, Wanted};
use crate::guest::resolve::{Purpose, resolve};
use crate::libvirt::{DeviceSource, Domain};

/// What libvirt says that it is about to do, or has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Prepare,
    Start,
    Started,
    Stopped,
    Release,
    Migrate,
    Restore,
    /// Also `attach`: a guest that runs already.
    Reconnect,
}

impl Operation {
    /// `None` for what is not known, or not known to be meant so.
    pub(super) fn of(operation: &str, sub_operation: &str) -> Option<Self> {
        match (operation, sub_operation) {
            ("prepare", "begin") => Some(Self::Prepare),
            ("start", "begin") => Some(Self::Start),
            ("started", "begin") => Some(Self::Started),
            ("stopped", "end") => Some(Self::Stopped),
            ("release", "end") => Some(Self::Release),
            ("migrate", "begin") => Some(Self::Migrate),
            ("restore", "begin") => Some(Self::Restore),
            ("reconnect" | "attach", "begin") => Some(Self::Reconnect),
            _ => None,
        }
    }

    /// Whether exit status 1 keeps something from happening, and does not undo what has.
    pub(super) const fn may_refuse(self) -> bool {
        matches!(self, Self::Prepare | Self::Start | Self::Migrate | Self::Restore)
    }
}

/// A call that is understood.
pub(super) struct Call<'c> {
    pub(super) guest: &'c str,
    pub(super) ports: &'c HookPorts<'c>,
}

impl Call<'_> {
    /// On its way here, from another host or out of a file.
    pub(super) async fn arrive(
        &self,
        domain: &Domain,
        migrates: bool,
        mut answer: HookAnswer,
    ) -> HookAnswer {
        let ports = &self.ports.resolve;
        let resolution = resolve(domain, Purpose::Arrival, ports).await;
        answer.report(resolution.findings());
        let xml = match resolution.to_xml(domain, false) {
            Ok(xml) => xml,
            Err(refused) => {
                answer.say_refused(&refused);
                return answer.refused();
            }
        };
        if migrates && !resolution.wanted().is_empty() {
            let here = ports.host.name();
            if let Err(error) = ports.claims.announce(resolution.guest(), here).await {
                answer.say(self.guest, error);
                return answer.refused();
            }
        }
        // The same again would mark the guest as tainted for nothing.
        if xml != domain.xml() {
            answer.stdout = xml.into_bytes();
        }
        answer
    }

    /// It runs already: nothing is refused, since libvirt would end it.
    pub(super) async fn reconnect(&self, domain: &Domain, mut answer: HookAnswer) -> HookAnswer {
        let ports = &self.ports.resolve;
        let resolution = resolve(domain, Purpose::Running, ports).await;
        answer.report(resolution.findings());
        for (id, access) in resolution.wanted() {
            // One by one: a conflict about one LUN does not free the others.
            let wanted = Wanted::from([(id, access)]);
            let claimed = ports.claims.claim(resolution.guest(), ports.host.name(), &wanted).await;
            if let Err(error) = claimed {
                answer.say(self.guest, format_args!("it runs, but without its claim: {error}"));
            }
        }
        answer
    }

    /// It is gone from this host.
    pub(super) async fn release(
        &self,
        domain: Option<&Domain>,
        mut answer: HookAnswer,
    ) -> HookAnswer {
        let uuid = domain.and_then(Domain::uuid);
        let guest = GuestId { name: self.guest.into(), uuid };
        let claims = self.ports.resolve.claims;
        // All that it has claimed, whatever is left in its definition by now.
        if let Err(error) = claims.release(&guest, self.ports.resolve.host.name()).await {
            answer.say(self.guest, format_args!("it may hold its LUNs still: {error}"));
            return answer.refused();
        }
        for link in domain.map(links).unwrap_or_default() {
            if let Err(error) = self.unlink(&link).await {
                answer.say(self.guest, format_args!("{link} is left behind: {error}"));
                answer.status = 1;
            }
        }
        answer
    }

    /// Removes a link unless another guest here has the LUN too.
    async fn unlink(&self, link: &DeviceLink) -> npivot_hal::Result<()> {
        let Self { ports, .. } = self;
        let users = ports.resolve.claims.users(&link.id).await?;
        if users.iter().all(|claim| claim.host != ports.resolve.host.name()) {
            let _ = ports.links.remove(link).await?;
        }
        Ok(())
    }
}

/// npivot's links in a definition.
fn links(domain: &Domain) -> Vec<DeviceLink> {
    let link = |source: &DeviceSource| match source {
        DeviceSource::Block { dev } => dev.parse().ok(),
        _ => None,
    };
    domain.devices().iter().filter_map(|device| link(&device.source)).collect()
}
