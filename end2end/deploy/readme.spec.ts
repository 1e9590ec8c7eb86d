// What deploy/README.md tells people to do is what the server takes.
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Server } from '../fixtures/server.ts';
import { expect, test } from '@playwright/test';

const deploy = resolve(import.meta.dirname, '../../deploy');
const readme = readFileSync(join(deploy, 'README.md'), 'utf8');
const section = (title: string) => readme.split(/^## /m).find((text) => text.startsWith(title))!;
/** The rows of a section's table, each as its cells. */
const rows = (title: string) => section(title).split('\n').filter((line) => /^\| [^-]/.test(line)).slice(1).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));

// A proxy that lets nothing through, so that nothing leaves the machine, and remembers where it was to go.
const asked: string[] = [];
const proxy = createServer((request, response) => {
  asked.push(new URL(request.url!).host);
  request.resume().on('end', () => response.writeHead(502).end());
});
proxy.on('connect', (request, socket) => {
  asked.push(request.url!.replace(/:443$/, ''));
  socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
});
const through = () => {
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return { HTTP_PROXY: address, HTTPS_PROXY: address };
};

test.beforeAll(() => once(proxy.listen(0, '127.0.0.1'), 'listening'));
test.afterAll(() => {
  proxy.closeAllConnections();
  proxy.close();
});

/** Starts a server and waits until it has turned to every host that it should. */
async function turnsTo(hosts: string[], options: { env?: Record<string, string>; args?: string[]; home?: string }): Promise<void> {
  asked.length = 0;
  const server = await Server.start({ ...options, env: { ...options.env, ...through() } });
  await expect.poll(() => [...new Set(asked)].sort()).toEqual(hosts);
  // All it may warn of is that the proxy lets nothing through.
  expect(server.log.split('\n').filter((line) => line.includes('WARN') && !/answered 502|tunnel error/.test(line))).toEqual([]);
  expect(await server.stop()).toBe(0);
}

test('every file it links to is there', () => {
  const targets = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target!);
  expect(targets.filter((target) => !existsSync(join(deploy, target)))).toEqual([]);
});

for (const [backend, settings] of rows('Backends')) {
  test(`the settings for ${backend} lead there`, async () => {
    const env: Record<string, string> = Object.fromEntries([...settings!.matchAll(/`([A-Z_]+)=([^`]+)`/g)].map(([, name, value]) => [name, value!]));
    const [, endpoint] = Object.entries(env).find(([name]) => name.endsWith('_ENDPOINT'))!;
    await turnsTo([new URL(endpoint).host], { env });
  });
}

test('several backends at once each get their records', async () => {
  const home = mkdtempSync(join(tmpdir(), 'aetherterm-'));
  const [, toml] = /```toml\n([^]*?)```/.exec(section('Backends'))!;
  writeFileSync(join(home, 'aetherterm.toml'), toml!);
  try {
    await turnsTo(['api.honeycomb.io', 'localhost:4318'], { home, args: ['--config', join(home, 'aetherterm.toml')] });
  } finally {
    rmSync(home, { recursive: true });
  }
});

for (const [wrong] of rows('Corrected').filter(([cell]) => cell!.includes('http'))) {
  test(`refused with a word on what to use: ${wrong}`, async () => {
    const [, address] = /`(http[^`]+)`/.exec(wrong!)!;
    await expect(Server.start({ env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: address! } })).rejects.toThrow(/OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is .*not OTLP; (use|send to)/);
  });
}
