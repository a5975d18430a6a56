//! What can go wrong, in terms that a caller can act on.

use std::fmt;

/// Shorthand for results of HAL calls.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure it is: what a caller branches on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The object does not exist (any more).
    NotFound,
    /// The name or number is taken by something else.
    AlreadyExists,
    /// The request itself makes no sense to this backend.
    InvalidArgument,
    /// A limit of hardware, driver or switch is reached; see the capabilities.
    LimitReached,
    /// This backend, driver or switch cannot do it at all.
    Unsupported,
    /// Somebody else is at it: an open zoning transaction, a vport under deletion.
    Busy,
    /// What the caller based its request on has changed since it read it.
    Conflict,
    /// The caller lacks a privilege.
    PermissionDenied,
    /// Link down, port offline or blocked: nothing can be said of what is behind.
    Unreachable,
    /// A fabric service or device answered with a reject.
    Rejected,
    /// No answer came. **Whether it was done is unknown**: look before doing it again.
    NoAnswer,
    /// The backend met something that it does not understand.
    Malformed,
    /// The caller itself is ending (a crash in a test, a shutdown): nothing more will be done.
    Interrupted,
}

/// Where a failure lies: who can mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The one who called.
    Caller,
    /// The host: its kernel, driver or adapter.
    Host,
    /// The switches.
    Fabric,
    /// The array.
    Array,
}

/// Whether the same call can succeed later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Retry {
    /// Not as it is: something in the request must change.
    Never,
    /// Yes, without anybody doing anything.
    Later,
    /// After somebody changed something (freed a vport, brought a link up).
    AfterChange,
}

/// A failed HAL call: what was tried, on what, why, whose fault it is and whether to retry.
///
/// `Display` prints one line, `create vport on host5: no free vport (63 of 63 in use)`; the cause is in
/// [`source`](std::error::Error::source) and is not repeated in the line.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    operation: &'static str,
    object: String,
    reason: String,
    fault: Fault,
    retry: Retry,
    errno: Option<i32>,
    injected: bool,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A failure of `operation` ("create vport") on `object` ("host5"), for `reason`.
    ///
    /// Fault and retry are set to what is usual for the kind; the `with_` methods override them.
    pub fn new(
        kind: ErrorKind,
        operation: &'static str,
        object: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        let (fault, retry) = usual(kind);
        Self(Box::new(Inner {
            kind,
            operation,
            object: object.into(),
            reason: reason.into(),
            fault,
            retry,
            errno: None,
            injected: false,
            source: None,
        }))
    }

    /// The same error, with this one at fault.
    #[must_use]
    pub fn with_fault(mut self, fault: Fault) -> Self {
        self.0.fault = fault;
        self
    }

    /// The same error, with this advice on trying again.
    #[must_use]
    pub fn with_retry(mut self, retry: Retry) -> Self {
        self.0.retry = retry;
        self
    }

    /// The same error, with the errno that the kernel gave.
    #[must_use]
    pub fn with_errno(mut self, errno: i32) -> Self {
        self.0.errno = Some(errno);
        self
    }

    /// The same error, with its cause.
    #[must_use]
    pub fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The same error, marked as made by a fault layer: a test must never take it for a finding.
    #[must_use]
    pub fn injected(mut self) -> Self {
        self.0.injected = true;
        self
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What was tried, as a verb phrase: `create vport`.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// On what: `host5`, a WWPN, a zone's name.
    pub fn object(&self) -> &str {
        &self.0.object
    }

    /// Why it failed, without operation and object.
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Who can mend it.
    pub fn fault(&self) -> Fault {
        self.0.fault
    }

    /// Whether to try again.
    pub fn retry(&self) -> Retry {
        self.0.retry
    }

    /// The errno that the kernel gave, where one did.
    pub fn errno(&self) -> Option<i32> {
        self.0.errno
    }

    /// Whether a fault layer made it up.
    pub fn is_injected(&self) -> bool {
        self.0.injected
    }
}

fn usual(kind: ErrorKind) -> (Fault, Retry) {
    match kind {
        ErrorKind::NotFound
        | ErrorKind::AlreadyExists
        | ErrorKind::InvalidArgument
        | ErrorKind::PermissionDenied => (Fault::Caller, Retry::Never),
        ErrorKind::Conflict | ErrorKind::Interrupted => (Fault::Caller, Retry::Later),
        ErrorKind::LimitReached | ErrorKind::Rejected => (Fault::Fabric, Retry::AfterChange),
        ErrorKind::Unreachable => (Fault::Fabric, Retry::Later),
        ErrorKind::Unsupported | ErrorKind::Malformed => (Fault::Host, Retry::Never),
        ErrorKind::Busy | ErrorKind::NoAnswer => (Fault::Host, Retry::Later),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { operation, object, reason, errno, injected, .. } = &*self.0;
        write!(f, "{operation} on {object}: {reason}")?;
        if let Some(errno) = errno {
            write!(f, " (errno {errno})")?;
        }
        if *injected {
            f.write_str(" [injected]")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_that_does_not_repeat_its_cause() {
        let error = Error::new(ErrorKind::LimitReached, "create vport", "host5", "63 of 63 in use")
            .with_errno(28)
            .with_source(std::io::Error::from_raw_os_error(28))
            .injected();
        assert_eq!(
            error.to_string(),
            "create vport on host5: 63 of 63 in use (errno 28) [injected]"
        );
        assert!(std::error::Error::source(&error).is_some());
        assert_eq!((error.fault(), error.retry()), (Fault::Fabric, Retry::AfterChange));
        assert!(error.is_injected());
    }
}
