//! One device after the other, and then all of them together.

use npivot_hal::{AdapterKind, ErrorKind, LunId};

use super::finding::Problem;
use super::names::{BlockName, is_partition};
use super::pick::{Picked, Question};
use super::scope::{self, Meaning, Scope};
use super::survey::Survey;
use super::{Finding, HostDevice, Ports, Purpose, Resolution, ResolvedDevice, uses};
use crate::guest::ports::GuestId;
use crate::guest::{DeviceLink, Through};
use crate::libvirt::{DeviceSource, Domain, GuestDevice, NewSource};
use crate::pool::{self, VolumePath};

pub(super) struct Resolver<'r> {
    domain: &'r Domain,
    purpose: Purpose,
    ports: &'r Ports<'r>,
    survey: Survey<'r>,
    resolution: Resolution,
}

impl<'r> Resolver<'r> {
    pub(super) async fn of(domain: &'r Domain, purpose: Purpose, ports: &'r Ports<'r>) -> Self {
        let guest = GuestId { name: domain.name().into(), uuid: domain.uuid() };
        let faults = domain.faults().iter().map(|fault| Finding::of_fault(domain, fault));
        let findings = faults.collect();
        let resolution = Resolution { guest, devices: vec![], findings };
        // A guest without any storage of ours must not depend on what can be seen of the host.
        let survey = match domain.devices() {
            [] => Survey::blind(ports.host),
            _ => Survey::of(ports.host).await,
        };
        Self { domain, purpose, ports, survey, resolution }
    }

    pub(super) async fn resolve(mut self) -> Resolution {
        for (index, device) in self.domain.devices().iter().enumerate() {
            match self.device(index, device).await {
                Ok(resolved) => self.resolution.devices.extend(resolved),
                Err(problem) => self.find(index, problem),
            }
        }
        self.compare_uses().await;
        let order = |finding: &Finding| (std::cmp::Reverse(finding.severity), finding.place);
        self.resolution.findings.sort_by_key(order);
        self.resolution
    }

    fn find(&mut self, index: usize, problem: Problem) {
        let device = &self.domain.devices()[index];
        let finding = problem.at(self.domain.file(), device.place, device.subject());
        self.resolution.findings.push(finding);
    }

    async fn device(
        &mut self,
        index: usize,
        device: &GuestDevice,
    ) -> Result<Option<ResolvedDevice>, Problem> {
        let meaning = scope::meaning(&device.source, &self.survey, self.ports.pools).await?;
        let scope = match meaning {
            Meaning::Lun(scope) => scope,
            Meaning::Foreign(note) => {
                if let Some(note) = note {
                    self.find(index, note);
                }
                return Ok(None);
            }
            Meaning::Vhost(wwpn) => return Ok(Some(self.vhost(index, device, wwpn))),
        };
        let name = device.source.to_string();
        let recorded = self.recorded(device).await?;
        let question = Question { name, scope: &scope, recorded, purpose: self.purpose };
        let mut notes = vec![];
        let picked = question.answer(&mut self.survey, &mut notes).await;
        for note in notes {
            self.find(index, note);
        }
        if let Some(picked) = picked? {
            self.resolved(index, device, &scope, picked).map(Some)
        } else {
            self.say_unchecked(index, device);
            Ok(None)
        }
    }

    /// Which LUN a device was: the guest's own record, which has come with it, before this host's.
    async fn recorded(&self, device: &GuestDevice) -> Result<Option<LunId>, Problem> {
        if let Some(id) = self.domain.recorded(&device.key) {
            return Ok(Some(id.clone()));
        }
        let written = device.as_written();
        let recorded = self.ports.claims.recorded(&self.resolution.guest, &written).await;
        recorded.map_err(|error| {
            Problem::error(format!("which LUN {} was cannot be told: {error}", device.key))
        })
    }

    /// A device that is not behind any adapter that can be seen.
    fn say_unchecked(&mut self, index: usize, device: &GuestDevice) {
        let problem = match (&self.survey.adapters, &device.source) {
            (Err(error), _) if error.kind() != ErrorKind::Unsupported => Problem::warning(format!(
                "it is not checked, since the host's adapters cannot be read: {error}"
            )),
            (Ok(all), DeviceSource::Block { dev }) if !all.is_empty() => Problem::info(format!(
                "{dev} is no LUN behind an adapter of this host: it is not checked, and libvirt opens it as it is"
            )),
            // A vHBA whose number has changed looks the same: its LUNs are not a local controller's.
            (Ok(all), DeviceSource::ScsiDevice(at)) if !all.is_empty() => Problem::info(format!(
                "scsi_{} is no Fibre Channel adapter of this host (any more): {at} is not checked",
                at.host
            )),
            _ => return,
        };
        self.find(index, problem);
    }

