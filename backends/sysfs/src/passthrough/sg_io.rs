//! The kernel's pass-through, SG_IO (`include/scsi/sg.h`), on generic and block nodes.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::libc;

use super::outcome::{Written, outcome};
use super::{DeviceNode, DeviceRef, Passthrough, PassthroughError};

const SG_IO: libc::c_ulong = 0x2285;
const SG_DXFER_NONE: i32 = -1;
const SG_DXFER_FROM_DEV: i32 = -3;
/// The longest CDB without a variable length (SPC-5, 4.2).
const LONGEST_CDB: usize = 16;
/// The most data of one command: far above what the commands of a backend answer.
const MOST_BYTES: usize = 1 << 20;
/// The longest sense data (SPC-5, 4.4.1).
const SENSE_BYTES: u8 = 252;
/// How often a wait that a signal interrupted is begun again.
const INTERRUPTIONS: usize = 16;

/// `struct sg_io_hdr`, the interface of version 3.
#[repr(C)]
#[derive(Debug)]
struct SgIoHdr {
    interface_id: i32,
    dxfer_direction: i32,
    cmd_len: u8,
    mx_sb_len: u8,
    iovec_count: u16,
    dxfer_len: u32,
    dxferp: *mut u8,
    cmdp: *mut u8,
    sbp: *mut u8,
    timeout: u32,
    flags: u32,
    pack_id: i32,
    usr_ptr: *mut u8,
    status: u8,
    masked_status: u8,
    msg_status: u8,
    sb_len_wr: u8,
    host_status: u16,
    driver_status: u16,
    resid: i32,
    duration: u32,
    info: u32,
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<SgIoHdr>() == 88);

/// Passes commands through with SG_IO.
#[derive(Debug, Clone)]
pub struct SgIo {
    dev: PathBuf,
}

impl Default for SgIo {
    fn default() -> Self {
        Self::new("/dev")
    }
}

impl SgIo {
    /// Opens device nodes in this directory, usually `/dev`.
    pub fn new(dev: impl Into<PathBuf>) -> Self {
        Self { dev: dev.into() }
    }

    /// The first of the device's nodes that is there.
    fn open(&self, device: &DeviceRef) -> Result<(File, String), PassthroughError> {
        let mut tried = vec![];
        for DeviceNode { name, number } in &device.nodes {
            let path = self.dev.join(name);
            let shown = path.display().to_string();
            // A name with a slash or dots would lead out of the directory.
            let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !plain || name.is_empty() {
                tried.push(format!("{shown:?}"));
                continue;
            }
            match open_node(&path) {
                Ok((file, found)) if found == *number => return Ok((file, shown)),
                Ok((_, found)) => {
                    let expected = *number;
                    return Err(PassthroughError::AnotherDevice { path: shown, expected, found });
                }
                Err(error) => match error.raw_os_error() {
                    Some(libc::ENOENT) => tried.push(shown),
                    Some(libc::ENXIO | libc::ENODEV) => return Err(PassthroughError::Gone),
                    Some(libc::ELOOP) | None => {
                        return Err(PassthroughError::NotADevice { path: shown });
                    }
                    Some(errno @ (libc::EACCES | libc::EPERM)) => {
                        return Err(PassthroughError::PermissionDenied { path: shown, errno });
                    }
                    Some(errno) => return Err(PassthroughError::Refused { path: shown, errno }),
                },
            }
        }
        if tried.is_empty() {
            tried.push(format!("for {}", device.address));
        }
        Err(PassthroughError::NoNode { tried: tried.join(" or ") })
    }
}

/// Opens a device node, and nothing else: without blocking, whatever it is. Its major and minor number are
/// those of what was opened. An error without an errno says that it is no device.
fn open_node(path: &Path) -> io::Result<(File, (u32, u32))> {
    let flags = libc::O_NONBLOCK | libc::O_CLOEXEC | libc::O_NOFOLLOW;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    let metadata = file.metadata()?;
    let kind = metadata.file_type();
    if kind.is_char_device() || kind.is_block_device() {
        let number = metadata.rdev();
        Ok((file, (libc::major(number), libc::minor(number))))
    } else {
        Err(io::ErrorKind::InvalidInput.into())
    }
}

