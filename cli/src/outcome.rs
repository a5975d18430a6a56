//! Exit codes and errors.
//!
//! 0: the answer is yes. 1: it is no (an expectation failed, the volume is not visible). 2: there is no
//! answer (wrong usage, a file that cannot be read or is wrong).

use std::io;
use std::path::PathBuf;

use npivot::libvirt::XmlError;
use npivot::node::NodeError;
use npivot::store::OpenError;
use npivot_lab::ScenarioError;
use npivot_lab::connection::ConnectError;
use npivot_lab::kernel::KernelError;
use npivot_lab::rack::RackError;
use npivot_lab::state::StateError;

/// What a command found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Fine.
    Yes,
    /// Not so.
    No,
    /// That of another program.
    Status(u8),
}

impl From<bool> for Answer {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A file is wrong.
    #[error("{}", with_cause(.0))]
    File(#[from] ScenarioError),
    /// There is no connection.
    #[error("{0}")]
    Connect(#[from] ConnectError),
    /// No kernel can be booted, or it went down.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// Kernels cannot be put on a simulated SAN.
    #[error(transparent)]
    Rack(#[from] RackError),
    /// A simulated SAN cannot be kept.
    #[error("{0}")]
    State(#[from] StateError),
    /// The machine, the fabric or the array refused or could not be asked.
    #[error("{}", one_line(.0))]
    Hal(#[from] npivot_hal::Error),
    /// The file with the definitions cannot be opened.
    #[error("{}", with_way_out(.0))]
    Store(#[from] OpenError),
    /// Nobody has said where definitions are kept.
    #[error("{0}")]
    NoStore(String),
    /// A definition is wrong.
    #[error("{0}")]
    Xml(#[from] XmlError),
    /// A definition cannot be read.
    #[error("{}: cannot be read: {_1}", .0.display())]
    Unread(PathBuf, io::Error),
    /// Something cannot be done with what is defined.
    #[error("{}", with_causes(.0))]
    Node(NodeError),
    /// What was asked for is not there: an answer, if not the one hoped for.
    #[error("{0}")]
    NotThere(String),
    /// The runtime cannot be started.
    #[error("cannot start: {0}")]
    Runtime(io::Error),
    /// A word on the command line names nothing.
    #[error("{0}")]
    Word(String),
    /// Pages cannot be written there.
    #[error("{}: cannot be written: {_1}", .0.display())]
    Directory(PathBuf, io::Error),
    /// The output cannot be written.
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
    /// Something cannot be shown as JSON.
    #[error("cannot write JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// What is not defined is an answer.
impl From<NodeError> for Failure {
    fn from(error: NodeError) -> Self {
        match error {
            NodeError::Unknown { .. } => Self::NotThere(error.to_string()),
            NodeError::Hal(error) => Self::Hal(error),
            NodeError::Xml(error) => Self::Xml(error),
            error => Self::Node(error),
        }
    }
}

/// The error, and what the command line has for it.
fn with_way_out(error: &OpenError) -> String {
    let way_out = match error {
        OpenError::InUse { .. } => "; wait for it with --store-wait SECONDS",
        OpenError::Io { cause, .. }
            if matches!(
                cause.kind(),
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
            ) =>
        {
            "; npivot must be able to write there, even to read"
        }
        _ => "",
    };
    format!("{error}{way_out}")
}

/// The error, and each cause that is not in its text.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

/// The error, and why, where that is not in its text.
fn with_cause(error: &ScenarioError) -> String {
    let text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            return format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

/// The error, and its causes.
fn one_line(error: &npivot_hal::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
