//! Where definitions are kept, and a host together with them.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use npivot::guest::ports::{Claims, Clock as ClaimClock, DirectoryLinks, RecordedClaims};
use npivot::guest::{DeviceLink, Ports};
use npivot::node::{MemoryRecords, Node, Records};
use npivot::pool::Volumes;
use npivot::store::{FileStore, OpenError};
use npivot_fabric::World;
use npivot_fabric::world::random_stream;
use npivot_lab::connection::{Clock, Connection, Uri};
use rand::Rng;

use super::documents::Input;
use crate::args::{Args, LinksAt, Store};
use crate::outcome::Failure;

/// The file beside a simulated world that is kept.
const BESIDE_WORLD: &str = "store.redb";
/// The directory of links there.
const LINKS_BESIDE_WORLD: &str = "store.links";
/// How often it is looked whether another command has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// A host with what is defined on it.
pub(super) struct Session<'c> {
    pub(super) connection: &'c Connection,
    pub(super) node: Node,
    pub(super) claims: RecordedClaims,
    /// The machine that this runs on, or another.
    place: Place,
    /// What was handed in.
    input: Option<Input>,
}

/// Which machine the host is.
enum Place {
    /// That on which this runs.
    Here,
    /// A simulated one that is kept in this directory.
    Kept(PathBuf),
    /// Another one.
    Elsewhere,
}

impl<'c> Session<'c> {
    /// Opens the file with the definitions; another command that has it is waited for as long as was asked
    /// for, or as is usual for the command.
    pub(super) fn open(
        args: &Args,
        connection: &'c Connection,
        input: Option<Input>,
        usual_wait_secs: u64,
    ) -> Result<Self, Failure> {
        let place = match args.state.directory() {
            _ if is_this_machine(&args.connect) => Place::Here,
            Some(state) if connection.simulated.is_some() => Place::Kept(state.path().into()),
            _ => Place::Elsewhere,
        };
        let path = path_of(args)?;
        let wait = Duration::from_secs(args.store.wait_secs(usual_wait_secs));
        let records: Arc<dyn Records> = if args.command.only_reads() && !there(&path)? {
            // Nothing is defined: to say so takes no file.
            Arc::new(MemoryRecords::default())
        } else {
            make_directory(&path)?;
            Arc::new(open(&path, wait)?)
        };
        let node = Node::new(Arc::clone(&connection.host), Arc::clone(&records))
            .with_san(connection.fabrics.clone(), connection.arrays.clone());
        let mut claims = RecordedClaims::new(records, clock(connection));
        if let Some(boot) = boot(&place, connection) {
            claims = claims.in_boot(connection.host.name(), boot);
        }
        Ok(Self { connection, node, claims, place, input })
    }

    /// The document that was handed in under this name.
    pub(super) fn document(&self, file: &Path) -> Result<&Input, Failure> {
        let unread = || Failure::Unread(file.into(), io::ErrorKind::NotFound.into());
        self.input.as_ref().ok_or_else(unread)
    }

    /// What resolving a guest needs.
    pub(super) fn ports(&self) -> Ports<'_> {
        Ports { host: &*self.connection.host, pools: &self.node, claims: &self.claims }
    }

    /// npivot's links. Those of another host must not get among this machine's, whose devices they do not
    /// mean.
    pub(super) fn links(&self, at: &LinksAt) -> Result<DirectoryLinks, Failure> {
        let named = at.links.clone();
        match (&self.place, named) {
            (Place::Here, named) => {
                let directory = named.unwrap_or_else(|| DirectoryLinks::DEFAULT.into());
                let links = DirectoryLinks::new(directory).entered_by(DeviceLink::DIRECTORY);
                Ok(links.with_maps("/sys/class/block"))
            }
            (_, Some(directory)) => Ok(DirectoryLinks::new(directory)),
            (Place::Kept(state), None) => Ok(DirectoryLinks::new(state.join(LINKS_BESIDE_WORLD))),
            (Place::Elsewhere, None) => Err(Failure::Word(format!(
                "{} is not this machine: name a directory for its links with --links",
                self.connection.host.name()
            ))),
        }
    }

    /// Refuses to take away what guests use here.
    pub(super) async fn must_be_unused(&self, what: &str, found: &Volumes) -> Result<(), Failure> {
        let here = self.connection.host.name();
        for id in found.volumes.keys() {
            let users = self.claims.users(id).await?;
            if let Some(claim) = users.iter().find(|claim| claim.host == here) {
                return Err(Failure::Word(format!(
                    "{what}: guest {} uses {id}: stop it first, or add --force; if it does not run any more, \
                     `npivot guest release {}`",
                    claim.guest, claim.guest
                )));
            }
        }
        Ok(())
    }

    /// What a simulated host's clock shows, in its microseconds; 0 elsewhere.
    pub(super) fn now(&self) -> u64 {
        let simulated = self.connection.simulated.as_ref();
        simulated.map_or(0, |simulated| simulated.simulation().with(|world| world.now().0))
    }

    /// What a new UUID is drawn from. On a simulated host the same name gives the same one.
    pub(super) fn chance(&self, name: &str) -> Result<impl Rng + Send + use<>, Failure> {
        let seed = match &self.connection.simulated {
            Some(simulated) => simulated.simulation().with(World::seed),
            None => entropy()?,
        };
        let host = self.connection.host.name();
        Ok(random_stream(seed, &format!("defined on {host}: {name}")))
    }
}

