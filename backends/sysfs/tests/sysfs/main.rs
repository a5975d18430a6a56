//! The backend over files: the capture of a real kernel, trees that somebody broke, drivers that refuse.

mod captured;
mod hostile;
mod refusals;
