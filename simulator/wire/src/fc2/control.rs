//! What the codes of the frame header are called (FC-FS, "R_CTL field", "TYPE", "F_CTL field").

use crate::bytes::Field;

codes! {
    /// Routing control: what kind of information unit the frame belongs to.
    pub struct RCtl(u8) {
        DATA = 0x01, "solicited data";
        REQUEST = 0x02, "unsolicited control";
        REPLY = 0x03, "solicited control";
        DATA_DESCRIPTOR = 0x05, "data descriptor";
        COMMAND = 0x06, "unsolicited command";
        STATUS = 0x07, "command status";
        ELS_REQUEST = 0x22, "ELS request";
        ELS_REPLY = 0x23, "ELS reply";
        FC4_REQUEST = 0x32, "FC-4 link service request";
        FC4_REPLY = 0x33, "FC-4 link service reply";
        VFT_HEADER = 0x50, "virtual fabric tagging header";
        BA_NOP = 0x80, "BLS no operation";
        BA_ABTS = 0x81, "ABTS";
        BA_ACC = 0x84, "BA_ACC";
        BA_RJT = 0x85, "BA_RJT";
        P_RJT = 0xc2, "P_RJT";
        F_RJT = 0xc3, "F_RJT";
    }
}

impl RCtl {
    /// Whether it is a basic link service, `8x`.
    pub const fn is_basic(self) -> bool {
        self.0 & 0xf0 == 0x80
    }
}

codes! {
    /// The protocol of the data field; also an FC-4's number in the name server and in PRLI.
    pub struct FcType(u8) {
        BLS = 0x00, "basic link service";
        ELS = 0x01, "extended link service";
        FCP = 0x08, "SCSI FCP";
        CT = 0x20, "common transport";
        ILS = 0x22, "internal link service";
        NVME = 0x28, "FC-NVMe";
    }
}

flags! {
    /// Frame control, 24 bits. The two fill bits are not part of the value that a decoded frame has:
    /// they follow from the payload's length.
    pub struct FCtl(u32) {
        EXCHANGE_RESPONDER = 0x80_0000, "sent by the exchange's responder";
        SEQUENCE_RECIPIENT = 0x40_0000, "sent by the sequence's recipient";
        FIRST_SEQUENCE = 0x20_0000, "of the exchange's first sequence";
        LAST_SEQUENCE = 0x10_0000, "of the exchange's last sequence";
        END_SEQUENCE = 0x08_0000, "the sequence's last frame";
        SEQUENCE_INITIATIVE = 0x01_0000, "the initiative goes to the other side";
        RETRANSMITTED = 0x00_0200, "of a sequence that is sent again";
        RELATIVE_OFFSET = 0x00_0008, "the parameter is a relative offset";
        FILL = 0x00_0003, "how many fill bytes follow the payload";
    }
}

/// The bits of frames that are a whole information unit each, as Linux sends and expects them.
impl FCtl {
    /// A request: first sequence, complete, the answer is the other side's: `290000`.
    pub const REQUEST: Self =
        Self::FIRST_SEQUENCE.with(Self::END_SEQUENCE).with(Self::SEQUENCE_INITIATIVE);
    /// A link service's or common transport's reply: `990000`.
    pub const REPLY: Self = Self::STATUS.with(Self::SEQUENCE_INITIATIVE);
    /// FCP_RSP: the exchange's last sequence: `980000`.
    pub const STATUS: Self =
        Self::EXCHANGE_RESPONDER.with(Self::LAST_SEQUENCE).with(Self::END_SEQUENCE);
    /// FCP_XFER_RDY: `890000`.
    pub const TRANSFER_READY: Self =
        Self::EXCHANGE_RESPONDER.with(Self::END_SEQUENCE).with(Self::SEQUENCE_INITIATIVE);
    /// FCP_DATA from a target, not the last frame of its sequence: `800008`.
    pub const DATA_IN: Self = Self::EXCHANGE_RESPONDER.with(Self::RELATIVE_OFFSET);
}

/// Three bytes on the wire.
impl Field for FCtl {
    type Wire = [u8; 3];
    fn of([high, middle, low]: [u8; 3]) -> Self {
        Self(u32::from_be_bytes([0, high, middle, low]))
    }
    fn wire(self) -> [u8; 3] {
        let [_, high, middle, low] = self.0.to_be_bytes();
        [high, middle, low]
    }
}
