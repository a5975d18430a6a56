//! `npivot host tree`: adapters, the vports on them, the targets that they see, the logical units there.

use std::io::Write;

use npivot::hba::Tree;
use npivot_hal::Host;

use super::whole;
use crate::args::Format;
use crate::commands::json;
use crate::outcome::{Answer, Failure};

pub(super) async fn run(
    host: &dyn Host,
    format: Format,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let tree = Tree::of(host).await?;
    match format {
        Format::Json => json(&tree, out)?,
        Format::Text => writeln!(out, "{tree}")?,
    }
    whole(host, None).await
}
