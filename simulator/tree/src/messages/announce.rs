//! Which devices come and go with a happening.

use npivot_hal::{HostNo, ScsiAddress};

use super::{Action, Announced, Announcer, Message, Uevent};
use crate::tree::Tree;
use crate::tree::class::{Class, Object};
use crate::tree::device::Device;
use crate::tree::dir::Dir;

/// What of a device is announced, in order. A remote port and a vport have neither bus nor class: only
/// their interfaces are (`dev_uevent_filter`, `drivers/base/core.c`).
fn objects(device: Device) -> Vec<Object> {
    let own = Object::device(device);
    let of = |class| Object::interface(device, class);
    match device {
        Device::Host(_) => vec![own, of(Class::ScsiHost), of(Class::FcHost), of(Class::Bsg)],
        Device::Vport(_) => vec![of(Class::FcVports)],
        Device::Rport(..) => vec![of(Class::FcRemotePorts), of(Class::Bsg)],
        Device::Target(..) => vec![own, of(Class::FcTransport)],
        Device::Lu(_) => vec![
            own,
            of(Class::ScsiDevice),
            of(Class::ScsiGeneric),
            of(Class::Bsg),
            of(Class::ScsiDisk),
            of(Class::Block),
        ],
        _ => vec![],
    }
}

impl Announcer {
    /// Notes a device that is there, and says so. What is known already, or not there any more, gives
    /// nothing.
    pub(super) fn add(&mut self, tree: &Tree<'_>, device: Device) -> Vec<Message> {
        if self.known.contains_key(&device) || !device.exists(tree) {
            return vec![];
        }
        let announced = objects(device).into_iter().map(|object| (object, note(tree, object)));
        let announced: Vec<_> = announced.collect();
        let mut messages = vec![];
        for (object, note) in &announced {
            // The driver is not there yet when the device is announced.
            let early = without_driver(&note.properties);
            messages.push(self.uevent(Action::Add, note, &early));
            if object.class == Some(Class::Block) {
                let (_, device) = &announced[0];
                messages.push(self.uevent(Action::Bind, device, &device.properties));
            }
        }
        self.known.insert(device, announced);
        messages
    }

    /// Takes a device back, the last of it first.
    fn remove(&mut self, device: Device) -> Vec<Message> {
        let announced = self.known.remove(&device).unwrap_or_default();
        let notes = announced.iter().rev();
        notes.map(|(_, note)| self.uevent(Action::Remove, note, &note.properties)).collect()
    }

    fn uevent(&mut self, action: Action, note: &Announced, properties: &str) -> Message {
        self.uevents += 1;
        Message::Uevent(Uevent {
            action,
            devpath: note.path.clone(),
            subsystem: note.subsystem.to_owned(),
            properties: properties.lines().map(str::to_owned).collect(),
            seqnum: self.uevents,
        })
    }

    /// Adapters that came or went: a vport's happening does not tell whether it is new.
    pub(super) fn reconcile_hosts(&mut self, tree: &Tree<'_>) -> Vec<Message> {
        let gone: Vec<HostNo> = (self.known.keys())
            .filter_map(|device| match device {
                Device::Host(no) if tree.adapter(*no).is_none() => Some(*no),
                _ => None,
            })
            .collect();
        let mut messages = vec![];
        for no in gone {
            let below = |device: &&Device| match **device {
                Device::Rport(on, _) | Device::Target(on, _) => on == no,
                Device::Lu(address) => address.host == no,
                _ => false,
            };
            // Logical units, targets, remote ports: what hangs below goes first.
            let below: Vec<Device> = self.known.keys().filter(below).copied().collect();
            let below = below.into_iter().rev();
            for device in below.chain([Device::Host(no), Device::Vport(no)]) {
                messages.extend(self.remove(device));
            }
        }
        for adapter in tree.adapters() {
            messages.extend(self.add(tree, Device::Vport(adapter.no)));
            messages.extend(self.add(tree, Device::Host(adapter.no)));
        }
        messages
    }

    /// Remote ports that came or went. One that changed its state only gives nothing.
    pub(super) fn reconcile_rports(&mut self, tree: &Tree<'_>, no: HostNo) -> Vec<Message> {
        let of = Device::Rport(no, 0)..=Device::Rport(no, u32::MAX);
        let known = self.known.range(of).map(|(device, _)| *device);
        let gone: Vec<Device> = known.filter(|device| !device.exists(tree)).collect();
        let mut messages: Vec<Message> =
            gone.into_iter().flat_map(|device| self.remove(device)).collect();
        let rports = tree.adapter(no).into_iter().flat_map(|adapter| adapter.rports.keys());
        for number in rports {
            messages.extend(self.add(tree, Device::Rport(no, *number)));
        }
        messages
    }

    pub(super) fn lun(
        &mut self,
        tree: &Tree<'_>,
        address: ScsiAddress,
        present: bool,
    ) -> Vec<Message> {
        let target = Device::Target(address.host, address.target);
        if present {
            let mut messages = self.add(tree, target);
            messages.extend(self.add(tree, Device::Lu(address)));
            return messages;
        }
        let mut messages = self.remove(Device::Lu(address));
        let first = ScsiAddress { lun: 0, ..address };
        let last = ScsiAddress { lun: u64::MAX, ..address };
        if self.known.range(Device::Lu(first)..=Device::Lu(last)).next().is_none() {
            messages.extend(self.remove(target));
        }
        messages
    }

    /// `scsi_evt_emit`, `drivers/scsi/scsi_lib.c`: the reason comes before what the bus adds.
    pub(super) fn luns_changed(&mut self, tree: &Tree<'_>, at: ScsiAddress) -> Vec<Message> {
        if !Device::Lu(at).exists(tree) {
            return vec![];
        }
        let note = note(tree, Object::device(Device::Lu(at)));
        let properties = format!("SDEV_UA=REPORTED_LUNS_DATA_HAS_CHANGED\n{}", note.properties);
        vec![self.uevent(Action::Change, &note, &properties)]
    }
}

fn note(tree: &Tree<'_>, object: Object) -> Announced {
    let path = format!("/{}", Dir::Object(object).path(tree));
    let subsystem = object.class.map_or("scsi", Class::as_str);
    Announced { path, subsystem, properties: tree.uevent(object) }
}

fn without_driver(properties: &str) -> String {
    properties.lines().filter(|line| !line.starts_with("DRIVER=")).collect::<Vec<_>>().join("\n")
}
