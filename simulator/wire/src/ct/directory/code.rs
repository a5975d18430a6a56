//! The name server's numbers.

codes! {
    /// What is asked. The name tells what is got or registered, and by what.
    pub struct Command(u16) {
        GA_NXT = 0x0100, "GA_NXT";
        GPN_ID = 0x0112, "GPN_ID";
        GNN_ID = 0x0113, "GNN_ID";
        GCS_ID = 0x0114, "GCS_ID";
        GFT_ID = 0x0117, "GFT_ID";
        GSPN_ID = 0x0118, "GSPN_ID";
        GPT_ID = 0x011a, "GPT_ID";
        GFF_ID = 0x011f, "GFF_ID";
        GID_PN = 0x0121, "GID_PN";
        GID_NN = 0x0131, "GID_NN";
        GSNN_NN = 0x0139, "GSNN_NN";
        GID_FT = 0x0171, "GID_FT";
        GPN_FT = 0x0172, "GPN_FT";
        GNN_FT = 0x0173, "GNN_FT";
        GID_PT = 0x01a1, "GID_PT";
        RPN_ID = 0x0212, "RPN_ID";
        RNN_ID = 0x0213, "RNN_ID";
        RCS_ID = 0x0214, "RCS_ID";
        RFT_ID = 0x0217, "RFT_ID";
        RSPN_ID = 0x0218, "RSPN_ID";
        RPT_ID = 0x021a, "RPT_ID";
        RFF_ID = 0x021f, "RFF_ID";
        RSNN_NN = 0x0239, "RSNN_NN";
        DA_ID = 0x0300, "DA_ID";
    }
}

codes! {
    /// Why more exactly a request was rejected.
    pub struct Explanation(u8) {
        NONE = 0x00, "no additional explanation";
        PORT_ID = 0x01, "port identifier not registered";
        PORT_NAME = 0x02, "port name not registered";
        NODE_NAME = 0x03, "node name not registered";
        CLASS_OF_SERVICE = 0x04, "class of service not registered";
        FC4_TYPES = 0x07, "FC-4 TYPEs not registered";
        SYMBOLIC_PORT_NAME = 0x08, "symbolic port name not registered";
        SYMBOLIC_NODE_NAME = 0x09, "symbolic node name not registered";
        PORT_TYPE = 0x0a, "port type not registered";
        FC4_FEATURES = 0x0f, "FC-4 features not registered";
        ACCESS_DENIED = 0x10, "access denied";
        UNACCEPTABLE_PORT_ID = 0x11, "unacceptable port identifier";
        EMPTY = 0x12, "data base empty";
        NOTHING_IN_SCOPE = 0x13, "no object registered in the specified scope";
    }
}

impl From<Explanation> for u8 {
    fn from(explanation: Explanation) -> Self {
        explanation.0
    }
}

codes! {
    /// What kind of port.
    pub struct PortType(u8) {
        UNIDENTIFIED = 0x00, "unidentified";
        N_PORT = 0x01, "N_Port";
        NL_PORT = 0x02, "NL_Port";
        NX_PORT = 0x7f, "Nx_Port";
        F_PORT = 0x81, "F_Port";
        FL_PORT = 0x82, "FL_Port";
        E_PORT = 0x84, "E_Port";
    }
}

flags! {
    /// What stands before each entry of a list.
    pub struct EntryControl(u8) {
        LAST = 0x80, "the list's last entry";
    }
}

flags! {
    /// What a port does in an FC-4: for FCP, four bits.
    pub struct Features(u8) {
        TARGET = 0x01, "target function";
        INITIATOR = 0x02, "initiator function";
    }
}

flags! {
    /// Classes of service: bit n is class n.
    pub struct ServiceClasses(u32) {
        CLASS_F = 0x01, "class F";
        CLASS_2 = 0x04, "class 2";
        CLASS_3 = 0x08, "class 3";
    }
}

flags_as_number! {
    EntryControl(u8),
    Features(u8),
    ServiceClasses(u32),
}
