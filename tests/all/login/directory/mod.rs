//! Directories: read whole, read again, left in the middle, and what they say by themselves.

mod changes;
mod crowd;
mod large;
mod leavers;
mod membership;
mod pace;
mod passes;
mod schedule;
mod taken_up;
mod whole;
