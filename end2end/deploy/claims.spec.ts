// Every test that CLAIMS.md names is there.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';

const folder = resolve(import.meta.dirname, '..');
const claims = readFileSync(join(folder, 'CLAIMS.md'), 'utf8');
const rows = claims.split('\n').filter((line) => /^\| (?!claim)/.test(line)).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
const named = rows.flatMap(([, tests]) => [...tests!.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, name, path]) => ({ name: name!, path: path! })));

/** Whether a file has a test, or a measurement, of this name: a function in Rust, a title in TypeScript. */
function has(path: string, name: string): boolean {
  const file = join(folder, path);
  if (!existsSync(file)) return false;
  const text = readFileSync(file, 'utf8').replaceAll("\\'", "'");
  return path.endsWith('.rs') ? text.includes(`fn ${name.replaceAll(' ', '_')}(`) : text.split('\n').some((line) => /\btest\(/.test(line) && line.includes(name));
}

test('every claim has a test, and every test is there', () => {
  expect(rows.length).toBeGreaterThan(50);
  expect(rows.filter(([, tests]) => !tests!.includes(']('))).toEqual([]);
  expect(named.filter(({ name, path }) => !has(path, name))).toEqual([]);
});
