//! What runs by itself: sweeping, key rotation.
