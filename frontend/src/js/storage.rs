//! What the browser keeps beyond the end of a page, for every window of the same origin. A browser that keeps nothing behaves
//! as one that has no room.

use web_sys::Storage;

use super::window;

/// What is kept under `key`.
pub fn get(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

/// Keeps `value` under `key`; `false` when there is no room for it.
pub fn put(key: &str, value: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(key, value).is_ok())
}

/// Keeps nothing under `key` any more.
pub fn remove(key: &str) {
    if let Some(storage) = storage() {
        // What cannot be removed could not be put there either.
        drop(storage.remove_item(key));
    }
}

/// Every key that begins with `prefix`.
pub fn keys(prefix: &str) -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    let all = (0..storage.length().unwrap_or(0)).filter_map(|place| storage.key(place).ok()?);
    all.filter(|key| key.starts_with(prefix)).collect()
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}
