//! Link services about exchanges: REC, RRQ (FC-LS).

use npivot_hal::FcId;

record! {
    /// REC and RRQ: which exchange.
    pub struct ExchangeName("REC or RRQ") {
        /// Its originator.
        [4] originator: FcId,
        /// The originator's number of it.
        ox_id: u16,
        /// The responder's, [`UNASSIGNED`](crate::fc2::UNASSIGNED) if not known.
        rx_id: u16,
    }
}

flags! {
    /// An exchange's state (FC-FS, "Exchange Status Block").
    pub struct StatusFlags(u32) {
        RESPONDER = 0x8000_0000, "the sender is the responder";
        INITIATIVE = 0x4000_0000, "the sequence initiative is the sender's";
        COMPLETE = 0x2000_0000, "the exchange is complete";
        ENDING = 0x1000_0000, "an end condition is under way";
        ERROR = 0x0800_0000, "it ended abnormally";
        RECOVERY = 0x0400_0000, "recovery qualifier is active";
    }
}

flags_as_number! {
    StatusFlags(u32),
}

record! {
    /// The accept of REC.
    pub struct ExchangeStatus("REC accept") {
        /// The originator's number of the exchange.
        [3] ox_id: u16,
        /// The responder's.
        rx_id: u16,
        /// The originator.
        [1] originator: FcId,
        /// The responder.
        [1] responder: FcId,
        /// What the FC-4 makes of it; for FCP, how many bytes came.
        fc4_value: u32,
        /// Its state.
        status: StatusFlags,
    }
}
