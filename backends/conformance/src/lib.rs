//! What being a backend of npivot means, executable.
