//! Attributes: the files of an object.

/// A file of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) mode: u16,
    pub(crate) value: Value,
}

/// What reading a file gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    /// Always this, with a newline.
    Fixed(&'static str),
    /// Nothing at all, not even a newline.
    Empty,
    /// What the world says, with a newline.
    Shown,
    /// What the world says, as it is; with the size that the file has in its directory.
    Binary(u32),
    /// It cannot be read.
    WriteOnly,
}

impl Attribute {
    /// Read-only, always the same.
    pub(crate) const fn fixed(name: &'static str, text: &'static str) -> Self {
        Self { name, mode: 0o444, value: Value::Fixed(text) }
    }

    /// Read-only.
    pub(crate) const fn shown(name: &'static str) -> Self {
        Self { name, mode: 0o444, value: Value::Shown }
    }

    /// Read-only, empty.
    pub(crate) const fn empty(name: &'static str) -> Self {
        Self { name, mode: 0o444, value: Value::Empty }
    }

    /// Read-only bytes. The kernel gives such a file this size, zero where it does not know.
    pub(crate) const fn binary(name: &'static str, size: u32) -> Self {
        Self { name, mode: 0o444, value: Value::Binary(size) }
    }

    /// Write-only.
    pub(crate) const fn write_only(name: &'static str) -> Self {
        Self { name, mode: 0o200, value: Value::WriteOnly }
    }

    /// The same, for its owner to write, too.
    pub(crate) const fn writable(self) -> Self {
        Self { mode: self.mode | 0o200, ..self }
    }

    /// The size in its directory: that of a page for text.
    pub(crate) const fn size(self) -> u32 {
        match self.value {
            Value::Binary(size) => size,
            _ => 4096,
        }
    }
}