impl Passthrough for SgIo {
    fn send(
        &self,
        device: &DeviceRef,
        cdb: &[u8],
        allocation: usize,
        timeout_ms: u32,
    ) -> Result<Vec<u8>, PassthroughError> {
        if !(6..=LONGEST_CDB).contains(&cdb.len()) || allocation > MOST_BYTES {
            let expected = "6 to 16 bytes, and at most 1 MiB";
            return Err(PassthroughError::Invalid { cdb: cdb.len(), allocation, expected });
        }
        let (file, path) = self.open(device)?;
        let mut left = INTERRUPTIONS;
        loop {
            let mut data = vec![0; allocation];
            let mut sense = [0; SENSE_BYTES as usize];
            let sent = sg_io(&file, cdb, &mut data, &mut sense, timeout_ms);
            match sent.map_err(|error| error.raw_os_error().unwrap_or_default()) {
                Ok(written) => return outcome(written, data, &sense),
                Err(libc::EINTR) if left > 0 => left -= 1,
                Err(libc::ENODEV) => return Err(PassthroughError::Gone),
                // As `sg_ioctl` answers (`drivers/scsi/sg.c`); at opening, it is that nothing is there.
                Err(libc::ENXIO) => return Err(PassthroughError::Offline),
                Err(libc::ETIMEDOUT) => return Err(PassthroughError::TimedOut),
                Err(errno @ (libc::EACCES | libc::EPERM)) => {
                    return Err(PassthroughError::PermissionDenied { path, errno });
                }
                Err(errno) => return Err(PassthroughError::Refused { path, errno }),
            }
        }
    }
}

/// Sends one command that reads, of at most 255 bytes, and waits for its end.
#[allow(unsafe_code, reason = "SG_IO takes pointers to its buffers")]
fn sg_io(
    file: &File,
    cdb: &[u8],
    data: &mut [u8],
    sense: &mut [u8; SENSE_BYTES as usize],
    timeout_ms: u32,
) -> io::Result<Written> {
    // The kernel only reads the command; a copy spares casting its constness away.
    let mut command = cdb.to_vec();
    let too_long = |_| io::Error::from(io::ErrorKind::InvalidInput);
    let mut header = SgIoHdr {
        interface_id: 'S' as i32,
        dxfer_direction: if data.is_empty() { SG_DXFER_NONE } else { SG_DXFER_FROM_DEV },
        cmd_len: command.len().try_into().map_err(too_long)?,
        mx_sb_len: SENSE_BYTES,
        iovec_count: 0,
        dxfer_len: data.len().try_into().map_err(too_long)?,
        dxferp: data.as_mut_ptr(),
        cmdp: command.as_mut_ptr(),
        sbp: sense.as_mut_ptr(),
        timeout: timeout_ms,
        flags: 0,
        pack_id: 0,
        usr_ptr: std::ptr::null_mut(),
        status: 0,
        masked_status: 0,
        msg_status: 0,
        sb_len_wr: 0,
        host_status: 0,
        driver_status: 0,
        resid: 0,
        duration: 0,
        info: 0,
    };
    // SAFETY: `header` has the layout of `struct sg_io_hdr`. Its three pointers are to buffers that live, and
    // are not otherwise used, until the call returns, and each length beside them is its buffer's own, so
    // that the kernel writes within them. SG_IO keeps no pointer once it returned. A descriptor that knows
    // no SG_IO answers with an error and touches nothing.
    let result = unsafe {
        libc::ioctl(file.as_raw_fd(), SG_IO as libc::Ioctl, std::ptr::from_mut(&mut header))
    };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(Written {
        status: header.status,
        host: header.host_status,
        driver: header.driver_status,
        sense_bytes: header.sb_len_wr,
        resid: header.resid,
    })
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
