//! libvirt's hook for QEMU guests: `GUEST OPERATION SUB-OPERATION EXTRA`, the definition on standard input.
//!
//! libvirt runs `/etc/libvirt/hooks/qemu` (or a program in `qemu.d/`) at points in a guest's life, and waits
//! for it (`docs/hooks.rst`). [`qemu`] is that program as a function: arguments and input in, output,
//! messages and exit status out. It must never call libvirt, which waits, and does not.
//!
//! | operation | what is done | a failure |
//! |---|---|---|
//! | `prepare begin` | the guest's LUNs are checked and claimed, its links made to point to them | refuses the guest |
//! | `start begin` | the same once more: devices may have changed while libvirt prepared them | refuses the guest |
//! | `started begin` | which LUNs it runs with is noted, to hold the next start against | is told; the guest runs |
//! | `stopped end` | nothing: libvirt still has the devices | |
//! | `release end` | its claims end; links that nobody uses any more go | is told; libvirt does not listen |
//! | `migrate begin` | on the destination: LUNs are found by identity; **output replaces the definition** | refuses the migration |
//! | `restore begin` | the same, for a guest that comes from a file | refuses the restore |
//! | `reconnect begin` | libvirt has been restarted: claims are made again | is told; a refusal would kill the guest |
//! | `attach begin` | a QEMU that somebody else started: likewise | is told; the guest runs already |
//! | any other | passed, unread: libvirt adds new ones | |
//!
//! Refused means exit status 1, with every finding on standard error, which libvirt puts into its own error.
//! A guest is refused whole. A guest without any storage of npivot's passes unseen.
//!
//! # What works with a libvirt that knows nothing of npivot
//! libvirt reads a hook's output for `migrate` and `restore` only, and only after its own parser has
//! accepted the document that it hands in; what comes back must keep the guest's ABI, which a disk's source
//! is not part of. At a start, output is not read at all. Therefore:
//!
//! | source | define | start | migrate, restore |
//! |---|---|---|---|
//! | `type='block' dev='/dev/npivot/pool/POOL/WWID'` | yes | **yes**: the hook makes the link true before libvirt opens it | **yes**, as it is |
//! | `type='block' dev='/dev/npivot/vhba/WWPN/WWID'` | yes | **yes** | only where a vHBA of that name is up; a new identity has another name, so use the pool's |
//! | `type='volume' volume='unit:B:T:L'` | yes | checked, but libvirt resolves it by itself: it needs a pool of its own of that name, active, and may open another path of the LUN | **yes**, if the LUN's identity is recorded in the metadata: becomes a link; else refused |
//! | `type='volume' volume='naa.…'` | yes | **no**: libvirt's pools have no such volume | becomes a link |
//! | `type='fc'` | **no**: libvirt does not know the type | | **no**: its parser comes first |
//! | hostdev `scsi` | yes | checked and claimed; the address is used as it is | yes, if the identity is recorded: gets this host's address; else refused |
//! | hostdev `scsi_host` | yes | as it is; not checked | as it is |
//!
//! So a definition with `type='fc'`, or with volumes by identity, goes through `npivot guest resolve` once,
//! before it is given to libvirt; what comes out has links, which stay true over reboots, renumbering and
//! (through pools) migrations. Two things no hook can do: libvirt calls none when a disk is plugged into a
//! running guest, so such a disk is neither checked nor claimed; and with `type='volume'` npivot can only
//! refuse, since it is libvirt that chooses the device afterwards. A guest whose definition came from a hook
//! is marked as tainted by libvirt.
//!
//! Exit statuses and the order of calls are libvirt's: `qemuProcessInit`, `qemuProcessLaunch`,
//! `qemuProcessReconnect` (`src/qemu/qemu_process.c`), `qemuMigrationDstPrepareAny`
//! (`src/qemu/qemu_migration.c`).

mod call;
mod start;

use std::fmt::Write;

use super::ports::Links;
use super::resolve::{Finding, Ports, Refused};
use crate::libvirt::Domain;
use crate::migration::Severity;

use call::{Call, Operation};

/// What the hook needs.
#[derive(Debug, Clone, Copy)]
pub struct HookPorts<'a> {
    /// To resolve guests.
    pub resolve: Ports<'a>,
    /// To make links true.
    pub links: &'a dyn Links,
}

/// What the hook gives back to libvirt.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HookAnswer {
    /// Standard output: a whole definition, or nothing, which leaves the one that came in.
    pub stdout: Vec<u8>,
    /// Standard error: lines for people. Nothing where all is well.
    pub stderr: String,
    /// The exit status: 0, or 1 to refuse.
    pub status: u8,
}

