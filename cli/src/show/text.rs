//! A SAN as tables.

use std::fmt::Write as _;

use comfy_table::{ContentArrangement, Table};

use super::view::ArrayView;
use super::{FabricView, SanView};

/// The tables of a SAN, fabric by fabric, then the arrays' host groups.
pub(crate) fn text(view: &SanView) -> String {
    let mut text = String::new();
    for fabric in &view.fabrics {
        // Writing to a string cannot fail.
        let _ = write_fabric(&mut text, fabric);
    }
    for array in &view.masking {
        let _ = write_groups(&mut text, array);
    }
    text
}

/// A table without frames: columns two spaces apart, as in `lsblk`.
fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header);
    table
}

fn write_table(text: &mut String, table: &Table) -> std::fmt::Result {
    for line in table.lines() {
        writeln!(text, " {}", line.trim_end())?;
    }
    writeln!(text)
}

fn write_fabric(text: &mut String, fabric: &FabricView) -> std::fmt::Result {
    let wwn = fabric.wwn.as_deref().unwrap_or("no principal switch");
    writeln!(text, "FABRIC {} ({wwn})", fabric.name)?;
    let mut switches = table(&["SWITCH", "DOMAIN", "WWN", "ROLE", "NPIV", "LOGINS"]);
    for switch in &fabric.switches {
        switches.add_row([
            switch.name.clone(),
            switch.domain.to_string(),
            switch.wwn.clone(),
            (if switch.principal { "principal" } else { "" }).into(),
            (if switch.npiv { "yes" } else { "no" }).into(),
            format!("{}/{}", switch.logins, switch.max_logins),
        ]);
    }
    write_table(text, &switches)?;
    let mut names = table(&["PORT ID", "WWPN", "ROLE", "WHO", "AT"]);
    for nport in &fabric.name_server {
        let wwpn = nport.wwpn.with_colons().to_string();
        names.add_row([
            nport.port_id.to_string(),
            wwpn,
            nport.role.into(),
            nport.who.clone(),
            nport.at.clone(),
        ]);
    }
    write_table(text, &names)?;
    match &fabric.zone_set {
        None => writeln!(text, " no zone set in force\n"),
        Some(set) => {
            let mut zones = table(&[&format!("ZONE ({set})"), "MEMBER", "WHO"]);
            for zone in &fabric.zones {
                let mut name = zone.name.clone();
                for member in &zone.members {
                    let role = if member.principal { " (principal)" } else { "" };
                    let who = member.who.as_deref().unwrap_or("-");
                    zones.add_row([
                        std::mem::take(&mut name),
                        member.member.clone(),
                        format!("{who}{role}"),
                    ]);
                }
            }
            write_table(text, &zones)
        }
    }
}

fn write_groups(text: &mut String, array: &ArrayView) -> std::fmt::Result {
    writeln!(text, "ARRAY {}", array.array)?;
    let mut groups = table(&["HOST GROUP", "INITIATORS", "LUN", "VOLUME", "SIZE", "IDENTITY"]);
    for group in &array.groups {
        let rows = group.initiators.len().max(group.luns.len()).max(1);
        for row in 0..rows {
            let initiator = group.initiators.get(row).map(|wwpn| wwpn.with_colons().to_string());
            let lun = group.luns.get(row);
            groups.add_row([
                (if row == 0 { group.name.as_str() } else { "" }).into(),
                initiator.unwrap_or_default(),
                lun.map(|lun| lun.lun.to_string()).unwrap_or_default(),
                lun.map(|lun| lun.volume.clone()).unwrap_or_default(),
                lun.map(|lun| size(lun.size_bytes)).unwrap_or_default(),
                lun.map(|lun| lun.identity.clone()).unwrap_or_default(),
            ]);
        }
    }
    write_table(text, &groups)
}

/// A size in the largest binary unit in which it is whole.
pub(crate) fn size(bytes: u64) -> String {
    let units = [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")];
    let whole = |(shift, _): &&(u32, &str)| bytes >= 1 << shift && bytes.is_multiple_of(1 << shift);
    match units.iter().find(whole) {
        Some((shift, unit)) => format!("{} {unit}", bytes >> shift),
        None => format!("{bytes} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_whole() {
        assert_eq!(size(20 << 30), "20 GiB");
        assert_eq!(size(1 << 40), "1 TiB");
        assert_eq!(size(1536), "1536 B");
        assert_eq!(size(3 << 10), "3 KiB");
    }
}
