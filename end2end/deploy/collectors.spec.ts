// Collectors that others have written take what the server exports: rotel, which is strict, and oteltap, which prints what it gets.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Server } from '../fixtures/server.ts';
import { expect, test } from '../fixtures/test.ts';

const root = resolve(import.meta.dirname, '../..');
const program = join(root, 'target/release/aetherterm');
const tools = join(root, 'target/tools/collectors');

const running: ChildProcess[] = [];
const home = mkdtempSync(join(tmpdir(), 'collectors-'));

test.afterEach(() => running.splice(0).forEach((child) => child.kill('SIGKILL')));
test.afterAll(() => rmSync(home, { recursive: true, force: true }));

/** A program whose output can be read while it runs. */
function start(path: string, args: string[]) {
  const child = spawn(path, args, { cwd: home, env: { PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  const said = { text: '', child };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said.text += chunk));
  return said;
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  await new Promise((closed) => listener.close(closed));
  return port;
}

/** rotel, which writes down everything it has taken. */
async function rotel() {
  const [http, grpc] = [await freePort(), await freePort()];
  const python = readdirSync(join(tools, 'lib'))[0] ?? '';
  const agent = join(tools, 'lib', python, 'site-packages/rotel/rotel-agent');
  const said = start(agent, [
    ...['start', '--exporter', 'blackhole', '--debug-log-verbosity', 'detailed', '--pid-file', join(home, 'rotel.pid')],
    ...['--otlp-http-endpoint', `127.0.0.1:${http}`, '--otlp-grpc-endpoint', `127.0.0.1:${grpc}`],
    ...['traces', 'metrics', 'logs'].flatMap((signal) => ['--debug-log', signal]),
  ]);
  const endpoint = `http://127.0.0.1:${http}`;
  await expect.poll(() => answers(endpoint), { message: 'rotel starts' }).toBe(true);
  return { said, endpoint };
}

async function answers(endpoint: string): Promise<boolean> {
  return fetch(endpoint).then(
    () => true,
    () => false,
  );
}

/** Sends three events to a server, each in a trace of its own. */
function ask(server: Server) {
  execFileSync(program, ['doctor', '--url', server.url], { env: {}, stdio: 'pipe' });
}

for (const protocol of ['http/protobuf', 'http/json']) {
  for (const compression of ['none', 'gzip']) {
    test(`rotel takes every signal as ${protocol} with compression ${compression}`, async () => {
      const { said, endpoint } = await rotel();
      const env = {
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_EXPORTER_OTLP_COMPRESSION: compression,
      };
      const doctor = spawnSync(program, ['doctor'], { cwd: home, env: { HOME: home, ...env }, encoding: 'utf8' });
      expect(doctor.stdout).toContain('Overall: 5/5');
      for (const one of ['Name           : telemetry.doctor', 'Name: aetherterm.doctor', 'Body: Str(telemetry.doctor)']) {
        await expect.poll(() => said.text).toContain(one);
      }

      const server = await Server.start({ env: { ...env, OTEL_BSP_SCHEDULE_DELAY: '100', OTEL_METRIC_EXPORT_INTERVAL: '500' } });
      try {
        ask(server);
        await expect.poll(() => said.text).toMatch(/Name +: socketio\.terminal:create\n +Kind +: SPAN_KIND_SERVER/);
        await expect.poll(() => said.text).toContain('Name: socketio.requests');
        expect(said.text).toContain('-> service.name: Str(aetherterm-backend)');
        // What it does not take, the ledger knows.
        const { ledger } = await (
          await fetch(server.address('/api/traces'), { headers: { Authorization: `Bearer ${server.token}` } })
        ).json();
        for (const { name, dropped } of ledger.destinations) expect([name, dropped]).toEqual([name, {}]);
      } finally {
        await server.stop();
      }
    });
  }
}

test('oteltap gets the spans and the metrics it waits for', async () => {
  for (const wanted of [
    ['--await-span', '^socketio\\.terminal:create$'],
    ['--await-metric', '^socketio\\.duration$'],
  ]) {
    const port = await freePort();
    const said = start(join(tools, 'bin/python'), ['-m', 'oteltap', '--port', `${port}`, ...wanted]);
    const ended = once(said.child, 'exit');
    const endpoint = `http://127.0.0.1:${port}`;
    await expect.poll(() => answers(endpoint), { message: 'oteltap starts' }).toBe(true);
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_BSP_SCHEDULE_DELAY: '100', OTEL_METRIC_EXPORT_INTERVAL: '500' };
    const server = await Server.start({ env });
    try {
      ask(server);
      expect((await ended)[0], said.text).toBe(0);
    } finally {
      await server.stop();
    }
  }
});
