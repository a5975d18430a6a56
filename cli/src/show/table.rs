//! Tables as `lsblk` prints them, and sizes in them.

use std::fmt::{self, Write as _};

use comfy_table::{ContentArrangement, Table};

/// A table without frames: columns two spaces apart.
pub(crate) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header);
    table
}

/// Writes it with an empty line after it.
pub(super) fn write_table(text: &mut String, table: &Table) -> fmt::Result {
    for line in table.lines() {
        writeln!(text, " {}", line.trim_end())?;
    }
    writeln!(text)
}

/// Its lines.
pub(crate) fn lines(table: &Table) -> String {
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(line.trim());
        text.push('\n');
    }
    text
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
