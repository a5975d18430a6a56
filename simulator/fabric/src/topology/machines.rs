//! Checks hosts and arrays: adapters, target ports, volumes and host groups.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use npivot_hal::{Lun, LunId, Volume, WwnPair, Wwnn, Wwpn};
use toml::Spanned;

use crate::array::scsi::{InquiryField, Product};

use super::check::Check;
use super::model::{ArraySpec, GroupSpec, HbaSpec, HostSpec, LunSpec, TargetPortSpec};
use super::raw::{self, OnlyTable, Table, Text};
use super::source::{Problem, Span, quoted};
use super::words;

/// The longest serial number, in bytes: with the four bytes before it, it is what initiators ask for at
/// first (VPD page 80 with an allocation length of 255).
const SERIAL_BYTES: usize = 251;
/// The longest T10 designator, in bytes: with the eight bytes before it, its page fits in 255 too.
const T10_BYTES: usize = 247;

/// Checks all hosts.
pub(super) fn hosts(check: &mut Check, hosts: &[(Text, raw::Host)]) -> Vec<HostSpec> {
    let mut specs = Vec::new();
    for (name, host) in hosts {
        check.accept(words::machine_name("a host", name));
        let owner = format!("host {}", quoted(name.get_ref()));
        let hbas = host.hbas.iter().filter_map(|OnlyTable(raw)| hba(check, &owner, raw));
        specs.push(HostSpec {
            name: name.get_ref().clone(),
            driver: host.driver,
            hbas: hbas.collect(),
        });
    }
    specs
}

fn hba(check: &mut Check, owner: &str, raw: &raw::Hba) -> Option<HbaSpec> {
    let npiv = raw.npiv.unwrap_or(true);
    if let Some(vports) = raw.vports.as_ref().filter(|vports| !npiv && *vports.get_ref() > 0) {
        let why = format!("{} vports on an adapter with `npiv = false`", vports.get_ref());
        check.problems.push(Problem::new(vports.span(), why));
    }
    // Each is looked at whether or not another is wrong: all of it is to be told at once.
    let wwpn = check.take_wwpn(&raw.wwpn, owner);
    let wwnn = match &raw.wwnn {
        Some(word) => check.accept(words::wwn(word)),
        None => wwpn.and_then(default_wwnn),
    };
    let port = check.take_port(&raw.port, owner);
    Some(HbaSpec {
        names: WwnPair::new(wwpn?, wwnn?),
        port: port?,
        vports: if npiv { raw.vports.as_ref().map(|vports| *vports.get_ref()) } else { Some(0) },
        npiv,
    })
}

/// The node name of an adapter that is given none: its port name with 0x20 as the first byte, as QLogic
/// numbers them.
fn default_wwnn(wwpn: Wwpn) -> Option<Wwnn> {
    Wwnn::new(wwpn.get() & 0x00ff_ffff_ffff_ffff | 0x20 << 56)
}

/// Checks all arrays.
pub(super) fn arrays(check: &mut Check, arrays: &[(Text, raw::Array)]) -> Vec<ArraySpec> {
    let mut nodes = BTreeMap::new();
    let mut identities = BTreeMap::new();
    let mut specs = Vec::new();
    for (name, array) in arrays {
        check.accept(words::machine_name("an array", name));
        let owner = format!("array {}", quoted(name.get_ref()));
        let wwnn = check.accept(words::wwn(&array.wwnn));
        let wwnn = wwnn.filter(|wwnn| take_node(check, &mut nodes, *wwnn, &array.wwnn, &owner));
        let mut ports = Vec::new();
        for OnlyTable(port) in &array.ports {
            let wwpn = check.take_wwpn(&port.wwpn, &owner);
            let at = check.take_port(&port.port, &owner);
            if let (Some(wwpn), Some(port)) = (wwpn, at) {
                ports.push(TargetPortSpec { wwpn, port });
            }
        }
        let volumes = volumes(check, wwnn, &array.volumes, &mut identities);
        let groups = groups(check, &owner, array);
        let product = product(check, array);
        if let Some(wwnn) = wwnn {
            let name = name.get_ref().clone();
            specs.push(ArraySpec { name, product, wwnn, ports, volumes, groups });
        }
    }
    specs
}

