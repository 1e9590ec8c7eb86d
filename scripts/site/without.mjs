// without.mjs FROM TO: writes a WASM file whose telemetry functions do nothing. What only they have called is called by nobody then,
// and wasm-opt takes it away; what is left is the page without telemetry. The functions are known by their names, which wasm-bindgen
// has left in FROM.
import { readFileSync, writeFileSync } from 'node:fs';

const [, , from, to] = process.argv;

/**
 * The recorder, its queue, its spool and what it measures, as Rust mangles a path, and a type in one. What gives spans their ids
 * (tracked/span) is not among it: messages carry a context also where nothing is recorded. It would be two kilobytes more.
 */
const TELEMETRY = /8frontend9telemetry|frontend\.\.telemetry/;

// Sections by number (WebAssembly core specification, 5.5).
const [CUSTOM, TYPE, IMPORT, FUNCTION, CODE] = [0, 1, 2, 3, 10];
/** By the type of a result, what returns zero or null. Did the function not return, whatever follows its call would go as well. */
const ZERO = new Map([
  [0x7f, [0x41, 0]], // i32.const
  [0x7e, [0x42, 0]], // i64.const
  [0x7d, [0x43, 0, 0, 0, 0]], // f32.const
  [0x7c, [0x44, 0, 0, 0, 0, 0, 0, 0, 0]], // f64.const
  [0x70, [0xd0, 0x70]], // ref.null func
  [0x6f, [0xd0, 0x6f]], // ref.null extern
]);

const bytes = readFileSync(from);
let at = 8;

function number() {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
}

function take(length) {
  at += length;
  return bytes.subarray(at - length, at);
}

const text = () => take(number()).toString();

function encoded(value) {
  const out = [];
  for (; value > 0x7f; value = Math.floor(value / 0x80)) out.push((value & 0x7f) | 0x80);
  return Buffer.from([...out, value]);
}

/** How many of the functions are imported: those come first in the count. */
function importedFunctions() {
  let functions = 0;
  for (let left = number(); left > 0; left--) {
    text();
    text();
    const kind = take(1)[0];
    if (kind === 0) {
      functions += 1;
      number();
    } else if (kind === 3) take(2);
    else if (kind === 4) (take(1), number());
    else limits(kind);
  }
  return functions;
}

/** Of a table, which has a type in front, or a memory. */
function limits(kind) {
  if (kind === 1) take(1);
  const hasMost = number() & 1;
  number();
  if (hasMost) number();
}

/** The results of each type of function. */
function resultTypes() {
  return Array.from({ length: number() }, () => {
    take(1);
    take(number());
    return [...take(number())];
  });
}

/** A body that takes no locals and returns zeros. */
function nothing(results) {
  const body = [0, ...results.flatMap((type) => ZERO.get(type)), 0x0b];
  return Buffer.from([body.length, ...body]);
}

function functionNames(end) {
  const names = new Map();
  while (at < end) {
    const [kind, length] = [take(1)[0], number()];
    const stop = at + length;
    if (kind === 1) for (let left = number(); left > 0; left--) names.set(number(), text());
    at = stop;
  }
  return names;
}

const sections = [];
let imported = 0;
let names = new Map();
let results = [];
let types = [];
while (at < bytes.length) {
  const [kind, size] = [take(1)[0], number()];
  const [start, end] = [at, at + size];
  if (kind === TYPE) results = resultTypes();
  if (kind === FUNCTION) types = Array.from({ length: number() }, number);
  if (kind === IMPORT) imported = importedFunctions();
  if (kind === CUSTOM && text() === 'name') names = functionNames(end);
  sections.push({ kind, body: bytes.subarray(start, end) });
  at = end;
}

let emptied = 0;
function withoutTelemetry(code) {
  at = code.byteOffset - bytes.byteOffset;
  const count = number();
  const bodies = Array.from({ length: count }, (_, index) => {
    const start = at;
    take(number());
    if (!TELEMETRY.test(names.get(imported + index) ?? '')) return bytes.subarray(start, at);
    emptied += 1;
    return nothing(results[types[index]]);
  });
  return Buffer.concat([encoded(count), ...bodies]);
}

const written = sections.map(({ kind, body }) => {
  const content = kind === CODE ? withoutTelemetry(body) : body;
  return Buffer.concat([Buffer.from([kind]), encoded(content.length), content]);
});
// With other names there would be nothing to weigh, and it would weigh nothing.
if (emptied < 50) throw new Error(`only ${emptied} functions of ${from} are named as telemetry's`);
writeFileSync(to, Buffer.concat([bytes.subarray(0, 8), ...written]));
