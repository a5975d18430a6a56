//! From the XML: the pool and its parts, with errors at their place.

use super::adapter::PoolAdapter;
use super::definition::{PoolDefinition, Unread};
use super::extension::{self, ELEMENT};
use super::name::PoolNameError;
use super::read_adapter::{self, ReadAdapter};
use super::write::{POOL_ORDER, SOURCE_ORDER, TARGET_ORDER};
use crate::libvirt::xml::{Attribute, Kept, Node, Source, XmlError, is_space, quoted};
use crate::libvirt::{PoolName, Uuid};

/// libvirt's other pool types (`virStoragePool` in `src/conf/storage_conf.c`), so that a type which is
/// only not supported is told from one that does not exist.
const OTHER_TYPES: [&str; 13] = [
    "dir",
    "fs",
    "netfs",
    "logical",
    "disk",
    "iscsi",
    "iscsi-direct",
    "mpath",
    "rbd",
    "sheepdog",
    "gluster",
    "zfs",
    "vstorage",
];

pub(super) fn pool(file_name: &str, xml: &str) -> Result<PoolDefinition, XmlError> {
    let text = Source::new(file_name, xml);
    let document = text.parse()?;
    let pool = Node::root(&text, &document, "pool")?;
    check_type(&pool)?;

    let (name, name_attributes) = name(&pool)?;
    let (uuid, uuid_attributes) = uuid(&pool)?;
    let source = pool.required_child("source", &POOL_ORDER)?;
    let adapter = source.required_child("adapter", &SOURCE_ORDER)?;
    let ReadAdapter { adapter, rest, place: [parent_address, address] } =
        read_adapter::adapter(&adapter)?;
    let (target_path, target, path_attributes) = target(&pool)?;
    let (extension, unread_extension) = extension::read(&pool, adapter.fc_host())?;
    if let (PoolAdapter::ScsiHost(_), Some(_)) = (&adapter, extension.vhbas.first()) {
        return Err(
            source.error("a pool on a SCSI host has no vHBAs, and <npivot:vhba> gives it some")
        );
    }
    Ok(PoolDefinition {
        name,
        uuid,
        adapter,
        target_path,
        extension,
        unread: Unread {
            pool: pool.kept(&["type"], &["name", "uuid", "source", "target", ELEMENT], &POOL_ORDER),
            name: name_attributes,
            uuid: uuid_attributes,
            source: source.kept(&[], &["adapter"], &SOURCE_ORDER),
            adapter: rest,
            parent_address,
            address,
            target,
            path: path_attributes,
            extension: unread_extension,
        },
    })
}

fn check_type(pool: &Node<'_>) -> Result<(), XmlError> {
    let given = pool.required_attribute("type", &[], "expected type='scsi'")?;
    match given.text.as_str() {
        "scsi" => Ok(()),
        other if OTHER_TYPES.contains(&other) => {
            Err(given
                .error(format!("{} is not supported yet: only pool type 'scsi'", quoted(other))))
        }
        _ => Err(given.none_of(&["scsi"], "'scsi'")),
    }
}

fn name(pool: &Node<'_>) -> Result<(PoolName, Vec<Attribute>), XmlError> {
    let element = pool.required_child("name", &POOL_ORDER)?;
    let text = element.text()?;
    let name = text.parsed(|error| match error {
        PoolNameError::Empty => "is empty, expected the pool's name".into(),
        _ => format!("{}: {error}", quoted(&text.text)),
    })?;
    Ok((name, element.kept(&[], &[], &[]).attributes))
}

/// The `<uuid>` of a pool or device, and what else its element has.
pub(in crate::libvirt) fn uuid(
    pool: &Node<'_>,
) -> Result<(Option<Uuid>, Vec<Attribute>), XmlError> {
    let Some(element) = pool.child("uuid")? else {
        return Ok((None, Vec::new()));
    };
    let text = element.text()?;
    let uuid = if text.text.is_empty() {
        // libvirt takes an empty one for none and makes one.
        None
    } else {
        let refused = |_: &_| {
            format!(
                "{} is not a UUID, expected 32 hexadecimal digits, plain or in groups of 8-4-4-4-12 with dashes",
                quoted(text.text.trim_matches(is_space))
            )
        };
        Some(text.parsed(refused)?)
    };
    Ok((uuid, element.kept(&[], &[], &[]).attributes))
}

fn target(pool: &Node<'_>) -> Result<(String, Kept, Vec<Attribute>), XmlError> {
    let default = || PoolDefinition::DEFAULT_TARGET_PATH.to_owned();
    let Some(target) = pool.child("target")? else {
        return Ok((default(), Kept::default(), Vec::new()));
    };
    let rest = target.kept(&[], &["path"], &TARGET_ORDER);
    let Some(path) = target.child("path")? else {
        return Ok((default(), rest, Vec::new()));
    };
    let text = path.text()?;
    let expected = || format!("expected a directory as {}", default());
    let path_text = if text.text.is_empty() {
        return Err(text
            .error(format!("is empty, {}", expected()))
            .with_help(format!("leave <path> out for {}", default())));
    } else if text.text.chars().any(char::is_control) {
        return Err(text.error(format!(
            "{} has control characters or line breaks in it, {}",
            quoted(&text.text),
            expected()
        )));
    } else if !text.text.starts_with('/') {
        return Err(text.error(format!(
            "{} is not an absolute path, {}",
            quoted(&text.text),
            expected()
        )));
    } else {
        sanitized(&text.text)
    };
    Ok((path_text, rest, path.kept(&[], &[], &[]).attributes))
}

/// Without doubled slashes and without one at the end (libvirt's `virFileSanitizePath`).
fn sanitized(path: &str) -> String {
    let mut clean = String::with_capacity(path.len());
    for part in path.split('/').filter(|part| !part.is_empty()) {
        clean.push('/');
        clean.push_str(part);
    }
    if clean.is_empty() {
        clean.push('/');
    }
    clean
}
