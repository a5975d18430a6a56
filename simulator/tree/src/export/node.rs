//! What udev tells of disks (`60-persistent-storage.rules`, `scsi_id`), for programs without udev.

use std::fmt::Write;

use npivot_fabric::host::disk_name;
use npivot_hal::LunId;

use crate::tree::Tree;

/// The name of each disk, and its properties, a line each.
pub(super) fn all(tree: &Tree<'_>) -> impl Iterator<Item = (String, String)> {
    tree.lus().map(|(_, lu)| {
        let (array, volume) = tree.volume(lu);
        let product = array.product();
        let name = disk_name(lu.disk);
        let mut text = format!(
            "DEVNAME=/dev/{name}\nDEVTYPE=disk\nID_BUS=scsi\nID_TYPE=disk\nID_SCSI=1\n\
             ID_VENDOR={}\nID_MODEL={}\nID_REVISION={}\nID_SCSI_SERIAL={}\n",
            underscored(&product.vendor),
            underscored(&product.product),
            product.revision,
            volume.serial(),
        );
        // Writing into a String does not fail.
        let _ = identity(&mut text, volume.identity());
        text.push_str("MODE=brw-rw----\nOWNER=root\nGROUP=disk\n");
        (name, text)
    })
}

/// As scsi_id and udev's rules name an identity: the type's digit, then the name.
fn identity(text: &mut String, identity: &LunId) -> std::fmt::Result {
    let printed = identity.to_string();
    let (kind, name) = printed.split_once('.').unwrap_or_default();
    let digit = match kind {
        "naa" => 3,
        "eui" => 2,
        _ => 1,
    };
    let name = underscored(name);
    writeln!(text, "ID_SERIAL={digit}{name}\nID_SERIAL_SHORT={name}")?;
    if kind == "t10" {
        return Ok(());
    }
    let short = name.get(..16).unwrap_or(&name);
    writeln!(text, "ID_WWN=0x{short}\nID_WWN_WITH_EXTENSION=0x{name}")
}

/// udev writes no blanks.
fn underscored(text: &str) -> String {
    text.trim().replace(' ', "_")
}
