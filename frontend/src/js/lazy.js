// Loads a module of the import map when it is first wanted: a bundle of its own for what the first screen does without.
export const load = (name) => import(name);
