//! Fabric device management (FC-GS, "Fabric-Device Management Interface"): what HBAs tell about themselves
//! is accepted and kept, as it came, for as long as who told it is logged in.

use super::{Reason, Reject, Request};
use crate::Encode;
use crate::ct::fdmi::{Answer, Explanation, Query};
use crate::ct::{Outcome, Reply};
use crate::fc2::Header;
use crate::fcf::limits;
use crate::fcf::link::Link;
use crate::fcf::turn::{Back, Turn};

impl Turn<'_> {
    pub(super) fn management(
        &mut self,
        link: &mut Link,
        back: Back,
        header: Header,
        request: &Request<'_>,
        query: &Query<'_>,
    ) {
        let Some(vn_port) = link.vn_ports.get_mut(&back.id) else { return };
        let name = match query {
            Query::RegisterHba(name, ..)
            | Query::RegisterHbaAttributes(name, _)
            | Query::RegisterPort(_, name, _)
            | Query::RegisterPortAttributes(name, _) => *name,
            Query::ForgetHba(name)
            | Query::ForgetHbaAttributes(name)
            | Query::ForgetPort(name)
            | Query::ForgetPortAttributes(name) => {
                let name = name.map_or(0, npivot_hal::Wwpn::get);
                vn_port.fdmi.retain(|&(_, whose), _| whose != name);
                return self.done(link, back, header, request);
            }
            _ => {
                let reject = Reject::new(Reason::UNSUPPORTED, Explanation::NONE);
                return self.answer_ct(link, back, header, &request.reject(reject));
            }
        };
        let mut block = vec![0; limits::FDMI_BYTES];
        let key = (query.command().0, name.map_or(0, npivot_hal::Wwpn::get));
        let room = vn_port.fdmi.len() < limits::FDMI_BLOCKS || vn_port.fdmi.contains_key(&key);
        match query.encode_to(&mut block) {
            Ok(bytes) if room => {
                block.truncate(bytes);
                block.shrink_to_fit();
                vn_port.fdmi.insert(key, block);
                self.done(link, back, header, request);
            }
            _ => {
                let reject = Reject::new(Reason::UNABLE, Explanation::NONE);
                self.answer_ct(link, back, header, &request.reject(reject));
            }
        }
    }

    fn done(&mut self, link: &mut Link, back: Back, header: Header, request: &Request<'_>) {
        let reply =
            Reply::new(request.context, request.query.service(), Outcome::Accept(Answer::Done));
        self.answer_ct(link, back, header, &reply);
    }
}
