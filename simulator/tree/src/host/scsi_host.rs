//! `scsi_host/hostN` (`drivers/scsi/scsi_sysfs.c`), with what the HBA drivers add about the card
//! (`qla_attr.c`, `lpfc_attr.c`).

use npivot_fabric::config::Driver;
use npivot_fabric::host::Card;
use npivot_hal::HostNo;

use crate::tree::Tree;
use crate::tree::attribute::Attribute;

const ALL: &[Attribute] = &[
    Attribute::fixed("active_mode", "Initiator"),
    Attribute::shown("can_queue"),
    Attribute::fixed("cmd_per_lun", "3"),
    Attribute::fixed("eh_deadline", "off").writable(),
    Attribute::fixed("host_busy", "0"),
    Attribute::write_only("host_reset"),
    Attribute::fixed("nr_hw_queues", "1"),
    Attribute::shown("proc_name"),
    Attribute::fixed("prot_capabilities", "0"),
    Attribute::fixed("prot_guard_type", "0"),
    Attribute::write_only("scan"),
    Attribute::fixed("sg_prot_tablesize", "0"),
    Attribute::shown("sg_tablesize"),
    Attribute::fixed("state", "running").writable(),
    Attribute::fixed("supported_mode", "Initiator"),
    Attribute::shown("unique_id"),
    Attribute::fixed("use_blk_mq", "1"),
];

const QLA2XXX: &[Attribute] = &[
    Attribute::shown("driver_version"),
    Attribute::shown("fw_version"),
    Attribute::fixed("isp_name", "ISP2532"),
    Attribute::shown("link_state"),
    Attribute::shown("model_desc"),
    Attribute::shown("model_name"),
    Attribute::shown("serial_num"),
];

const LPFC: &[Attribute] = &[
    Attribute::shown("fwrev"),
    Attribute::shown("link_state"),
    Attribute::shown("lpfc_drvr_version"),
    Attribute::shown("modeldesc"),
    Attribute::shown("modelname"),
    Attribute::shown("npiv_info"),
    Attribute::shown("serialnum"),
];

pub(crate) fn attributes(driver: Driver) -> Vec<&'static [Attribute]> {
    match driver {
        Driver::Libfc => vec![ALL],
        Driver::Qla2xxx => vec![ALL, QLA2XXX],
        Driver::Lpfc => vec![ALL, LPFC],
    }
}

pub(crate) fn show(tree: &Tree<'_>, no: HostNo, name: &str) -> Option<String> {
    let driver = tree.driver();
    let adapter = tree.adapter(no)?;
    Some(match name {
        "can_queue" => match driver {
            Driver::Libfc => "1024",
            Driver::Qla2xxx => "2048",
            Driver::Lpfc => "1021",
        }
        .into(),
        "sg_tablesize" => match driver {
            Driver::Libfc => "128",
            Driver::Qla2xxx => "1024",
            Driver::Lpfc => "64",
        }
        .into(),
        "proc_name" => driver.module().into(),
        "unique_id" => tree.world().unique_id(adapter).to_string(),
        "driver_version" => Card::of(driver)?.driver.into(),
        "lpfc_drvr_version" => {
            format!("Emulex LightPulse Fibre Channel SCSI driver {}", Card::of(driver)?.driver)
        }
        "fw_version" | "fwrev" => Card::of(driver)?.firmware.into(),
        "model_name" | "modelname" => Card::of(driver)?.model.into(),
        "model_desc" | "modeldesc" => Card::of(driver)?.description.into(),
        // One number to a card, which holds two ports.
        "serial_num" => format!("RFD{:05}", tree.world().position(adapter) / 2),
        "serialnum" => format!("FC{:08}", tree.world().position(adapter) / 2),
        "link_state" => match (driver, tree.has_light(adapter)) {
            (Driver::Lpfc, true) => "Link Up - Ready:",
            (_, true) => "Link Up - F_Port",
            (_, false) => "Link Down",
        }
        .into(),
        "npiv_info" => match tree.vport(no) {
            Some(_) => "NPIV Virtual",
            None => "NPIV Physical",
        }
        .into(),
        _ => return None,
    })
}
