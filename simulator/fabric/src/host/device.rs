//! SCSI devices: found by scans, kept with the identity that they had, removed on request.

use npivot_hal::{Lun, Outcome, PathState, ScanScope, ScsiAddress};

use super::{Device, DeviceKey, Rport};
use crate::array::VolumeIx;
use crate::san::ids::{AdapterIx, ArrayIx, HostIx, TargetIx};
use crate::world::{Answer, Happening, Refusal, Reply, TargetPort, World};

/// The name that the kernel's sd driver gives to the nth disk: `sda` … `sdz`, `sdaa` …
/// (`sd_format_disk_name`, `drivers/scsi/sd.c`).
pub fn disk_name(mut index: u32) -> String {
    let mut letters = vec![];
    loop {
        letters.push(b'a' + (index % 26) as u8);
        match (index / 26).checked_sub(1) {
            Some(next) => index = next,
            None => break,
        }
    }
    letters.reverse();
    format!("sd{}", String::from_utf8_lossy(&letters))
}

impl World {
    /// What an array shows to an adapter through a port, in order of LUN.
    pub(in crate::host) fn shown_luns(
        &self,
        ix: AdapterIx,
        target: TargetIx,
    ) -> Vec<(Lun, VolumeIx)> {
        let array = self.targets[target.index()].array;
        let initiator = self.adapter_ref(ix).names.wwpn;
        self.arrays[array.index()].array.report_luns(initiator).collect()
    }

    /// The array port behind a remote port, if frames get there now.
    pub(super) fn reachable_target(&self, ix: AdapterIx, rport: u32) -> Option<TargetIx> {
        let adapter = self.adapter_ref(ix);
        let own = adapter.nport?;
        let wwpn = adapter.rports.get(&rport)?.names.wwpn;
        let other = self.san.by_name(self.san.fabric_of(own), wwpn)?;
        self.san.reach(own, other).ok()?;
        self.san.nport(other).owner.as_target()
    }

    /// The wildcard scan that follows a login to a target. One that was lost meanwhile is not scanned:
    /// the login that finds it again is followed by a scan of its own.
    pub(crate) fn probe_is_due(&mut self, ix: AdapterIx, rport: u32) {
        if self.adapter_ref(ix).rports.get(&rport).is_some_and(Rport::is_up) {
            self.probe(ix, rport, None);
        }
    }

    /// REPORT LUNS, and a device for each LUN that has none yet and that the driver takes. One that exists
    /// is left as it is, also where another volume is shown there now: the kernel does not look again. How
    /// many were added.
    fn probe(&mut self, ix: AdapterIx, rport: u32, only: Option<u64>) -> u32 {
        let Some(target_ix) = self.reachable_target(ix, rport) else {
            return 0;
        };
        let Some(target) = self.adapter_ref(ix).rports.get(&rport).and_then(|r| r.target) else {
            return 0;
        };
        let TargetPort { array, number, .. } = self.targets[target_ix.index()];
        let initiator = self.adapter_ref(ix).names.wwpn;
        let max_lun = self.driver_of(ix).max_lun();
        self.arrays[array.index()].array.scanned(initiator, number);
        let mut added = 0;
        for (lun, seen) in self.shown_luns(ix, target_ix) {
            let key = DeviceKey { target, lun: lun.sysfs() };
            let wanted = only.is_none_or(|only| only == key.lun) && key.lun <= max_lun;
            if wanted && !self.adapter_ref(ix).devices.contains_key(&key) {
                self.add_device(ix, key, rport, (lun, array, seen));
                added += 1;
            }
        }
        added
    }

    fn add_device(
        &mut self,
        ix: AdapterIx,
        key: DeviceKey,
        rport: u32,
        (lun, array, seen): (Lun, ArrayIx, VolumeIx),
    ) {
        let host = self.adapter_ref(ix).host;
        let tables = &mut self.hosts[host.index()];
        let (disk, generic) = (tables.disks.take(), tables.generics.take());
        let bsg = tables.bsgs.take();
        tables.disk_count += 1;
        let diskseq = tables.disk_count;
        let state = PathState::Running;
        let device = Device { rport, lun, array, seen, state, disk, generic, bsg, diskseq };
        self.adapter_mut(ix).devices.insert(key, device);
        self.tell_device(ix, key, disk, (array, seen), true);
    }

