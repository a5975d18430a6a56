//! PCI functions (`drivers/pci/pci-sysfs.c`).

use npivot_fabric::host::Card;
use npivot_hal::PciAddress;

use crate::tree::Tree;
use crate::tree::attribute::Attribute;

/// Serial bus controller, Fibre Channel (PCI Code and ID Assignment, class 0Ch, subclass 04h).
const CLASS: u32 = 0x0c_0400;
/// What a function without capabilities has of configuration space, in bytes.
const CONFIG_BYTES: u32 = 256;

pub(crate) const ATTRIBUTES: &[Attribute] = &[
    Attribute::shown("class"),
    Attribute::binary("config", CONFIG_BYTES).writable(),
    Attribute::shown("device"),
    Attribute::fixed("enable", "1").writable(),
    Attribute::shown("irq"),
    Attribute::shown("modalias"),
    Attribute::fixed("numa_node", "-1"),
    Attribute::write_only("remove"),
    Attribute::write_only("rescan"),
    Attribute::shown("resource"),
    Attribute::fixed("revision", "0x02"),
    Attribute::shown("subsystem_device"),
    Attribute::shown("subsystem_vendor"),
    Attribute::shown("vendor"),
];

/// An Intel root port.
pub(crate) const BRIDGE: &[Attribute] = &[
    Attribute::fixed("class", "0x060400"),
    Attribute::fixed("device", "0x3c08"),
    Attribute::fixed("vendor", "0x8086"),
];

pub(crate) fn show(tree: &Tree<'_>, at: PciAddress, name: &str) -> Option<String> {
    let card = Card::of(tree.driver())?;
    let [vendor, device, subsystem_vendor, subsystem_device] = card.pci;
    Some(match name {
        "class" => format!("{CLASS:#08x}"),
        "vendor" => format!("{vendor:#06x}"),
        "device" => format!("{device:#06x}"),
        "subsystem_vendor" => format!("{subsystem_vendor:#06x}"),
        "subsystem_device" => format!("{subsystem_device:#06x}"),
        "irq" => card.interrupt.to_string(),
        "modalias" => modalias(card),
        "resource" => resource(at),
        _ => return None,
    })
}

pub(crate) fn bytes(tree: &Tree<'_>, at: PciAddress, name: &str) -> Option<Vec<u8>> {
    let card = Card::of(tree.driver()).filter(|_| name == "config")?;
    let [vendor, device, subsystem_vendor, subsystem_device] = card.pci.map(u16::to_le_bytes);
    let mut config = vec![0; CONFIG_BYTES as usize];
    let mut put = |at: usize, bytes: &[u8]| config[at..at + bytes.len()].copy_from_slice(bytes);
    put(0x00, &vendor);
    put(0x02, &device);
    // Memory space, bus master, no legacy interrupt.
    put(0x04, &0x0406_u16.to_le_bytes());
    put(0x08, &[0x02, 0x00, 0x04, 0x0c]);
    // A cache line of 64 bytes; one of several functions.
    put(0x0c, &[0x10, 0x00, 0x80, 0x00]);
    put(0x10, &memory(at).to_le_bytes());
    put(0x2c, &subsystem_vendor);
    put(0x2e, &subsystem_device);
    put(0x3c, &[card.interrupt, 1 + at.function]);
    Some(config)
}

pub(crate) fn uevent(tree: &Tree<'_>, at: PciAddress) -> String {
    let Some(card) = Card::of(tree.driver()) else {
        return String::new();
    };
    let [vendor, device, subsystem_vendor, subsystem_device] = card.pci;
    let (driver, alias) = (tree.driver().module(), modalias(card));
    format!(
        "DRIVER={driver}\nPCI_CLASS={CLASS:X}\nPCI_ID={vendor:04X}:{device:04X}\n\
         PCI_SUBSYS_ID={subsystem_vendor:04X}:{subsystem_device:04X}\nPCI_SLOT_NAME={at}\n\
         MODALIAS={alias}\n"
    )
}

fn modalias(card: &Card) -> String {
    let [vendor, device, subsystem_vendor, subsystem_device] = card.pci;
    format!(
        "pci:v{vendor:08X}d{device:08X}sv{subsystem_vendor:08X}sd{subsystem_device:08X}bc0Csc04i00"
    )
}

/// Where the registers of a function are: 16 KiB each, one after the other.
fn memory(at: PciAddress) -> u32 {
    0xdf00_0000 | u32::from(at.bus) << 16 | u32::from(at.function) << 14
}

/// Thirteen resources: start, end, flags. The registers are the only one.
fn resource(at: PciAddress) -> String {
    const NONE: &str = "0x0000000000000000 0x0000000000000000 0x0000000000000000";
    let start = u64::from(memory(at));
    let first = format!("{start:#018x} {:#018x} 0x0000000000040200", start + 0x3fff);
    std::iter::once(first.as_str()).chain([NONE; 12]).collect::<Vec<_>>().join("\n")
}
