//! Messages as a kernel sends them.

/// A uevent in the kernel's form, with the keys that every uevent has and these.
pub(crate) fn uevent(action: &str, devpath: &str, keys: &[(&str, &str)]) -> Vec<u8> {
    let mut text = format!("{action}@{devpath}\0ACTION={action}\0DEVPATH={devpath}\0");
    for (key, value) in keys {
        text.extend([key, "=", value, "\0"]);
    }
    text += "SEQNUM=1862\0";
    text.into_bytes()
}

/// A uevent in udev's form.
pub(crate) fn udev(action: &str, devpath: &str) -> Vec<u8> {
    let keys = format!("ACTION={action}\0DEVPATH={devpath}\0SUBSYSTEM=scsi\0");
    let mut message = b"libudev\0".to_vec();
    message.extend(0xfeed_cafe_u32.to_be_bytes());
    for word in [40, 40, u32::try_from(keys.len()).unwrap(), 0, 0, 0, 0] {
        message.extend(word.to_ne_bytes());
    }
    message.extend(keys.as_bytes());
    message
}

/// An FC event as `fc_host_post_event` sends it.
pub(crate) fn fc_event(host_no: u16, number: u32, code: u32, data: [u8; 4]) -> Vec<u8> {
    let mut message = vec![];
    message.extend(64_u32.to_ne_bytes()); // nlmsg_len
    message.extend(0x11_u16.to_ne_bytes()); // SCSI_TRANSPORT_MSG
    message.extend([0; 10]); // flags, sequence, port id
    message.extend([1, 1]); // version, transport
    message.extend(0xa1b2_u16.to_ne_bytes());
    message.extend(0x0100_u16.to_ne_bytes()); // FC_NL_ASYNC_EVENT
    message.extend(48_u16.to_ne_bytes()); // msglen
    message.extend(1_795_000_000_u64.to_ne_bytes());
    message.extend(0_u64.to_ne_bytes());
    message.extend(host_no.to_ne_bytes());
    message.extend(4_u16.to_ne_bytes());
    message.extend(number.to_ne_bytes());
    message.extend(code.to_ne_bytes());
    message.extend(data);
    message.resize(64, 0);
    message
}
