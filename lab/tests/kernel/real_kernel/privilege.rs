//! Nothing here needs a privilege.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use super::{finish, machine, text};
use npivot_lab::kernel::{Kernel, Program};
use npivot_wire::ethernet::Mac;

/// Set in the process that is nobody.
const INNER: &str = "NPIVOT_TEST_AS_NOBODY";

/// As root, runs this test again as nobody, with no capability and no way to get one; as anybody else, boots.
#[test]
fn nobody_can_boot_it() {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let root = status.lines().any(|line| line.starts_with("Uid:\t0\t"));
    if root && std::env::var_os(INNER).is_none() {
        return again_as_nobody();
    }
    let capabilities = status.lines().find(|line| line.starts_with("CapEff:")).unwrap();
    assert_eq!(capabilities, "CapEff:\t0000000000000000");
    let mut machine = machine();
    let _wire = machine.nic(Mac([2, 0, 0, 0, 0, 1])).unwrap();
    let script = "id -u; touch /etc/npivot-test; cat /sys/class/fc_host/host0/port_name; exit 5";
    let finished = finish(machine, &Program::new(["sh", "-c", script]));
    assert_eq!(text(&finished.stdout), "0\n0x2000020000000001\n", "{finished:?}");
    assert_eq!(finished.status, 5);
}

fn again_as_nobody() {
    let folder = tempfile::tempdir_in("/var/tmp").unwrap();
    let open = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    open(folder.path());
    let copy = |from: &Path, name: &str| {
        let to = folder.path().join(name);
        fs::copy(from, &to).unwrap();
        open(&to);
        to
    };
    let test = copy(&std::env::current_exe().unwrap(), "test");
    let kernel = copy(Kernel::find().unwrap().path(), "linux");
    let output = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"])
        .args(["--inh-caps=-all", "--bounding-set=-all", "--"])
        .arg(test)
        .args(["real_kernel::privilege::nobody_can_boot_it", "--exact", "--nocapture"])
        .env(INNER, "1")
        .env("NPIVOT_KERNEL", kernel)
        .env_remove("TMPDIR")
        .current_dir("/")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{output:?}");
}
