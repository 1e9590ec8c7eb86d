//! The monitor as plain data: what the page keeps of its messages and how it is filtered, laid out and exported.