/// What the array calls itself; what is not given is the default's.
fn product(check: &mut Check, array: &raw::Array) -> Product {
    let mut product = Product::default();
    let fields = [
        (&array.vendor, InquiryField::Vendor, &mut product.vendor),
        (&array.product, InquiryField::Product, &mut product.product),
        (&array.revision, InquiryField::Revision, &mut product.revision),
    ];
    for (word, kind, field) in fields {
        let Some(word) = word else { continue };
        match kind.check(word.get_ref()) {
            Ok(()) => field.clone_from(word.get_ref()),
            Err(refused) => check.problems.push(Problem::new(word.span(), refused.to_string())),
        }
    }
    product
}

/// Whether the node name is this array's alone. Identities are made from it, so it has to be.
fn take_node(
    check: &mut Check,
    nodes: &mut BTreeMap<Wwnn, (Span, String)>,
    wwnn: Wwnn,
    word: &Text,
    owner: &str,
) -> bool {
    match nodes.entry(wwnn) {
        Entry::Vacant(entry) => {
            entry.insert((word.span(), owner.to_owned()));
            true
        }
        Entry::Occupied(entry) => {
            let (first, first_owner) = entry.get();
            let why = format!("WWNN {} is taken by {first_owner}", wwnn.with_colons());
            let problem = Problem::new(word.span(), why).with_place(first.clone(), "here");
            check.problems.push(problem);
            false
        }
    }
}

fn volumes(
    check: &mut Check,
    wwnn: Option<Wwnn>,
    table: &Table<Spanned<raw::Volume>>,
    identities: &mut BTreeMap<LunId, Span>,
) -> Vec<Volume> {
    let mut specs = Vec::new();
    for ((name, volume), position) in table.iter().zip(1_u64..) {
        check.accept(words::machine_name("a volume", name));
        let (size, id, serial) = match volume.get_ref() {
            raw::Volume::Size(text) => (&Spanned::new(volume.span(), text.clone()), None, None),
            raw::Volume::Described(raw::Described { size, id, serial }) => {
                (size, id.as_ref(), serial.as_ref())
            }
        };
        let size = check.accept(words::size(size));
        let identity = match id {
            Some(word) => check.accept(identity(word)),
            None => wwnn.map(|wwnn| default_identity(wwnn, position)),
        };
        let place = id.map_or(name.span(), Text::span);
        let serial = serial.map(|word| check.accept(self::serial(word)));
        let (Some(size), Some(identity)) = (size, identity) else {
            continue;
        };
        match identities.entry(identity.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(place);
            }
            Entry::Occupied(first) => {
                let why = format!("two volumes have the identity {identity}");
                let problem =
                    Problem::new(place, why).with_place(first.get().clone(), "the first one");
                check
                    .problems
                    .push(problem.with_help("the same volume is one volume, shown twice"));
            }
        }
        let serial = serial.unwrap_or_else(|| Some(default_serial(&identity)));
        specs.extend(serial.map(|serial| Volume::new(name.get_ref(), identity, serial, size)));
    }
    specs
}

/// Reads a given identity.
fn identity(word: &Text) -> Result<LunId, Problem> {
    let refused = |why: String| Problem::new(word.span(), why);
    let id: LunId = word.get_ref().parse().map_err(|_| {
        refused(format!("{} is not the identity of a volume", quoted(word.get_ref()))).with_help(
            "`naa.` and 16 or 32 hexadecimal digits, `eui.` and 16, 24 or 32, or `t10.` and \
             printable ASCII",
        )
    })?;
    match &id {
        LunId::T10(text) if text.len() > T10_BYTES => {
            Err(refused(format!("a T10 identity is up to {T10_BYTES} printable ASCII characters")))
        }
        _ => Ok(id),
    }
}

/// Reads a given serial number.
fn serial(word: &Text) -> Result<String, Problem> {
    let text = word.get_ref();
    if is_printable(text) && (1..=SERIAL_BYTES).contains(&text.len()) {
        return Ok(text.clone());
    }
    let why = format!("a serial number is 1 to {SERIAL_BYTES} printable ASCII characters");
    Err(Problem::new(word.span(), why))
}

