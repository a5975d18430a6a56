//! Paths as text: a sysfs has no others.

/// A path below a directory.
pub fn joined(dir: &str, path: &str) -> String {
    if dir.is_empty() { path.to_owned() } else { format!("{dir}/{path}") }
}

/// Where a link leads, from its own path and its text. Kernfs writes relative texts from directory to
/// directory (`fs/kernfs/symlink.c`), so that this needs no look; an absolute text is taken from the mount
/// point. More `..` than there are directories stay at the top.
pub fn beside(link: &str, text: &str) -> String {
    let mut names: Vec<&str> = match text.strip_prefix('/') {
        Some(_) => vec![],
        None => link.split('/').collect(),
    };
    names.pop();
    let text = text.strip_prefix("/sys/").unwrap_or(text);
    for name in text.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop();
            }
            name => names.push(name),
        }
    }
    names.join("/")
}

/// Whether a text is one name: no path, and nothing that leads elsewhere.
pub fn is_plain(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\0'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_where_kernfs_says() {
        assert_eq!(
            beside("class/fc_host/host0", "../../devices/pci/host0/fc_host/host0"),
            "devices/pci/host0/fc_host/host0"
        );
        assert_eq!(beside("d/block/sda/device", "../../../1:0:0:0"), "1:0:0:0");
        assert_eq!(beside("d/1:0:0:0/generic", "scsi_generic/sg0"), "d/1:0:0:0/scsi_generic/sg0");
        assert_eq!(beside("a/b", "../../../../../etc/passwd"), "etc/passwd");
        assert_eq!(beside("a/b", "/sys/devices/x"), "devices/x");
        assert_eq!(beside("a/b", "/etc/passwd"), "etc/passwd");
    }

    #[test]
    fn names_are_names() {
        assert!(is_plain("host0"));
        assert!(["", ".", "..", "a/b", "a\0b"].iter().all(|name| !is_plain(name)));
    }
}
