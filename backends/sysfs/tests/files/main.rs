//! The backend on files: a real kernel's capture, trees that are broken in every way, refused writes.

mod archives;
mod broken_trees;
mod captured;
mod capturing;
mod outside;
mod site;
mod wild;
mod writes;