impl HookAnswer {
    fn say(&mut self, guest: &str, message: impl std::fmt::Display) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.stderr, "npivot: guest {}: {message}", Shown(guest));
    }

    fn say_refused(&mut self, refused: &Refused) {
        let _ = writeln!(self.stderr, "npivot: {refused}");
    }

    /// What was found, but for what is only good to know.
    fn report(&mut self, findings: &[Finding]) {
        for finding in findings.iter().filter(|finding| finding.severity > Severity::Info) {
            let _ = writeln!(self.stderr, "npivot: {finding}");
        }
    }

    fn refused(mut self) -> Self {
        self.status = 1;
        self.stdout.clear();
        self
    }
}

/// A name from the command line, on one line.
struct Shown<'a>(&'a str);

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for c in self.0.chars().take(255) {
            if c.is_control() { write!(f, "{}", c.escape_default())? } else { f.write_char(c)? }
        }
        Ok(())
    }
}

/// The answer to a call that needs neither the host nor its records: a wrong one, an operation of no
/// interest, a guest without disks and devices. A host whose records cannot be read still has such guests.
/// `None`: [`qemu`] must be asked.
pub fn at_once(args: &[String], stdin: &[u8]) -> Option<HookAnswer> {
    let mut answer = HookAnswer::default();
    let [guest, operation, sub_operation, ..] = args else {
        answer.stderr = "npivot: usage: GUEST OPERATION SUB-OPERATION EXTRA, with the guest's definition on standard input\n".into();
        return Some(answer.refused());
    };
    let Some(operation) = Operation::of(operation, sub_operation) else {
        return Some(answer);
    };
    match (operation, read(guest, stdin)) {
        (Operation::Stopped, _) => Some(answer),
        // All that it has claimed ends, whatever is left in its definition.
        (Operation::Release, _) => None,
        (_, Err(why)) => {
            answer.say(guest, why);
            Some(if operation.may_refuse() { answer.refused() } else { answer })
        }
        (_, Ok(domain)) => {
            let nothing = domain.devices().is_empty() && domain.faults().is_empty();
            nothing.then_some(answer)
        }
    }
}

/// The answer where the host or its records cannot be reached: nobody can say what the guest would use, so
/// it is refused if that keeps something from happening.
pub fn unable(args: &[String], why: impl std::fmt::Display) -> HookAnswer {
    let mut answer = HookAnswer::default();
    let word = |n: usize| args.get(n).map_or("", String::as_str);
    answer.say(word(0), why);
    match Operation::of(word(1), word(2)) {
        Some(operation) if operation.may_refuse() => answer.refused(),
        // Its claims end when it is released again; libvirt does not listen.
        Some(Operation::Release) => answer.refused(),
        _ => answer,
    }
}

/// The hook: `args` without the program's name, `stdin` as libvirt writes it.
///
/// It is safe to call again after it was killed at any point: claims and links are made only of what was
/// just checked, and both are found made already.
pub async fn qemu(args: &[String], stdin: &[u8], ports: &HookPorts<'_>) -> HookAnswer {
    if let Some(answer) = at_once(args, stdin) {
        return answer;
    }
    let mut answer = HookAnswer::default();
    let [guest, operation, sub_operation, ..] = args else { return answer };
    let Some(operation) = Operation::of(operation, sub_operation) else { return answer };
    let call = Call { guest, ports };
    match (operation, read(guest, stdin)) {
        (Operation::Release, domain) => call.release(domain.ok().as_ref(), answer).await,
        (_, Err(why)) => {
            answer.say(guest, why);
            answer.refused()
        }
        (Operation::Stopped, _) => answer,
        (Operation::Prepare, Ok(domain)) => call.prepare(&domain, answer).await,
        (Operation::Start, Ok(domain)) => call.start(&domain, answer).await,
        (Operation::Started, Ok(domain)) => call.started(&domain, answer).await,
        (Operation::Migrate, Ok(domain)) => call.arrive(&domain, true, answer).await,
        (Operation::Restore, Ok(domain)) => call.arrive(&domain, false, answer).await,
        (Operation::Reconnect, Ok(domain)) => call.reconnect(&domain, answer).await,
    }
}

/// The definition on standard input, which must be that of this guest.
fn read(guest: &str, stdin: &[u8]) -> Result<Domain, String> {
    let xml = std::str::from_utf8(stdin).map_err(|error| {
        let at = error.valid_up_to();
        format!("the definition is not UTF-8 from byte {at} on; libvirt writes UTF-8")
    })?;
    let domain = Domain::parse("domain.xml", xml).map_err(|error| error.to_string())?;
    if domain.name() == guest {
        return Ok(domain);
    }
    Err(format!("the definition on standard input is of guest {}", domain.name()))
}
