//! A simulated host as a sysfs tree, in memory or written to a directory.
