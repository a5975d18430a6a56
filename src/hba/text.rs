//! The tree as lines.

use std::fmt::{self, Display, Formatter};

use npivot_hal::{Adapter, AdapterKind, LunPath, Vport};

use super::{Branch, Target, Tree};

/// The host's name, and a line for each adapter, target and path below it. The last line has no break.
impl Display for Tree {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        let last = self.branches.len();
        (1..).zip(&self.branches).try_for_each(|(n, branch)| branch.write("", n == last, f))
    }
}

/// What stands before a line, and before those below it.
fn fork(indent: &str, last: bool) -> (&'static str, String) {
    let (fork, deeper) = if last { ("└─", "   ") } else { ("├─", "│  ") };
    (fork, format!("{indent}{deeper}"))
}

impl Branch {
    fn write(&self, indent: &str, last: bool, f: &mut Formatter<'_>) -> fmt::Result {
        let (fork, deeper) = fork(indent, last);
        let Adapter { no, names, state, port_id, .. } = &self.hba.adapter;
        let what = match self.hba.adapter.kind {
            AdapterKind::Virtual { .. } => "vport",
            _ => self.hba.adapter.driver.as_deref().unwrap_or("adapter"),
        };
        write!(f, "\n{indent}{fork} {no} {what} {} {state}", names.wwpn.with_colons())?;
        port_id.iter().try_for_each(|id| write!(f, " {id}"))?;

        let targets = self.targets.as_deref().unwrap_or_default();
        let mut left = targets.len() + self.vports.len() + self.without_adapter().count();
        if let Err(error) = &self.targets {
            let fork = if left == 0 { "└─" } else { "├─" };
            write!(f, "\n{deeper}{fork} unreadable: {error}")?;
        }
        let mut is_last = || {
            left -= 1;
            left == 0
        };
        targets.iter().try_for_each(|target| target.write(&deeper, is_last(), f))?;
        self.vports.iter().try_for_each(|vport| vport.write(&deeper, is_last(), f))?;
        self.without_adapter().try_for_each(|vport| write_vport(vport, &deeper, is_last(), f))
    }
}

fn write_vport(vport: &Vport, indent: &str, last: bool, f: &mut Formatter<'_>) -> fmt::Result {
    let (fork, _) = fork(indent, last);
    let Vport { names, state, .. } = vport;
    write!(f, "\n{indent}{fork} - vport {} {state}", names.wwpn.with_colons())
}

impl Target {
    fn write(&self, indent: &str, last: bool, f: &mut Formatter<'_>) -> fmt::Result {
        let (fork, deeper) = fork(indent, last);
        let name = self.port.wwpn.map_or_else(|| "?".into(), |w| w.with_colons().to_string());
        write!(f, "\n{indent}{fork} target {name} {}", self.port.state)?;
        let count = self.paths.len();
        (1..).zip(&self.paths).try_for_each(|(n, path)| write_path(path, &deeper, n == count, f))
    }
}

fn write_path(path: &LunPath, indent: &str, last: bool, f: &mut Formatter<'_>) -> fmt::Result {
    let (fork, _) = fork(indent, last);
    let LunPath { address, state, .. } = path;
    let device = path.device.as_deref().unwrap_or("-");
    let size = path.size_bytes.map(size).unwrap_or_default();
    write!(f, "\n{indent}{fork} {address} {device} {size} {state} ")?;
    match &path.identity {
        Ok(identity) => write!(f, "{identity}"),
        Err(error) => write!(f, "unreadable: {error}"),
    }
}

/// A size in the largest binary unit in which it is whole: `20 GiB`, `1536 B`.
pub fn size(bytes: u64) -> String {
    let units = [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")];
    let whole = |(shift, _): &&(u32, &str)| bytes >= 1 << shift && bytes.is_multiple_of(1 << shift);
    match units.iter().find(whole) {
        Some((shift, unit)) => format!("{} {unit}", bytes >> shift),
        None => format!("{bytes} B"),
    }
}
