//! What a unit says of itself.

mod inquiry;
mod luns;
mod mode;
mod more;
mod ports;
mod support;
