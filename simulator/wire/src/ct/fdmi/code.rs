//! FDMI's numbers.

codes! {
    /// What is asked or registered.
    pub struct Command(u16) {
        GRHL = 0x0100, "GRHL";
        GHAT = 0x0101, "GHAT";
        GRPL = 0x0102, "GRPL";
        GPAT = 0x0110, "GPAT";
        RHBA = 0x0200, "RHBA";
        RHAT = 0x0201, "RHAT";
        RPRT = 0x0210, "RPRT";
        RPA = 0x0211, "RPA";
        DHBA = 0x0300, "DHBA";
        DHAT = 0x0301, "DHAT";
        DPRT = 0x0310, "DPRT";
        DPA = 0x0311, "DPA";
    }
}

codes! {
    /// Why more exactly a request was rejected.
    pub struct Explanation(u8) {
        NONE = 0x00, "no additional explanation";
        HBA_REGISTERED = 0x10, "HBA already registered";
        HBA_ATTRIBUTE_MISSING = 0x11, "HBA attribute not registered";
        HBA_ATTRIBUTE_TWICE = 0x12, "HBA attribute registered more than once";
        HBA_ATTRIBUTE_LENGTH = 0x13, "invalid HBA attribute length";
        HBA_ATTRIBUTE_REQUIRED = 0x14, "a required HBA attribute is missing";
        HBA_NOT_REGISTERED = 0x17, "HBA not registered";
        PORT_ATTRIBUTE_MISSING = 0x20, "port attribute not registered";
        PORT_NOT_REGISTERED = 0x21, "port not registered";
        PORT_ATTRIBUTE_TWICE = 0x22, "port attribute registered more than once";
        PORT_ATTRIBUTE_LENGTH = 0x23, "invalid port attribute length";
        PORT_REGISTERED = 0x24, "port already registered";
    }
}

impl From<Explanation> for u8 {
    fn from(explanation: Explanation) -> Self {
        explanation.0
    }
}

codes! {
    /// What is told about an HBA.
    pub struct HbaAttribute(u16) {
        NODE_NAME = 0x0001, "node name";
        MANUFACTURER = 0x0002, "manufacturer";
        SERIAL_NUMBER = 0x0003, "serial number";
        MODEL = 0x0004, "model";
        MODEL_DESCRIPTION = 0x0005, "model description";
        HARDWARE_VERSION = 0x0006, "hardware version";
        DRIVER_VERSION = 0x0007, "driver version";
        OPTION_ROM_VERSION = 0x0008, "option ROM version";
        FIRMWARE_VERSION = 0x0009, "firmware version";
        OS_NAME = 0x000a, "operating system name and version";
        MAX_CT_PAYLOAD = 0x000b, "maximum CT payload";
        NODE_SYMBOL = 0x000c, "node symbolic name";
        VENDOR_INFORMATION = 0x000d, "vendor specific information";
        PORT_COUNT = 0x000e, "number of ports";
        FABRIC_NAME = 0x000f, "fabric name";
        BOOT_VERSION = 0x0010, "boot BIOS version";
        BOOT_STATE = 0x0011, "boot BIOS state";
        VENDOR_ID = 0x00e0, "vendor identifier";
    }
}

codes! {
    /// What is told about a port.
    pub struct PortAttribute(u16) {
        FC4_TYPES = 0x0001, "supported FC-4 types";
        SUPPORTED_SPEED = 0x0002, "supported speed";
        CURRENT_SPEED = 0x0003, "current port speed";
        MAX_FRAME_SIZE = 0x0004, "maximum frame size";
        DEVICE_NAME = 0x0005, "operating system device name";
        HOST_NAME = 0x0006, "host name";
        NODE_NAME = 0x0007, "node name";
        PORT_NAME = 0x0008, "port name";
        PORT_SYMBOL = 0x0009, "port symbolic name";
        PORT_TYPE = 0x000a, "port type";
        CLASSES = 0x000b, "supported classes of service";
        FABRIC_NAME = 0x000c, "port fabric name";
        ACTIVE_FC4_TYPES = 0x000d, "active FC-4 types";
        STATE = 0x0101, "port state";
        DISCOVERED = 0x0102, "number of discovered ports";
        PORT_ID = 0x0103, "port identifier";
    }
}
