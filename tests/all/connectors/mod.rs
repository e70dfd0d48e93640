//! Conversations with platforms, scripted on loopback.
