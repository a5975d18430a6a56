//! The frame header (FC-FS, "Frame_Header").

use npivot_hal::FcId;

use super::control::{FCtl, FcType, RCtl};

/// An OX_ID or RX_ID that has not been assigned yet.
pub const UNASSIGNED: u16 = 0xffff;

record! {
    /// The frame header: from whom to whom, what it is, and of which exchange and sequence.
    pub struct Header("FC-2 header") {
        /// Kind of information unit.
        r_ctl: RCtl,
        /// Where it goes.
        d_id: FcId,
        /// Class specific control or priority.
        cs_ctl: u8,
        /// Where it comes from.
        s_id: FcId,
        /// The data field's protocol.
        fc_type: FcType,
        /// Whose frame of which sequence it is.
        f_ctl: FCtl,
        /// The sequence, numbered by its initiator.
        seq_id: u8,
        /// Which optional headers stand before the payload.
        df_ctl: u8,
        /// The frame's number in its sequence.
        seq_cnt: u16,
        /// The exchange, numbered by its originator.
        ox_id: u16,
        /// The exchange, numbered by its responder; [`UNASSIGNED`] until it has answered.
        rx_id: u16,
        /// The relative offset in bytes where F_CTL says so; else what the protocol makes of it.
        parameter: u32,
    }
}

impl Header {
    /// The header of a request that is one frame, the first of its exchange.
    pub const fn request(r_ctl: RCtl, fc_type: FcType, from: FcId, to: FcId, ox_id: u16) -> Self {
        Self {
            r_ctl,
            d_id: to,
            cs_ctl: 0,
            s_id: from,
            fc_type,
            f_ctl: FCtl::REQUEST,
            seq_id: 0,
            df_ctl: 0,
            seq_cnt: 0,
            ox_id,
            rx_id: UNASSIGNED,
            parameter: 0,
        }
    }

    /// The header of an answer to this frame: addresses exchanged, same exchange, a sequence of the
    /// responder's. `f_ctl` is one of [`FCtl`]'s whole units.
    ///
    /// A FLOGI or FDISC comes from address 0; its accept goes to the address that it grants, so the caller
    /// sets `d_id` then.
    #[must_use]
    pub const fn answer(&self, r_ctl: RCtl, f_ctl: FCtl, rx_id: u16) -> Self {
        Self {
            r_ctl,
            d_id: self.s_id,
            s_id: self.d_id,
            f_ctl,
            seq_id: 0,
            df_ctl: 0,
            seq_cnt: 0,
            rx_id,
            parameter: 0,
            ..*self
        }
    }

    /// The header of a further frame of the same sequence, whose payload begins at this relative offset.
    #[must_use]
    pub const fn next(&self, offset: u32) -> Self {
        Self { seq_cnt: self.seq_cnt.wrapping_add(1), parameter: offset, ..*self }
    }

    /// Whether the sender is the exchange's originator.
    pub const fn from_originator(&self) -> bool {
        !self.f_ctl.has(FCtl::EXCHANGE_RESPONDER)
    }

    /// How many bytes of optional headers stand before the payload, or `None` for encrypted frames (ESP),
    /// whose length is not told here (FC-FS, "DF_CTL field").
    pub const fn optional_bytes(&self) -> Option<usize> {
        if self.df_ctl & 0x40 != 0 {
            return None;
        }
        let network = if self.df_ctl & 0x20 != 0 { 16 } else { 0 };
        let association = if self.df_ctl & 0x10 != 0 { 32 } else { 0 };
        let device = match self.df_ctl & 0x03 {
            0 => 0,
            1 => 16,
            2 => 32,
            _ => 64,
        };
        Some(network + association + device)
    }
}
