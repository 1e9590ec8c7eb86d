//! What a shell is given, and when it is taken back.
