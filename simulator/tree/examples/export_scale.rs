//! Writes the tree of a large host to a directory, and says how long it took: 256 vHBAs with 16 LUNs each
//! over 4 target ports are 16,384 paths.
//!
//! `cargo run --release -p npivot-tree --example export_scale -- DIR [needed] [shared]`

use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

use npivot_fabric::san::ids::HostIx;
use npivot_fabric::world::{Command, HostCommand};
use npivot_fabric::{Topology, World};
use npivot_hal::{HostNo, WwnPair};
use npivot_tree::Tree;
use npivot_tree::export::{Attributes, Export};

const VPORTS: u64 = 256;
const LUNS: u32 = 16;
const HOST: HostIx = HostIx(0);

#[allow(clippy::disallowed_methods, reason = "it measures the machine, not a run")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let to = arguments.next().ok_or("expected a directory to write to")?;
    let words: Vec<String> = arguments.collect();
    let needed = words.iter().any(|word| word == "needed");
    let attributes = if needed { Attributes::Needed } else { Attributes::All };
    let hard_links = words.iter().any(|word| word == "shared");

    let world = world()?;
    let tree = Tree::new(&world, HOST).ok_or("no host")?;
    let start = Instant::now();
    let written = Export { attributes, hard_links }.write(&tree, Path::new(&to), &mut |_| {})?;
    println!(
        "{} paths, {written} ({} shared, {} bytes) in {:.1} s",
        tree.list("class/scsi_device")?.len(),
        written.shared,
        written.bytes,
        start.elapsed().as_secs_f64()
    );
    Ok(())
}

fn name(n: u64) -> Result<WwnPair, Box<dyn Error>> {
    let (wwpn, wwnn) = (0x5001_a4a0_0000_0000 + n, 0x5001_a4a0_1000_0000 + n);
    Ok(WwnPair::new(format!("{wwpn:016x}").parse()?, format!("{wwnn:016x}").parse()?))
}

fn world() -> Result<World, Box<dyn Error>> {
    let mut initiators = String::new();
    for n in 0..VPORTS {
        write!(initiators, "\"{}\", ", name(n)?.wwpn)?;
    }
    let mut volumes = String::new();
    let mut luns = String::new();
    for n in 0..LUNS {
        writeln!(volumes, "v{n} = \"1 GiB\"")?;
        writeln!(luns, "{n} = \"v{n}\"")?;
    }
    let ports = (0..4).map(|n| format!("\"500601600000000{n}\"")).collect::<Vec<_>>();
    let plugs =
        ports.iter().zip(8..).map(|(port, at)| format!("{{ wwpn = {port}, port = \"s/{at}\" }}"));
    let text = format!(
        "[fabric.a]\n\
         switches = [{{ name = \"s\", domain = 1, logins-per-port = 300 }}]\n\
         [fabric.a.zone]\n\
         all = {{ principals = [{}], peers = [{initiators}] }}\n\
         [host.big]\n\
         hbas = [{{ wwpn = \"2100000000000a00\", port = \"s/0\", vports = {VPORTS} }}]\n\
         [array.vault]\n\
         wwnn = \"500601608000000a\"\n\
         ports = [{}]\n\
         [array.vault.volumes]\n{volumes}\
         [array.vault.group.all]\n\
         initiators = [{initiators}]\n\
         [array.vault.group.all.luns]\n{luns}",
        ports.join(", "),
        plugs.collect::<Vec<_>>().join(", "),
    );
    let topology = Topology::parse("scale.toml", &text)?;
    let mut world = World::from_topology(&topology, 0)?;
    world.settle(World::BOOT_LIMIT);
    for n in 0..VPORTS {
        let create = HostCommand::CreateVport { parent: HostNo(0), names: name(n)? };
        world.apply(Command::Host(HOST, create))?;
    }
    world.settle(world.now().plus_secs(30));
    Ok(world)
}
