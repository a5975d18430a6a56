//! Link services about ports: LOGO, ADISC, RTV, RLS (FC-LS).

use npivot_hal::{FcId, Wwnn, Wwpn};

record! {
    /// LOGO: the sender of this address and name logs out.
    pub struct Logo("LOGO") {
        /// Its address.
        [4] id: FcId,
        /// Its name.
        wwpn: Option<Wwpn>,
    }
}

record! {
    /// ADISC and its accept: who is at this address?
    pub struct Discovery("ADISC") {
        /// The address that is set in hardware, 0 if none.
        [4] hard_address: FcId,
        /// The sender's port name.
        wwpn: Option<Wwpn>,
        /// Its node name.
        wwnn: Option<Wwnn>,
        /// Its address.
        [1] id: FcId,
    }
}

record! {
    /// RLS: whose link errors.
    pub struct PortName("RLS") {
        /// The port's address.
        [4] id: FcId,
    }
}

record! {
    /// The accept of RLS: the link error status block.
    pub struct LinkErrors("RLS accept") {
        /// How often the link failed.
        [3] link_failures: u32,
        /// How often synchronization was lost.
        sync_losses: u32,
        /// How often the signal was lost.
        signal_losses: u32,
        /// Errors of primitive sequences.
        primitive_errors: u32,
        /// Invalid transmission words.
        invalid_words: u32,
        /// Frames with a wrong CRC.
        invalid_crcs: u32,
    }
}

flags! {
    /// In which units RTV's time-outs are.
    pub struct TimeOutUnits(u32) {
        E_D_TOV_NANOSECONDS = 0x0400_0000, "E_D_TOV is in nanoseconds, not milliseconds";
        R_T_TOV_SHORT = 0x0008_0000, "R_T_TOV is 100 microseconds, not 100 milliseconds";
    }
}

flags_as_number! {
    TimeOutUnits(u32),
}

record! {
    /// The accept of RTV: the port's time-outs.
    pub struct TimeOuts("RTV accept") {
        /// R_A_TOV in milliseconds.
        [3] r_a_tov_ms: u32,
        /// E_D_TOV, in the unit that `units` tells.
        e_d_tov: u32,
        /// The units.
        units: TimeOutUnits,
    }
}
