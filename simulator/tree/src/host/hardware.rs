//! The cards that the drivers are given: dual-port 8 Gbit HBAs of the field.

use npivot_fabric::config::Driver;

/// A card.
#[derive(Debug, Clone, Copy)]
pub(super) struct Card {
    /// PCI vendor, device, and their subsystem ids (`pci.ids`).
    pub(super) pci: [u16; 4],
    pub(super) model: &'static str,
    pub(super) description: &'static str,
    pub(super) firmware: &'static str,
    pub(super) driver: &'static str,
    pub(super) speeds: &'static str,
    pub(super) interrupt: u8,
}

/// Marvell QLE2562: ISP2532.
const QLE2562: Card = Card {
    pci: [0x1077, 0x2532, 0x1077, 0x015d],
    model: "QLE2562",
    description: "PCI-Express Dual Channel 8Gb Fibre Channel HBA",
    firmware: "8.08.231 (d0d5)",
    driver: "10.02.07.900-k",
    speeds: "1 Gbit, 2 Gbit, 4 Gbit, 8 Gbit",
    interrupt: 0x0a,
};

/// Broadcom LPe12002: Saturn.
const LPE12002: Card = Card {
    pci: [0x10df, 0xf100, 0x10df, 0xf100],
    model: "LPe12002-M8",
    description: "Emulex LPe12002-M8 8Gb 2-port PCIe Fibre Channel Adapter",
    firmware: "2.02A2 (U3D2.02A2), sli-3",
    driver: "14.2.0.8",
    speeds: "2 Gbit, 4 Gbit, 8 Gbit",
    interrupt: 0x0b,
};

/// The card under a driver; libfc's adapters are network interfaces.
pub(super) const fn card(driver: Driver) -> Option<Card> {
    match driver {
        Driver::Qla2xxx => Some(QLE2562),
        Driver::Lpfc => Some(LPE12002),
        Driver::Libfc => None,
    }
}

/// The name that an adapter registers with the fabric (`qla2x00_get_sym_node_name`,
/// `lpfc_vport_symbolic_node_name`, `fcoe_if_init`).
pub(super) fn symbolic_name(driver: Driver, host: &str, position: u32) -> String {
    let first = |text: &'static str| text.split(' ').next().unwrap_or_default();
    match (driver, card(driver)) {
        (Driver::Qla2xxx, Some(card)) => {
            format!("{} FW:v{} DVR:v{}", card.model, first(card.firmware), card.driver)
        }
        (Driver::Lpfc, Some(card)) => {
            let firmware = first(card.firmware);
            format!("Emulex {} FV{firmware} DV{} HN:{host} OS:Linux", card.model, card.driver)
        }
        _ => format!("fcoe v0.1 over v{position}"),
    }
}
