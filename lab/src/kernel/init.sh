# The first program of a machine in the lab, read by the /bin/sh of the directory that is its root.
#
# Its surroundings on entry: root is that directory, read-only; /dev is the exchange directory, through which
# it talks with whoever booted it. It never ends: power is cut when `status` or `failed` is there.
# Programs are started sparingly, since each costs milliseconds here.

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
unset mem uml_dir
room=/dev
beside=
. "$room/settings.sh"
exec 2>>"$room/said"

stop() {
    while :; do sleep 86400; done
}

# Ends the program beside: terminated, so that it can end what it writes; killed if it does not.
end_beside() {
    [ -n "$beside" ] || return 0
    kill -TERM "$beside" 2>/dev/null
    (sleep 5; kill -KILL "$beside") 2>/dev/null &
    wait "$beside"
}

fail() {
    end_beside
    printf '%s\n' "$1" >"$room/failed"
    stop
}

phase() {
    printf '%s\n' "$1" >"$room/phase"
    now=$1
}

# Runs a command of which failure ends it all.
must() {
    "$@" || fail "$now"
}

write() {
    printf '%s' "$1" >"$2" || fail "$now: writing $1 to $2"
}

phase 'mounting the files'
must mount -a -T "$room/fstab.root"
must mkdir /sys/upper /sys/work /sys/root
must mount -a -T "$room/fstab.kernel"
must mkdir -p /sys/root/dev/pts /sys/root/dev/shm /sys/root/run/lock /sys/root/run/npivot \
    /sys/root/run/npivot-boot
must cp -P "$room"/dev/* /sys/root/dev/
while IFS= read -r folder; do
    must mkdir -p "/sys/root$folder"
done <"$room/shares"
must mount -a -T "$room/fstab.own"
cd /sys/root || fail "$now"
must pivot_root . run/npivot-boot
cd / || fail "$now"
room=/run/npivot
exec 2>>"$room/said"
must umount -l /run/npivot-boot

phase 'setting up the network'
write "$name" /proc/sys/kernel/hostname
write 0x49 /sys/class/net/lo/flags
if [ -n "$pair" ]; then
    must ip link add v0 address "$pair" type veth peer name v1
    write "$mtu" /sys/class/net/v1/mtu
    write 0x1003 /sys/class/net/v1/flags
fi

phase 'creating the FCoE instances'
number=0
for nic in $nics; do
    write "$mtu" "/sys/class/net/$nic/mtu"
    write 0x1003 "/sys/class/net/$nic/flags"
    write "$nic" /sys/bus/fcoe/ctlr_create
    write "$e_d_tov_ms" "/sys/bus/fcoe/devices/ctlr_$number/e_d_tov"
    number=$((number + 1))
done

if [ -n "$pair" ]; then
    phase 'starting the program beside'
    (. "$room/beside.sh") >"$room/beside.out" 2>&1 </dev/null &
    beside=$!
fi

phase 'enabling the FCoE instances'
while [ "$number" -gt 0 ]; do
    number=$((number - 1))
    write 1 "/sys/bus/fcoe/devices/ctlr_$number/enabled"
done

seconds() {
    IFS='. ' read -r up rest </proc/uptime
}

if [ "$online_secs" -gt 0 ]; then
    phase 'waiting for the FC hosts to be Online'
    seconds
    over=$((up + online_secs))
    for host in /sys/class/fc_host/host*; do
        until read -r state <"$host/port_state" && [ "$state" = Online ]; do
            seconds
            [ "$up" -le "$over" ] || fail "offline: ${host##*/} $state"
            sleep "$look_secs"
        done
    done
    phase 'waiting for the disks'
    set -- /sys/block/sd*
    until [ -e "$1" ] && [ "$#" -ge "$disks" ] || [ "$disks" -eq 0 ] || [ "$up" -gt "$over" ]; do
        seconds
        sleep "$look_secs"
        set -- /sys/block/sd*
    done
    set --
fi

phase 'running the command'
# Through pipes, so that /dev/stderr can be opened again and again.
cat <"$room/stdout.pipe" >"$room/stdout" &
relays=$!
cat <"$room/stderr.pipe" >"$room/stderr" &
relays="$relays $!"
(. "$room/command.sh") <"$input" >"$room/stdout.pipe" 2>"$room/stderr.pipe"
status=$?

phase 'ending'
end_beside
while IFS= read -r folder; do
    sync -f "$folder"
done <"$room/shares"
# What the command left running may hold the pipes for ever: from here on, nobody waits for long.
printf '%s\n' "$status" >"$room/ended"
wait $relays
printf '%s\n' "$status" >"$room/status"
stop
