//! Start and end of frame (FC-FS, "Frame delimiters"; the codes are FC-BB-5's for FCoE, RFC 3643's).

codes! {
    /// Start of frame.
    pub struct Sof(u8) {
        F = 0x28, "SOFf";
        I2 = 0x2d, "SOFi2";
        /// The first frame of a class 3 sequence.
        I3 = 0x2e, "SOFi3";
        N2 = 0x35, "SOFn2";
        /// A further frame of a class 3 sequence.
        N3 = 0x36, "SOFn3";
    }
}

impl Sof {
    /// Whether the frame begins a sequence.
    pub const fn initiates(self) -> bool {
        matches!(self, Self::I2 | Self::I3)
    }
}

codes! {
    /// End of frame.
    pub struct Eof(u8) {
        N = 0x41, "EOFn";
        /// The last frame of a sequence.
        T = 0x42, "EOFt";
        /// Found to be bad on its way.
        NI = 0x49, "EOFni";
        /// Cut off on its way.
        A = 0x50, "EOFa";
    }
}

impl Eof {
    /// Whether the frame is to be dropped: something on its way found it bad or cut it off.
    pub const fn is_invalid(self) -> bool {
        matches!(self, Self::NI | Self::A)
    }
}
