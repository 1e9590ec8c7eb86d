// Lays out what the site serves as it is: public/ at the top, and the browser libraries from npm under vendor/NAME-VERSION/,
// so that their addresses change with their content. vendor/manifest.json tells the server what the page has to name:
// `imports` becomes the import map, `styles` the style sheets.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const [, , root, site] = process.argv;
const packages = join(root, 'end2end/node_modules');

// The module names on the right are the ones that xterm-js-rs and our own bindings import.
const libraries = [
  { name: '@xterm/xterm', modules: { 'lib/xterm.mjs': 'xterm' }, styles: ['css/xterm.css'] },
  { name: '@xterm/addon-fit', modules: { 'lib/addon-fit.mjs': 'xterm-addon-fit' } },
  { name: '@xterm/addon-image', modules: { 'lib/addon-image.mjs': 'xterm-addon-image' } },
  { name: '@xterm/addon-search', modules: { 'lib/addon-search.mjs': 'xterm-addon-search' } },
  { name: '@xterm/addon-web-links', modules: { 'lib/addon-web-links.mjs': 'xterm-addon-web-links' } },
  { name: '@xterm/addon-webgl', modules: { 'lib/addon-webgl.mjs': 'xterm-addon-webgl' } },
  { name: 'socket.io-client', modules: { 'dist/socket.io.esm.min.js': 'socket.io-client' } },
];

const manifest = { imports: {}, styles: [] };
const current = new Set(['manifest.json']);

for (const { name, modules, styles = [] } of libraries) {
  const { version } = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'));
  const folder = `${basename(name)}-${version}`;
  current.add(folder);

  const serve = (file) => {
    const target = join(site, 'vendor', folder, basename(file));
    if (!existsSync(target)) {
      mkdirSync(join(site, 'vendor', folder), { recursive: true });
      cpSync(join(packages, name, file), target);
    }
    return `/vendor/${folder}/${basename(file)}`;
  };
  for (const [file, module] of Object.entries(modules)) manifest.imports[module] = serve(file);
  for (const file of styles) manifest.styles.push(serve(file));
}

for (const entry of readdirSync(join(site, 'vendor'))) {
  if (!current.has(entry)) rmSync(join(site, 'vendor', entry), { recursive: true });
}
writeFileSync(join(site, 'vendor/manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);

for (const entry of readdirSync(site)) {
  if (entry !== 'pkg' && entry !== 'vendor') rmSync(join(site, entry), { recursive: true });
}
cpSync(join(root, 'public'), site, { recursive: true });
