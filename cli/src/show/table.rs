//! Tables as `lsblk` prints them, and sizes in them.

use std::fmt::{self, Write as _};

use comfy_table::{ContentArrangement, Table};

pub(crate) use npivot::hba::size;

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