    fn vhost(&mut self, index: usize, device: &GuestDevice, wwpn: String) -> ResolvedDevice {
        let adapter = wwpn.parse().ok().and_then(|wwpn| self.survey.by_wwpn(wwpn));
        let problem = match adapter {
            Some(adapter) => Problem::warning(format!(
                "{wwpn} is the Fibre Channel adapter {} of this host",
                adapter.no
            ))
            .expected("the name of a vhost-scsi target of the kernel")
            .fix("pass LUNs behind an adapter as hostdev type='scsi', or as disks"),
            None => Problem::info(format!("vhost-scsi target {wwpn} is left to libvirt")),
        };
        self.find(index, problem);
        base(index, device, None, HostDevice::VhostScsi(wwpn), None)
    }

    fn resolved(
        &mut self,
        index: usize,
        device: &GuestDevice,
        scope: &Scope,
        picked: Picked,
    ) -> Result<ResolvedDevice, Problem> {
        let Picked { id, paths } = picked;
        if let DeviceSource::ScsiDevice(given) = device.source {
            // Where it was, if that is a way to it; else any.
            let stays = paths.iter().any(|seen| seen.path.address == given);
            let best = if stays { given } else { paths[0].path.address };
            let new = (best != given).then_some(NewSource::ScsiDevice(best));
            return Ok(base(index, device, Some(id), HostDevice::Scsi(best), new));
        }
        let mut paths: Vec<VolumePath> = paths.into_iter().map(|seen| seen.path).collect();
        paths.retain(|path| path.device.is_some());
        let Some(best) = paths.first() else {
            return Err(Problem::error(format!("{id} has no block device on this host"))
                .expected("a disk")
                .fix("what is no disk is passed through as hostdev type='scsi'"));
        };
        let through = scope.through.clone().or_else(|| {
            let adapter = self.survey.adapter(best.address.host)?;
            Some(Through::Vhba(adapter.names.wwpn))
        });
        let link = through.map(|through| DeviceLink { through, id: id.clone() });
        let new = self.new_source(device, scope, link.as_ref(), best)?;
        let link = link.filter(|_| scope.own_link || new.is_some());
        let node = format!("/dev/{}", best.device.as_deref().unwrap_or_default());
        if let (DeviceSource::Block { dev }, None) = (&device.source, &link)
            && dev.starts_with("/dev/sd")
        {
            let text = format!("{dev} is a name of the moment, {id} now");
            let fix = "name the disk by a pool's volume, or by a link that holds its identity";
            self.find(index, Problem::warning(text).fix(fix));
        }
        let (by_id, by_path) = (pool::by_id(&id), self.by_path(best));
        let block = HostDevice::Block { link, node, by_id, by_path, paths };
        Ok(base(index, device, Some(id), block, new))
    }

    /// npivot's link in place of what only npivot understands, or what means something else here.
    fn new_source(
        &self,
        device: &GuestDevice,
        scope: &Scope,
        link: Option<&DeviceLink>,
        best: &VolumePath,
    ) -> Result<Option<NewSource>, Problem> {
        let Some(link) = link else { return Ok(None) };
        if let DeviceSource::Block { dev } = &device.source {
            // A foreign name stays where it is; one that is a number does not go to another host.
            let identity = matches!(BlockName::of(dev), Some(BlockName::Identity(_)));
            if scope.own_link || identity || self.purpose != Purpose::Arrival {
                return Ok(None);
            }
            if is_partition(dev) {
                // A link is to the whole LUN: the guest would write over the partition table.
                let id = &link.id;
                let text =
                    format!("{dev} is a partition of {id}, and has another name on this host");
                let fix =
                    "name the partition by its disk's identity, as /dev/disk/by-id/wwn-0x…-partN";
                return Err(Problem::error(text).fix(fix));
            }
        }
        if !link.fits() {
            let text = format!("the identity of {} is too long for a link", best.address);
            return Err(Problem::error(text));
        }
        Ok(Some(NewSource::Block(link.to_string())))
    }

    /// `None` behind a vHBA and behind an adapter that has some: their devices share these names.
    fn by_path(&self, best: &VolumePath) -> Option<String> {
        let adapter = self.survey.adapter(best.address.host)?;
        let alone = match adapter.kind {
            AdapterKind::Physical { npiv } => npiv.is_none_or(|npiv| npiv.in_use == 0),
            _ => false,
        };
        alone.then(|| Some(pool::by_path(adapter.pci?, best.target?, best.address.lun)))?
    }

    async fn compare_uses(&mut self) {
        let devices = &self.resolution.devices;
        let mut problems = uses::wanted(devices).1;
        let (guest, host) = (&self.resolution.guest, self.survey.host_name());
        let claims = self.ports.claims;
        problems.extend(uses::conflicts(devices, guest, host, self.purpose, claims).await);
        let place = |(at, problem): (usize, Problem)| (devices[at].index, problem);
        let problems: Vec<_> = problems.into_iter().map(place).collect();
        for (index, problem) in problems {
            self.find(index, problem);
        }
    }
}

fn base(
    index: usize,
    device: &GuestDevice,
    id: Option<LunId>,
    found: HostDevice,
    new_source: Option<NewSource>,
) -> ResolvedDevice {
    let GuestDevice { key, place, access, .. } = device;
    let (key, place, access) = (key.clone(), *place, *access);
    ResolvedDevice { index, key, place, access, id, device: found, new_source }
}
