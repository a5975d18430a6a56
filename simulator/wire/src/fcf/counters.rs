//! What came, what went, and what was dropped and why.

use std::fmt;

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Something that is counted.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Event {
            $($(#[$doc])* $name,)*
        }

        impl Event {
            /// All of them, in the order in which they are told.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// What a frame that came can end as: for each exactly one of these is counted.
            pub const FATES: &'static [Self] = Self::ALL.split_at(FATES.0).1.split_at(FATES.1).0;

            /// Its name in a table.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

events! {
    /// A frame came.
    Received = "received",
    /// A frame was sent.
    Sent = "sent",
    /// It was understood: answered, kept, or rightly without an answer.
    Served = "served",
    /// It went on to another link.
    Forwarded = "forwarded",
    /// A frame came while the port had no light.
    Dark = "no light",
    /// It could not be read.
    Malformed = "malformed",
    /// Its CRC was wrong.
    BadCrc = "wrong CRC",
    /// It was neither FCoE nor FIP.
    OtherProtocol = "neither FCoE nor FIP",
    /// It is for another forwarder: neither its destination nor a group is this one's.
    Elsewhere = "for another forwarder",
    /// Its sender is not logged in.
    NotLoggedIn = "sender not logged in",
    /// Its sender's MAC address is not the one that it was given, or none that may send this.
    WrongMac = "wrong MAC address",
    /// Its receiver cannot be reached: nobody there, or not zoned.
    NoWay = "receiver not reachable",
    /// Nothing is known of what it continues or answers.
    Unexpected = "unexpected",
    /// A login was refused.
    Refused = "logins refused",
    /// A request was rejected.
    Rejected = "requests rejected",
    /// A command ended with TASK SET FULL.
    Full = "task set full",
    /// An exchange was aborted by its originator.
    Aborted = "exchanges aborted",
    /// An exchange or an ENode was given up because nothing was heard.
    TimedOut = "timed out",
    /// An answer that did not fit in a frame, which is a defect of this crate.
    Unsendable = "could not be written",
}

/// Where the [fates](Event::FATES) are among all events: the first, and how many.
const FATES: (usize, usize) =
    (Event::Served as usize, Event::Unexpected as usize + 1 - Event::Served as usize);

/// How often each [`Event`] happened on a link.
#[derive(Clone, PartialEq, Eq)]
pub struct Counters {
    counts: [u64; Event::ALL.len()],
    /// How many frames have met their [fate](Event::FATES).
    fates: u64,
}

impl Default for Counters {
    fn default() -> Self {
        Self::new()
    }
}

impl Counters {
    pub(super) const fn new() -> Self {
        Self { counts: [0; Event::ALL.len()], fates: 0 }
    }

    /// How often it happened.
    pub const fn of(&self, event: Event) -> u64 {
        self.counts[event as usize]
    }

    pub(super) const fn count(&mut self, event: Event) {
        let place = event as usize;
        self.counts[place] += 1;
        if place >= FATES.0 && place < FATES.0 + FATES.1 {
            self.fates += 1;
        }
    }

    /// How many frames have met their [fate](Event::FATES).
    pub(super) const fn fates(&self) -> u64 {
        self.fates
    }

    /// Those that happened, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Event, u64)> {
        let all = Event::ALL.iter().map(|&event| (event, self.of(event)));
        all.filter(|&(_, count)| count != 0)
    }
}

impl fmt::Debug for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
