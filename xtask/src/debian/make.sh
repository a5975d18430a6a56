# Makes a Debian directory with the programs that the lab's tests run: what $1 names becomes it. $2 is the mirror.
# Run as root, in a mount namespace of its own: whatever is mounted meanwhile is gone with it.
set -e
tree=$1
mirror=$2
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

debootstrap --variant=minbase --include=ca-certificates,iproute2 bookworm "$tree" "$mirror"

# Nothing is started in there.
printf '#!/bin/sh\nexit 101\n' >"$tree/usr/sbin/policy-rc.d"
chmod 755 "$tree/usr/sbin/policy-rc.d"
cp /etc/resolv.conf "$tree/etc/resolv.conf" 2>/dev/null || true

chroot "$tree" apt-get install -y --no-install-recommends \
    udev multipath-tools lsscsi sg3-utils libvirt-daemon-system libvirt-clients

# What a test machine does not need.
chroot "$tree" apt-get clean
rm -rf "$tree/var/lib/apt/lists" "$tree/usr/share/doc" "$tree/usr/share/man" "$tree/usr/share/locale" \
    "$tree/usr/sbin/policy-rc.d" "$tree/etc/resolv.conf"
mkdir -p "$tree/var/lib/apt/lists/partial"