fn is_printable(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}

/// The identity of a volume that is given none: an NAA 6 name (SPC-5, 7.7.6.6.5) in the company id of the
/// array's node name. What else the node name has comes after it, and then the volume's position in the
/// array, from 1, so it is unique as long as node names are.
fn default_identity(wwnn: Wwnn, position: u64) -> LunId {
    let node = wwnn.get();
    let company_and_rest = match wwnn.naa() {
        // IEEE and IEEE extended: 12 bits of the vendor's stand before the company id.
        1 | 2 => (node & 0x0000_ffff_ffff_ffff) << 12 | node >> 48 & 0xfff,
        // IEEE registered: the company id comes first.
        _ => node & 0x0fff_ffff_ffff_ffff,
    };
    // The node name's own kind is kept too: two that differ in nothing else stay different.
    let extension = u64::from(wwnn.naa()) << 60 | position;
    LunId::Naa16(
        (u128::from(6 << 60 | company_and_rest) << 64 | u128::from(extension)).to_be_bytes(),
    )
}

/// The serial number of a volume that is given none: its identity without the scheme.
fn default_serial(identity: &LunId) -> String {
    let text = identity.to_string();
    text.split_once('.').map_or(text.clone(), |(_, name)| name.to_owned())
}

fn groups(check: &mut Check, owner: &str, array: &raw::Array) -> Vec<GroupSpec> {
    let mut initiators: BTreeMap<Wwpn, (Span, &str)> = BTreeMap::new();
    let mut specs = Vec::new();
    for (name, OnlyTable(group)) in &array.group {
        check.accept(words::machine_name("a group", name));
        let group_name = name.get_ref();
        let mut listed = Vec::new();
        for word in &group.initiators {
            let Some(wwpn) = check.accept(words::wwn::<Wwpn>(word)) else {
                continue;
            };
            match initiators.entry(wwpn) {
                Entry::Vacant(entry) => {
                    entry.insert((word.span(), group_name));
                    listed.push(wwpn);
                }
                Entry::Occupied(entry) => {
                    let (first, first_group) = entry.get();
                    let why = format!(
                        "initiator {} is in group {} of {owner} already",
                        wwpn.with_colons(),
                        quoted(first_group)
                    );
                    let problem = Problem::new(word.span(), why).with_place(first.clone(), "here");
                    check.problems.push(problem);
                }
            }
        }
        let luns = luns(check, owner, array, group);
        specs.push(GroupSpec { name: group_name.clone(), initiators: listed, luns });
    }
    specs
}

fn luns(check: &mut Check, owner: &str, array: &raw::Array, group: &raw::Group) -> Vec<LunSpec> {
    let mut numbers: BTreeMap<Lun, Span> = BTreeMap::new();
    let mut mapped: BTreeMap<usize, Span> = BTreeMap::new();
    let mut specs = Vec::new();
    for (number, word) in &group.luns {
        let lun = check.accept(words::lun(number));
        if let Some((lun, first)) =
            lun.and_then(|lun| Some((lun, numbers.insert(lun, number.span())?)))
        {
            let problem =
                Problem::new(number.span(), format!("LUN {lun} stands twice in the group"));
            check.problems.push(problem.with_place(first, "here"));
        }
        let Some(volume) = array.volumes.get_index_of(word) else {
            let why = format!("{owner} has no volume {}", quoted(word.get_ref()));
            let right = array.volumes.keys().map(|name| name.get_ref().as_str());
            check.unknown(word, &why, "volume", right);
            continue;
        };
        if let Some(first) = mapped.insert(volume, word.span()) {
            let why = format!("volume {} stands twice in the group", quoted(word.get_ref()));
            let problem = Problem::new(word.span(), why).with_place(first, "here");
            check.problems.push(problem.with_help("a volume has one LUN number in a group"));
        }
        specs.extend(lun.map(|lun| LunSpec { lun, volume }));
    }
    specs
}
