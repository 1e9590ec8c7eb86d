// Tells xterm how wide characters are. `plain` gives the properties of a character that are the same whatever stands before
// it, or -1; what it said is kept, so that a flood of letters never leaves JavaScript. `prepend` is the one state that every
// character joins.
const VERSION = 'aetherterm';
const known = new Int32Array(0x10000);

export function provide(terminal, plain, properties, prepend) {
  const charProperties = (code, before) => {
    if (code < 0x10000 && before >> 3 !== prepend) {
      const bits = known[code] || (known[code] = plain(code));
      if (bits > 0) return bits;
    }
    return properties(code, before);
  };
  const wcwidth = (code) => (charProperties(code, 0) >> 1) & 3;
  terminal.unicode.register({ version: VERSION, wcwidth, charProperties });
  terminal.unicode.activeVersion = VERSION;
}
