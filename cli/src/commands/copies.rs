//! `npivot export` and `npivot capture`: a simulated host's sysfs as a directory, a machine's as a file.

use std::io::Write;
use std::path::Path;

use npivot_fabric::World;
use npivot_fabric::san::ids::HostIx;
use npivot_fabric::world::{Command, HostCommand, SimTime};
use npivot_hal::{HostNo, WwnPair};
use npivot_lab::connection::Uri;
use npivot_sysfs::RootFiles;
use npivot_sysfs::archive::{CaptureOptions, capture as capture_from};
use npivot_tree::Tree;
use npivot_tree::export::{Attributes, Export as Exporting};

use super::boot;
use super::words::find;
use crate::args::{Capture, ExportArgs, State};
use crate::outcome::{Answer, Failure};
use crate::progress::Progress;

pub(super) fn export(
    wanted: &ExportArgs,
    state: &State,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let mut world = boot(&wanted.topology, state)?;
    let names = world.hosts().iter().map(|host| host.name.as_str());
    let place = find("host", &wanted.host, names)?;
    let host = HostIx::from_index(place);
    for pair in &wanted.vports {
        make_vport(&mut world, host, pair)?;
    }
    let limit = world.now() + World::BOOT_LIMIT.0;
    while let Some(at) = world.next_due().filter(|&at: &SimTime| at <= limit) {
        world.advance(at);
    }
    let tree = Tree::new(&world, host).ok_or_else(|| Failure::Word("the host is gone".into()))?;
    let attributes = if wanted.needed { Attributes::Needed } else { Attributes::All };
    let exporting = Exporting { attributes, hard_links: wanted.hard_links };
    let written = {
        let progress = Progress::spinner("writing files");
        let mut count = |written: &npivot_tree::export::Written| progress.at(written.entries());
        exporting
            .write(&tree, &wanted.directory, &mut count)
            .map_err(|error| Failure::Word(error.to_string()))?
    };
    writeln!(
        out,
        "{}: {} directories, {} files, {} links",
        wanted.directory.display(),
        written.dirs,
        written.files,
        written.links
    )?;
    Ok(Answer::Yes)
}

/// Makes a vport on the first adapter that takes it.
fn make_vport(world: &mut World, host: HostIx, names: &WwnPair) -> Result<(), Failure> {
    let adapters: Vec<HostNo> = world.hosts()[host.index()].adapters.keys().copied().collect();
    let mut why = String::from("the host has no adapter");
    for parent in adapters {
        let command = HostCommand::CreateVport { parent, names: *names };
        match world.apply(Command::Host(host, command)) {
            Ok(_) => return Ok(()),
            Err(refusal) => why = format!("{parent}: {refusal}"),
        }
    }
    Err(Failure::Word(format!("no vport {}: {why}", names.wwpn.with_colons())))
}

/// Where the sysfs is that is to be captured: in a directory, which both options can name.
fn root_of<'a>(wanted: &'a Capture, uri: &'a Uri) -> Result<&'a Path, Failure> {
    let refused = |why: &str| Err(Failure::Word(format!("{uri}: {why}")));
    match (&wanted.root, uri.kind(), uri.path(), uri.name()) {
        (root, "sysfs", None, None) => Ok(root.as_deref().unwrap_or(Path::new("/"))),
        (Some(_), ..) => refused("--root says something else: name one of them"),
        (None, "sysfs", Some(path), None) if !path.is_file() => Ok(path),
        (None, "sysfs", ..) => refused(
            "this is a capture already: name a directory with a sysfs in it, as --root DIR or -c sysfs:DIR",
        ),
        (None, "sim" | "tree", ..) => refused(
            "a simulated host is captured from its files: `npivot export` it to a directory, and name that \
             as --root DIR",
        ),
        _ => refused(
            "only files can be captured: name a directory with a sysfs in it, as --root DIR or -c sysfs:DIR",
        ),
    }
}

pub(super) fn capture(
    wanted: &Capture,
    uri: &Uri,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let root = root_of(wanted, uri)?;
    let files = RootFiles::open(root).map_err(|error| Failure::Word(error.to_string()))?;
    let mut options = CaptureOptions::of_phase(&*wanted.phase);
    options.serials = wanted.serials;
    let text = {
        let _sign_of_life = Progress::spinner("reading sysfs");
        capture_from(&files, &options).map_err(|error| {
            Failure::NotThere(format!(
                "{}: there is no Fibre Channel to capture (class/fc_host: {error})",
                root.display()
            ))
        })?
    };
    let serials = if wanted.serials { "with" } else { "without" };
    let text = format!("# Fibre Channel as sysfs shows it, {serials} serial numbers\n\n{text}");
    if wanted.output == Path::new("-") {
        out.write_all(text.as_bytes())?;
        return Ok(Answer::Yes);
    }
    let refused = |cause| Failure::Directory(wanted.output.clone(), cause);
    // Never over something that is there: a capture cannot be taken again.
    let mut file = std::fs::File::create_new(&wanted.output).map_err(refused)?;
    if let Err(cause) = file.write_all(text.as_bytes()) {
        // Half of one would be in the way of the next attempt.
        let _ = std::fs::remove_file(&wanted.output);
        return Err(refused(cause));
    }
    writeln!(out, "{}: {} lines", wanted.output.display(), text.lines().count())?;
    Ok(Answer::Yes)
}
