//! The layers, over backends that are in memory and know the contracts.

mod abilities;
mod checked;
mod commands;
mod faulty;
mod plans;
mod stacking;
mod toy;
mod traced;
mod words;