    fn tell_device(
        &mut self,
        ix: AdapterIx,
        key: DeviceKey,
        disk: u32,
        (array, seen): (ArrayIx, VolumeIx),
        present: bool,
    ) {
        let adapter = self.adapter_ref(ix);
        let (host, address) = (adapter.host, adapter.address(key));
        let volume = self.arrays[array.index()].array.volume(seen).name().to_owned();
        let device = disk_name(disk);
        self.tell(Happening::Lun { host, address, device, volume, present });
    }

    /// A write to `scan`: remote ports that are not online are skipped, and it succeeds all the same;
    /// only what is above the adapter's limits is refused.
    pub(super) fn scan(&mut self, ix: AdapterIx, scope: ScanScope) -> Answer {
        let adapter = self.adapter_ref(ix);
        let driver = self.driver_of(ix);
        let (targets, max_lun) = (driver.max_targets(), driver.max_lun());
        let too_far = scope.target.is_some_and(|t| t >= targets);
        if too_far || scope.lun.is_some_and(|l| l > max_lun) {
            let text =
                format!("the adapter takes targets below {targets} and LUNs up to {max_lun}");
            return Err(Refusal::Argument(text));
        }
        let wanted: Vec<u32> = (adapter.rports.iter())
            .filter(|(_, r)| r.is_up() && r.target.is_some())
            .filter(|(_, r)| scope.target.is_none_or(|t| Some(t) == r.target))
            .map(|(number, _)| *number)
            .collect();
        let added: u32 = wanted.into_iter().map(|rport| self.probe(ix, rport, scope.lun)).sum();
        Ok(Reply::Outcome(Outcome::from(added > 0)))
    }

    /// A write to a device's `delete`.
    pub(super) fn remove_device(&mut self, host: HostIx, address: ScsiAddress) -> Answer {
        let ix = self.must_have_adapter(host, address.host)?;
        let key = DeviceKey { target: address.target, lun: address.lun };
        Ok(Reply::Outcome(Outcome::from(address.channel == 0 && self.drop_device(ix, key))))
    }

    /// A write to a device's `rescan`: its VPD pages and its size are read again, and only that way does
    /// the kernel notice that another volume is there (`scsi_rescan_device`, `drivers/scsi/scsi_scan.c`).
    /// Where nothing answers it keeps what it knew.
    pub(super) fn rescan_device(&mut self, host: HostIx, address: ScsiAddress) -> Answer {
        let ix = self.must_have_adapter(host, address.host)?;
        let key = DeviceKey { target: address.target, lun: address.lun };
        let adapter = self.adapter_ref(ix);
        let device = adapter.devices.get(&key).filter(|_| address.channel == 0);
        let device = device.ok_or(Refusal::NoDevice(address))?;
        let wwpn = adapter.names.wwpn;
        let now = self.reachable_target(ix, device.rport).and_then(|target| {
            let array = self.targets[target.index()].array;
            let volume = self.arrays[array.index()].array.volume_at(wwpn, device.lun)?;
            Some((array, volume))
        });
        let Some((array, seen)) = now.filter(|_| device.state == PathState::Running) else {
            return Ok(Reply::Outcome(Outcome::Unchanged));
        };
        let device = self.adapter_mut(ix).devices.get_mut(&key);
        let device = device.ok_or(Refusal::NoDevice(address))?;
        let changed = (device.array, device.seen) != (array, seen);
        (device.array, device.seen) = (array, seen);
        Ok(Reply::Outcome(Outcome::from(changed)))
    }

    fn drop_device(&mut self, ix: AdapterIx, key: DeviceKey) -> bool {
        let Some(device) = self.adapter_mut(ix).devices.remove(&key) else {
            return false;
        };
        let host = self.adapter_ref(ix).host;
        let tables = &mut self.hosts[host.index()];
        tables.disks.give_back(device.disk);
        tables.generics.give_back(device.generic);
        tables.bsgs.give_back(device.bsg);
        self.tell_device(ix, key, device.disk, (device.array, device.seen), false);
        true
    }

    pub(in crate::host) fn remove_devices_of(&mut self, ix: AdapterIx, rport: u32) {
        let of = |(key, device): (&DeviceKey, &Device)| (device.rport == rport).then_some(*key);
        let keys: Vec<DeviceKey> = self.adapter_ref(ix).devices.iter().filter_map(of).collect();
        for key in keys {
            self.drop_device(ix, key);
        }
    }

    pub(super) fn remove_all_devices(&mut self, ix: AdapterIx) {
        let keys: Vec<DeviceKey> = self.adapter_ref(ix).devices.keys().copied().collect();
        for key in keys {
            self.drop_device(ix, key);
        }
    }
}
