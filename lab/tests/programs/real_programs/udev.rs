//! Stock udev's links to disks: by path, by identity, by WWN.

use super::{VAULT, WEB1, content, naa, rack, run, topology};

/// Each link with the device that it leads to.
const LINKS: &str = r#"
for link in /dev/disk/by-path/* /dev/disk/by-id/*; do
    echo "${link#/dev/disk/} $(basename "$(readlink "$link")")"
done
"#;

#[test]
fn links_name_the_arrays_port_the_lun_and_the_volume() {
    let topology = topology();
    let mut rack = rack(&topology);
    let script = format!(
        "echo {WEB1}:5001a4a100000001 > /sys/class/fc_host/host0/vport_create\n\
         until_true '[ $(ls -d /sys/block/sd* | wc -l) = 6 ]'\nudevadm settle -t 60\n\
         for name in {} {} {}; do echo $name | dd of=/dev/disk/by-id/wwn-0x$name bs=512 conv=sync oflag=direct \
         2>/dev/null; done\n{LINKS}",
        naa(&topology, "scratch"),
        naa(&topology, "web1-root"),
        naa(&topology, "web1-data")
    );
    let printed = run(&mut rack, &script);
    let links: Vec<(&str, &str)> =
        printed.lines().map(|line| line.split_once(' ').unwrap()).collect();
    // Each port of the array shows alpha LUN 0 and web1 LUNs 0 and 1: whose link it is does not tell.
    for port in VAULT {
        for lun in [0, 1] {
            let end = format!("-fc-0x{port}-lun-{lun}");
            let found = links
                .iter()
                .filter(|(link, _)| link.starts_with("by-path/") && link.ends_with(&end));
            assert_eq!(found.count(), 1, "{end}: {printed}");
        }
    }
    for volume in ["scratch", "web1-root", "web1-data"] {
        let naa = naa(&topology, volume);
        let [wwn, scsi] = ["wwn-0x", "scsi-3"].map(|kind| {
            let link = format!("by-id/{kind}{naa}");
            let (_, device) = links.iter().find(|(found, _)| *found == link).unwrap();
            *device
        });
        assert_eq!(wwn, scsi, "{volume}");
        // The link led to the volume whose name it has.
        let written = format!("{naa}\n");
        assert_eq!(content(&rack, volume, 0, written.len()), written.as_bytes());
    }
}
