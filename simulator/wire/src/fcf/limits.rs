//! What one link can make the forwarder hold, at the most: 64 MiB for the data of writes under way, and
//! for each VN_Port that is logged in through it [`VN_PORT_BYTES`], two thirds of a MiB. With the 126
//! logins that a switch port takes by default that is 147 MiB; 16 KiB are for virtual links that were
//! cleared. [`Forwarder::held_bytes`] tells what it is at the moment.
//!
//! [`Forwarder::held_bytes`]: super::Forwarder::held_bytes

/// How many N_Ports one VN_Port may be logged in with at a time; PLOGI beyond it is rejected for lack of
/// resources. 48 bytes each, and as many VN_Ports as the switch port takes logins.
pub const PEERS: usize = 4_096;

/// How many writes one VN_Port may have under way; a command beyond it ends with TASK SET FULL.
pub const WRITES: usize = 1_024;

/// How many bytes the writes under way of a link may hold; a command beyond it ends with TASK SET FULL.
pub const WRITE_BYTES: usize = 64 << 20;

/// How many bytes of a write's data one FCP_XFER_RDY asks for: a longer write is asked for burst by burst (FCP-4,
/// "FCP_XFER_RDY IU"). An initiator sends a burst as fast as it can, and what carries it may hold no more than
/// Linux gives a socket by default, 212,992 bytes with 4,840 for each frame: 44 frames. These are 32.
pub const BURST_BYTES: usize = 64 << 10;

/// How many frames of a write's data may wait for one before them; one beyond it is lost.
pub const EARLY_FRAMES: usize = 32;

/// How many unfinished sequences of several frames one VN_Port may have open, FCP data apart. The oldest
/// gives way.
pub const SEQUENCES: usize = 8;

/// How many bytes such a sequence may have.
pub const SEQUENCE_BYTES: usize = 32 << 10;

/// How many changed addresses wait for one VN_Port to acknowledge the RSCN before. Beyond it they become
/// one that says that the whole fabric may have changed.
pub const STATE_CHANGES: usize = 64;

/// How many FDMI blocks one VN_Port may have registered: an HBA and its ports.
pub const FDMI_BLOCKS: usize = 16;

/// How many bytes such a block may have.
pub const FDMI_BYTES: usize = 4 << 10;

/// How many virtual links that were cleared are remembered, until their N_Ports log in again. Of those
/// beyond it the ENode is told once.
pub const CLEARED: usize = 256;

/// What one VN_Port can make the forwarder hold at the most, apart from the data of its writes.
pub const VN_PORT_BYTES: usize = 256
    + PEERS * PEER_BYTES
    + WRITES * WRITE_RECORD_BYTES
    + SEQUENCES * (SEQUENCE_BYTES + 64)
    + FDMI_BLOCKS * (FDMI_BYTES + 64)
    + 2 * (STATE_CHANGES + 1) * 4;

/// What is kept of a virtual link that was cleared.
pub(super) const CLEARED_BYTES: usize = 64;

/// What is kept of a login with another N_Port.
pub(super) const PEER_BYTES: usize = 48;

/// What is kept of a write, apart from its data.
pub(super) const WRITE_RECORD_BYTES: usize = 160;