/// What tells this boot of the host from others; `None` where nothing does.
fn boot(place: &Place, connection: &Connection) -> Option<String> {
    let name = connection.host.name();
    match (place, &connection.simulated) {
        (Place::Here, _) => {
            let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
            Some(id.trim().to_owned()).filter(|id| !id.is_empty())
        }
        (Place::Kept(_), Some(simulated)) => simulated.simulation().with(|world| {
            let host = world.hosts().iter().find(|host| host.name == name)?;
            Some(format!("boot {}", host.boots))
        }),
        _ => None,
    }
}

fn entropy() -> Result<u64, Failure> {
    let path = Path::new("/dev/urandom");
    let mut bytes = [0; 8];
    let read = fs::File::open(path).and_then(|mut file| file.read_exact(&mut bytes));
    read.map_err(|cause| Failure::Unread(path.into(), cause))?;
    Ok(u64::from_ne_bytes(bytes))
}

/// The time by which guests that were announced are given up: a simulated world's own, else the Unix epoch's.
fn clock(connection: &Connection) -> ClaimClock {
    match &connection.simulated {
        Some(simulated) => {
            let simulation = simulated.simulation().clone();
            Arc::new(move || Duration::from_micros(simulation.with(|world| world.now().0)))
        }
        None => Arc::new(since_epoch),
    }
}

#[allow(clippy::disallowed_methods, reason = "processes that share a file share no other clock")]
fn since_epoch() -> Duration {
    std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default()
}

fn is_this_machine(uri: &Uri) -> bool {
    uri.clock() == Clock::Real && uri.path().is_none()
}

/// The file with the definitions.
fn path_of(args: &Args) -> Result<PathBuf, Failure> {
    if let Some(path) = args.store.file() {
        return Ok(path);
    }
    if is_this_machine(&args.connect) {
        return Ok(Store::of_this_machine().into());
    }
    let uri = &args.connect;
    if uri.clock() == Clock::Real {
        return Err(Failure::NoStore(format!(
            "`{uri}` is a picture of a machine, and has no definitions: name a file for them with --store"
        )));
    }
    match args.state.directory() {
        Some(state) => Ok(state.path().join(BESIDE_WORLD)),
        None => Err(Failure::NoStore(format!(
            "`{uri}` ends with this command, and what is defined on it would end, too: keep it with --state \
             DIR, or name a file for the definitions with --store"
        ))),
    }
}

/// Whether there is a file with definitions. A directory that somebody names and that is not there is a mistake.
fn there(path: &Path) -> Result<bool, OpenError> {
    let io = |cause| OpenError::Io { path: path.into(), cause };
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent.filter(|_| path != Store::of_this_machine()) {
        fs::metadata(parent).map_err(io)?;
    }
    let there = path.try_exists().map_err(io)?;
    if !there && path.is_symlink() {
        return Err(io(io::Error::new(
            io::ErrorKind::NotFound,
            "it is a link, and nothing is where it leads: mount what it leads to, or remove it",
        )));
    }
    Ok(there)
}

/// Makes the directory of this machine's definitions; one that somebody names is theirs to make.
fn make_directory(path: &Path) -> Result<(), OpenError> {
    let Some(directory) = path.parent().filter(|_| path == Store::of_this_machine()) else {
        return Ok(());
    };
    fs::create_dir_all(directory).map_err(|cause| OpenError::Io { path: directory.into(), cause })
}

/// Opens the file. The other command that has it is a process of this machine, whatever clock the host has that
/// this one is connected to: so the wait is a real one.
#[allow(clippy::disallowed_methods, reason = "no event tells that another process has ended")]
fn open(path: &Path, wait: Duration) -> Result<FileStore, OpenError> {
    let mut waited = Duration::ZERO;
    loop {
        match FileStore::open(path) {
            Err(OpenError::InUse { .. }) if waited < wait => {
                std::thread::sleep(LOOK_AGAIN);
                waited += LOOK_AGAIN;
            }
            opened => return opened,
        }
    }
}
