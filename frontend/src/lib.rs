//! The browser's half: the only place with JavaScript.
