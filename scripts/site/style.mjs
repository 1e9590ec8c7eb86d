// Bundles style/main.css and what it imports into one small file. `make dev` has cargo-leptos do the same, for the same browsers
// (`browserquery` in Cargo.toml).
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const [, , root, output] = process.argv;
const { bundle } = createRequire(join(root, 'end2end/package.json'))('lightningcss');

const version = (major, minor = 0) => (major << 16) | (minor << 8);

// Every complaint ends the build, a mere warning too: the style sheet is small and ours.
function fail({ message, filename, loc }) {
  console.error(`error: ${filename ?? loc?.filename ?? 'style/main.css'}:${loc?.line ?? 1}: ${message}`);
  process.exit(1);
}

try {
  const { code, warnings } = bundle({
    filename: join(root, 'style/main.css'),
    minify: true,
    targets: { chrome: version(123), firefox: version(128), safari: version(17, 5) },
  });
  warnings.forEach(fail);
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, code);
} catch (error) {
  fail(error);
}
