//! What a link goes through before there is anything to send: FIP and logins.

mod discovery;
mod keep_alive;
mod login;
mod refused;
