//! A machine's console as the stream, and the machine as what is served.

use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use npivot_sysfs::RootFiles;
use npivot_sysfs::events::NetlinkMessages;
use npivot_sysfs::passthrough::SgIo;
use rustix::fs::OFlags;
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use super::{Ground, serve};

/// Serves this machine on one of its terminals, until that is hung up. The terminal carries bytes as they are
/// from then on.
///
/// # Errors
/// The terminal cannot be opened or is none, `/sys` cannot be opened, and those of [`serve`].
pub fn serve_terminal(terminal: &Path) -> io::Result<()> {
    let told =
        |cause: io::Error| io::Error::new(cause.kind(), format!("{}: {cause}", terminal.display()));
    let mut options = File::options();
    options.read(true).write(true).custom_flags(OFlags::NOCTTY.bits().cast_signed());
    let file = options.open(terminal).map_err(told)?;
    let mut settings = tcgetattr(&file).map_err(|cause| told(cause.into()))?;
    settings.make_raw();
    tcsetattr(&file, OptionalActions::Now, &settings).map_err(|cause| told(cause.into()))?;
    let files = RootFiles::open(Path::new("/sys")).map_err(io::Error::other)?;
    let ground = Ground {
        files: Arc::new(files),
        devices: Arc::new(SgIo::default()),
        messages: Arc::new(NetlinkMessages::new()),
        block_devices: "/dev".into(),
    };
    let to = file.try_clone()?;
    serve(file, to, ground).map_err(told)
}
