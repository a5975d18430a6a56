//! What each nexus is owed: unit attentions, and what task management makes of them.

mod attention;
mod tasks;
