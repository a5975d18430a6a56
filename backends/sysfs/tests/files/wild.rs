//! Any bytes in any attribute: no panic, and every other entry stays.

use std::collections::BTreeMap;
use std::io;

use npivot_hal::{Host as _, HostNo};
use npivot_sysfs::attribute;
use npivot_sysfs::files::{Entry, Files};
use proptest::prelude::*;

use crate::site::{host, phase};

/// The real capture's last phase with other bytes, or an error, at some paths.
#[derive(Debug)]
struct Changed {
    real: npivot_sysfs::ArchiveFiles,
    changed: BTreeMap<String, Result<Vec<u8>, i32>>,
}

impl Files for Changed {
    fn place(&self) -> String {
        "a changed capture".into()
    }
    fn list(&self, dir: &str) -> io::Result<Vec<Entry>> {
        self.real.list(dir)
    }
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match self.changed.iter().find(|(end, _)| path.ends_with(end.as_str())) {
            Some((_, Ok(bytes))) => Ok(bytes.clone()),
            Some((_, Err(errno))) => Err(io::Error::from_raw_os_error(*errno)),
            None => self.real.read(path),
        }
    }
    fn link(&self, path: &str) -> io::Result<String> {
        self.real.link(path)
    }
    fn mode(&self, path: &str) -> io::Result<u32> {
        self.real.mode(path)
    }
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<usize> {
        self.real.write(path, bytes)
    }
    fn may_block(&self) -> bool {
        false
    }
}

const ENDS: [&str; 16] = [
    "host1/port_name",
    "host1/node_name",
    "host1/port_state",
    "host1/port_id",
    "host1/fabric_name",
    "vport-0:0-0/vport_state",
    "vport-0:0-0/port_name",
    "rport-1:0-1/port_name",
    "rport-1:0-1/port_state",
    "rport-1:0-1/roles",
    "rport-1:0-1/scsi_target_id",
    "1:0:0:3/vpd_pg83",
    "1:0:0:3/wwid",
    "1:0:0:3/state",
    "sdd/size",
    "host1/proc_name",
];

fn content() -> impl Strategy<Value = Result<Vec<u8>, i32>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..64).prop_map(Ok),
        "(0x)?[0-9a-fA-F]{0,20}\n?".prop_map(|text| Ok(text.into_bytes())),
        prop::sample::select(vec![2, 5, 13, 19, 22]).prop_map(Err),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn bytes_in_attributes_cost_no_other_entry(
        changes in prop::collection::btree_map(prop::sample::select(ENDS.to_vec()), content(), 1..6),
    ) {
        let changed = changes.into_iter().map(|(end, content)| (end.to_owned(), content)).collect();
        let host = host(Changed { real: phase("vport"), changed });
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let adapters = host.adapters().await.unwrap();
            prop_assert_eq!(adapters[0].no, HostNo(0));
            let luns = host.luns().unwrap();
            let first = luns.paths(HostNo(0)).await.unwrap();
            prop_assert!(first.len() == 2 && first.iter().all(|path| path.identity.is_ok()));
            let second = luns.paths(HostNo(1)).await.unwrap();
            let whole = second.iter().filter(|path| path.address.to_string() != "1:0:0:3");
            prop_assert!(whole.clone().all(|path| path.identity.is_ok()));
            prop_assert_eq!(whole.count(), 4);
            prop_assert_eq!(second.len(), 5, "an entry with its error is an entry");
            let ports = host.remote_ports(HostNo(1)).await.unwrap();
            prop_assert!(ports.iter().filter(|port| port.number != 1).count() == 3);
            host.npiv().unwrap().vports(HostNo(0)).await.unwrap();
            Ok(())
        })?;
    }

    #[test]
    fn no_bytes_panic_a_reader(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = (attribute::wwpn(&bytes), attribute::wwnn(&bytes), attribute::port_id(&bytes));
        let _ = (attribute::port_state(&bytes), attribute::vport_state(&bytes));
        let _ = (attribute::roles(&bytes), attribute::path_state(&bytes));
        let _ = (attribute::number::<u32>(&bytes), attribute::number::<u64>(&bytes));
        let text = String::from_utf8_lossy(&bytes);
        let _ = (attribute::adapter(&text), attribute::vport(&text), attribute::target(&text));
        let _ = (attribute::remote_port(&text), attribute::scsi_address(&text));
        let _ = attribute::pci_address(&text);
    }

    #[test]
    fn names_as_the_kernel_prints_them(raw in 1..u64::MAX) {
        let text = format!("{raw:#x}\n");
        prop_assert_eq!(attribute::wwpn(text.as_bytes()).map(npivot_hal::Wwpn::get), Some(raw));
    }
}
