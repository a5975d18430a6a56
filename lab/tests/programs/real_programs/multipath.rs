//! multipathd with two paths to one volume: each is cut and healed in its turn, while somebody writes.

use super::{VAULT, content, naa, rack, run, topology};

/// The writer writes its numbers one after the other, and `last` is the last that was acknowledged.
///
/// What is cut last has carried the writes until then, whichever path multipathd began with: it had been the only one.
const SCRIPT: &str = r#"
printf 'defaults {\n find_multipaths no\n polling_interval 1\n max_polling_interval 1\n}\n' > /etc/multipath.conf
multipathd
active() { multipathd show paths format '%d %t %T' | grep -c 'active ready'; }
until_true '[ "$(active)" = 2 ]'
map=/dev/mapper/$(multipathd show maps format '%n' | tail -n 1 | tr -d ' ')
until_true '[ -b $map ]'
multipathd show maps format '%w %N' | tail -n 1

i=0
(
    while [ ! -e /tmp/stop ]; do
        i=$((i+1))
        printf '%-511s\n' "write $i" | dd of=$map bs=512 seek=$i oflag=direct conv=notrunc 2>/dev/null || break
        echo $i > /tmp/last.new && mv /tmp/last.new /tmp/last
    done
    echo ended > /tmp/ended
) &
until_true '[ -e /tmp/last ]'

device() { basename $(readlink /dev/disk/by-path/*-fc-0x$1-lun-0); }
writes() { awk '{ print $5 }' /sys/block/$1/stat; }
state() { echo $(multipathd show paths format '%d %t %T' | sed -n "s/^$1 //p"); }
# How many of the next writes go to this device. The first may be done, but not yet acknowledged.
share() {
    before=$(writes $1)
    from=$(cat /tmp/last)
    until_true '[ $(cat /tmp/last) -ge $((from+11)) ]'
    echo $(($(writes $1) - before))
}
# Cuts the array's port $1, of the name $2, which leaves that of the name $3.
cut_and_heal() {
    gone=$(device $2)
    left=$(device $3)
    echo "before $(share $gone)"
    san link-down $1
    until_true '[ "$(state $gone)" = "failed faulty" ]'
    echo "meanwhile $(share $left)"
    san link-up $1
    until_true '[ "$(state $gone)" = "active ready" ]'
    share $left >/dev/null
}
"#;

#[test]
fn each_path_is_cut_and_healed_and_no_write_is_lost() {
    let topology = topology();
    let mut rack = rack(&topology);
    let [one, other] = VAULT;
    let printed = run(
        &mut rack,
        &format!(
            "{SCRIPT}cut_and_heal a1/8 {one} {other}\ncut_and_heal a1/9 {other} {one}\n\
             touch /tmp/stop\nuntil_true '[ -e /tmp/ended ]'\ncat /tmp/last\n"
        ),
    );
    let lines: Vec<&str> = printed.lines().collect();
    let [map, before_one, without_one, before_other, without_other, last] = lines[..] else {
        panic!("{printed}")
    };
    assert!(map.starts_with(&format!("3{} 2", naa(&topology, "scratch"))), "{map}");
    let share = |line: &str, when: &str| -> u64 {
        let count = line.strip_prefix(when).and_then(|count| count.trim().parse().ok());
        count.unwrap_or_else(|| panic!("`{line}` in: {printed}"))
    };
    share(before_one, "before");
    for line in [without_one, without_other] {
        assert!(share(line, "meanwhile") >= 10, "who is left carries all: {printed}");
    }
    assert!(share(before_other, "before") >= 10, "a path in use is cut: {printed}");
    let last: u64 = last.parse().unwrap();
    assert!(last > 40, "{last}");
    for i in 1..=last {
        let block = content(&rack, "scratch", i * 512, 512);
        assert_eq!(block, format!("{:<511}\n", format!("write {i}")).as_bytes(), "block {i}");
    }
}
