//! Commands and the reasons of rejects (FC-LS, "ELS command codes", "LS_RJT").

codes! {
    /// What an extended link service is: its first byte.
    pub struct Command(u8) {
        LS_RJT = 0x01, "LS_RJT";
        LS_ACC = 0x02, "LS_ACC";
        PLOGI = 0x03, "PLOGI";
        FLOGI = 0x04, "FLOGI";
        LOGO = 0x05, "LOGO";
        RTV = 0x0e, "RTV";
        RLS = 0x0f, "RLS";
        ECHO = 0x10, "ECHO";
        TEST = 0x11, "TEST";
        RRQ = 0x12, "RRQ";
        REC = 0x13, "REC";
        PRLI = 0x20, "PRLI";
        PRLO = 0x21, "PRLO";
        PDISC = 0x50, "PDISC";
        FDISC = 0x51, "FDISC";
        ADISC = 0x52, "ADISC";
        FAN = 0x60, "FAN";
        RSCN = 0x61, "RSCN";
        SCR = 0x62, "SCR";
        RNID = 0x78, "RNID";
        LIRR = 0x7a, "LIRR";
        LKA = 0x80, "LKA";
    }
}

codes! {
    /// Why a request was rejected.
    pub struct Reason(u8) {
        INVALID_COMMAND = 0x01, "invalid ELS command code";
        LOGICAL_ERROR = 0x03, "logical error";
        LOGICAL_BUSY = 0x05, "logical busy";
        PROTOCOL_ERROR = 0x07, "protocol error";
        UNABLE = 0x09, "unable to perform command request";
        UNSUPPORTED = 0x0b, "command not supported";
        IN_PROGRESS = 0x0e, "command already in progress";
        FIP = 0x20, "FIP error";
        VENDOR = 0xff, "vendor specific error";
    }
}

codes! {
    /// What more there is to say about it.
    pub struct Explanation(u8) {
        NONE = 0x00, "no additional explanation";
        OPTIONS = 0x01, "service parameter error - options";
        INITIATOR_CONTROL = 0x03, "service parameter error - initiator control";
        RECIPIENT_CONTROL = 0x05, "service parameter error - recipient control";
        RECEIVE_SIZE = 0x07, "service parameter error - receive data field size";
        CONCURRENT_SEQUENCES = 0x09, "service parameter error - concurrent sequences";
        CREDIT = 0x0b, "service parameter error - credit";
        INVALID_PORT_NAME = 0x0d, "invalid N_Port_Name or F_Port_Name";
        INVALID_NODE_NAME = 0x0e, "invalid Node_Name or Fabric_Name";
        COMMON_PARAMETERS = 0x0f, "invalid common service parameters";
        INVALID_S_ID = 0x15, "invalid originator S_ID";
        INVALID_EXCHANGE = 0x17, "invalid OX_ID-RX_ID combination";
        IN_PROGRESS = 0x19, "request already in progress";
        LOGIN_REQUIRED = 0x1e, "N_Port login required";
        INVALID_N_PORT_ID = 0x1f, "invalid N_Port_ID";
        INSUFFICIENT_RESOURCES = 0x29, "insufficient resources to support login";
        NO_DATA = 0x2a, "unable to supply requested data";
        UNSUPPORTED = 0x2c, "request not supported";
        PAYLOAD_LENGTH = 0x2d, "invalid payload length";
        NOT_NEIGHBOR = 0x62, "VN2VN_Port not in neighbor set";
    }
}
