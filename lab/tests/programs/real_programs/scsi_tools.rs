//! lsscsi and sg3-utils.

use super::{VAULT, WEB1, address_of, naa, rack, run, topology};

#[test]
fn lsscsi_tells_the_transport() {
    let topology = topology();
    let mut rack = rack(&topology);
    let printed = run(&mut rack, "lsscsi -t\nlsscsi -i\nlsscsi -Ht\n");
    for port in VAULT {
        let id = address_of(&rack, port).unwrap();
        assert!(printed.contains(&format!("fcoe:0x{port},0x{id}")), "{printed}");
    }
    // By which of udev's links lsscsi names the identity is chance.
    assert!(printed.contains(&naa(&topology, "scratch")), "{printed}");
    let host = address_of(&rack, "2000001b32a9da01").unwrap();
    assert!(printed.contains(&format!(" fcoe:0x2000001b32a9da01,0x{host}")), "{printed}");
}

#[test]
fn the_sg_tools_read_what_the_target_says() {
    let topology = topology();
    let mut rack = rack(&topology);
    let script = "sg_inq /dev/sda | grep -E 'Vendor|Product identification|Unit serial'\n\
         sg_vpd -p di /dev/sda\nsg_luns /dev/sda\nsg_rtpg -d /dev/sda\nsg_readcap /dev/sda\n\
         sg_vpd -p bl /dev/sda | grep -i 'unmap LBA'\n\
         sg_persist --out --register --param-sark=0xabc /dev/sda 2>&1\n\
         sg_persist --out --reserve --param-rk=0xabc --prout-type=5 /dev/sda\n\
         sg_persist -k /dev/sdb; sg_persist -r /dev/sdb\n\
         sg_persist --out --release --param-rk=0xabc --prout-type=5 /dev/sda\nsg_persist -r /dev/sdb\n\
         sg_write_same --unmap --lba=0 --num=8 /dev/sda && sg_unmap --force --lba=8 --num=8 /dev/sda && echo unmapped\n\
         sg_turs /dev/sda && sg_requests /dev/sda && sg_logs -a /dev/sda > /dev/null && sg_modes /dev/sda > /dev/null \
         && sg_sync /dev/sda && sg_verify --lba=0 --count=8 /dev/sda && echo well\n";
    let printed = run(&mut rack, script);
    let naa = naa(&topology, "scratch");
    for expected in [
        "Vendor identification: NPIVOT",
        &format!("0x{naa}"),
        "Lun list length = 8",
        "Last LBA=1048575",
        "asymmetric access state : 0x00 (active/optimized)",
        "0xabc",
        "Reservation follows",
        "Write Exclusive, registrants only",
        "there is NO reservation held",
        "unmapped",
        "well",
    ] {
        assert!(printed.contains(expected), "`{expected}` in: {printed}");
    }
}

/// A vHBA logs in anew then, without a word to the fabric before: that is no duplicate of itself, for which the kernel would
/// try for minutes in vain.
#[test]
fn a_vhba_is_back_after_a_reset_of_its_host() {
    let topology = topology();
    let mut rack = rack(&topology);
    let script = "echo 5001a4a000000001:5001a4a100000001 > /sys/class/fc_host/host0/vport_create\n\
         until_true '[ $(ls -d /sys/block/sd* | wc -l) = 6 ]'\n\
         disk=$(ls /sys/class/scsi_device/1:0:0:0/device/block)\n\
         sg_reset -H /dev/$disk\n\
         until_true '[ \"$(cat /sys/class/fc_host/host1/port_state)\" = Online ]'\n\
         dd if=/dev/$disk of=/dev/null bs=4096 count=1 iflag=direct 2>/dev/null && echo read\n";
    assert_eq!(run(&mut rack, script), "read\n");
    assert!(address_of(&rack, WEB1).is_some());
}
