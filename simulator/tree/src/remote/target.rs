//! `fc_transport/targetH:C:T`: the names of the remote port that a target is bound to.

use npivot_fabric::host::Rport;

use super::identifier;
use crate::tree::attribute::Attribute;

pub(crate) const ATTRIBUTES: &[Attribute] =
    &[Attribute::shown("node_name"), Attribute::shown("port_id"), Attribute::shown("port_name")];

pub(crate) fn show(rport: &Rport, name: &str) -> Option<String> {
    identifier(rport, name)
}
