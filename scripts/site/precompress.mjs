// Writes a Brotli and a gzip copy beside every text and WASM file of the site, as small as they get: the server only picks one.
// Copies newer than their original are kept, copies without one go.
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const [, , site] = process.argv;

const compressible = new Set(['.css', '.html', '.js', '.json', '.mjs', '.svg', '.txt', '.wasm', '.webmanifest']);
const encodings = {
  '.br': (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  '.gz': (bytes) => gzipSync(bytes, { level: 9 }),
};

for (const entry of readdirSync(site, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const file = join(entry.parentPath, entry.name);
  const suffix = extname(file);
  if (suffix in encodings) {
    if (!existsSync(file.slice(0, -suffix.length))) rmSync(file);
  } else if (compressible.has(suffix)) {
    compress(file);
  }
}

function compress(file) {
  const { mtimeMs } = statSync(file);
  for (const [suffix, encode] of Object.entries(encodings)) {
    const copy = file + suffix;
    if (existsSync(copy) && statSync(copy).mtimeMs > mtimeMs) continue;
    writeFileSync(copy, encode(readFileSync(file)));
  }
}
