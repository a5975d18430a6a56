//! The beginning of a guest's life: checked, claimed, linked; checked once more; noted.

use npivot_hal::Outcome;

use super::HookAnswer;
use super::call::Call;
use crate::guest::resolve::{HostDevice, Purpose, Resolution, resolve};
use crate::libvirt::{DeviceSource, Domain};

impl Call<'_> {
    pub(super) async fn prepare(&self, domain: &Domain, mut answer: HookAnswer) -> HookAnswer {
        match self.make_ready(domain, &mut answer).await {
            Ok(_) => answer,
            Err(()) => answer.refused(),
        }
    }

    /// By now libvirt has given QEMU the right to open what the links pointed to.
    pub(super) async fn start(&self, domain: &Domain, mut answer: HookAnswer) -> HookAnswer {
        match self.make_ready(domain, &mut answer).await {
            Ok(Outcome::Unchanged) => answer,
            Ok(Outcome::Changed) => {
                answer.say(
                    self.guest,
                    "its paths have changed while it was being prepared; start it again",
                );
                answer.refused()
            }
            Err(()) => answer.refused(),
        }
    }

    /// Checks, claims and links all of a guest's LUNs, or none of them: whether a link points elsewhere than
    /// before. What is wrong is in the answer.
    async fn make_ready(&self, domain: &Domain, answer: &mut HookAnswer) -> Result<Outcome, ()> {
        let ports = &self.ports.resolve;
        let resolution = resolve(domain, Purpose::Start, ports).await;
        answer.report(resolution.findings());
        if let Err(refused) = resolution.devices() {
            answer.say_refused(&refused);
            return Err(());
        }
        let wanted = resolution.wanted();
        if wanted.is_empty() {
            return Ok(Outcome::Unchanged);
        }
        let (guest, here) = (resolution.guest(), ports.host.name());
        // The check may be out of date by now; the claim is one transaction and decides.
        let claimed = ports.claims.claim(guest, here, &wanted).await;
        let claimed = claimed.map_err(|error| answer.say(self.guest, error))?;
        match self.point(domain, &resolution).await {
            Ok(moved) => Ok(moved),
            Err(error) => {
                answer.say(self.guest, error);
                // Only what this call has claimed: a guest that had it before may be running on it.
                if claimed.changed()
                    && let Err(error) = ports.claims.release(guest, here).await
                {
                    answer.say(self.guest, format_args!("it may hold its LUNs still: {error}"));
                }
                Err(())
            }
        }
    }

    /// Makes the links in the definition true. Whether one was not.
    async fn point(&self, domain: &Domain, resolution: &Resolution) -> npivot_hal::Result<Outcome> {
        let mut moved = Outcome::Unchanged;
        for device in resolution.devices().unwrap_or_default() {
            let named = &domain.devices()[device.index].source;
            if let (DeviceSource::Block { .. }, HostDevice::Block { link: Some(link), paths, .. }) =
                (named, &device.device)
            {
                let nodes: Vec<String> = paths
                    .iter()
                    .flat_map(|path| &path.device)
                    .map(|d| format!("/dev/{d}"))
                    .collect();
                moved = moved.or(self.ports.links.point(link, &nodes).await?);
            }
        }
        Ok(moved)
    }

    /// It runs: what it runs with is what the next start is held against.
    pub(super) async fn started(&self, domain: &Domain, mut answer: HookAnswer) -> HookAnswer {
        let ports = &self.ports.resolve;
        let resolution = resolve(domain, Purpose::Running, ports).await;
        let ran_with = resolution.ran_with(domain);
        if let Err(refused) = resolution.devices() {
            answer.report(resolution.findings());
            answer.say(self.guest, format_args!("nothing is noted of its LUNs: {refused}"));
        } else if !ran_with.is_empty()
            && let Err(error) = ports.claims.record(resolution.guest(), &ran_with).await
        {
            answer.say(self.guest, format_args!("nothing is noted of its LUNs: {error}"));
        }
        answer
    }
}
