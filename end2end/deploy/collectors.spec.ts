// Collectors that others have written take what the server exports: rotel, which is strict, and oteltap, which prints what it gets.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Peer, ask, freePort, program, tools } from '../fixtures/peer.ts';
import { Server } from '../fixtures/server.ts';
import { expect, test } from '../fixtures/test.ts';

const collectors = join(tools, 'collectors');
const quick = { OTEL_BSP_SCHEDULE_DELAY: '100', OTEL_METRIC_EXPORT_INTERVAL: '500' };

let peer: Peer | undefined;
let server: Server | undefined;

test.afterEach(async () => {
  await server?.stop();
  await peer?.stop();
  [server, peer] = [undefined, undefined];
});

/** Starts rotel, which writes down everything that it has taken. */
async function rotel() {
  const [http, grpc] = [await freePort(), await freePort()];
  const python = readdirSync(join(collectors, 'lib'))[0] ?? '';
  const rotel = new Peer(join(collectors, 'lib', python, 'site-packages/rotel/rotel-agent'), [
    ...['start', '--exporter', 'blackhole', '--debug-log-verbosity', 'detailed', '--pid-file', 'rotel.pid'],
    ...['--otlp-http-endpoint', `127.0.0.1:${http}`, '--otlp-grpc-endpoint', `127.0.0.1:${grpc}`],
    ...['traces', 'metrics', 'logs'].flatMap((signal) => ['--debug-log', signal]),
  ]);
  peer = rotel;
  const endpoint = `http://127.0.0.1:${http}`;
  await rotel.answers(endpoint);
  return { rotel, endpoint };
}

for (const protocol of ['http/protobuf', 'http/json']) {
  for (const compression of ['none', 'gzip']) {
    test(`rotel takes every signal as ${protocol} with compression ${compression}`, async () => {
      const { rotel: collector, endpoint } = await rotel();
      const env = {
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_EXPORTER_OTLP_COMPRESSION: compression,
      };
      const doctor = spawnSync(program, ['doctor'], { env: { HOME: '/nowhere', ...env }, encoding: 'utf8' });
      expect(doctor.stdout).toContain('Overall: 5/5');
      for (const one of ['Name           : telemetry.doctor', 'Name: aetherterm.doctor', 'Body: Str(telemetry.doctor)']) {
        await expect.poll(() => collector.said).toContain(one);
      }

      server = await Server.start({ env: { ...env, ...quick } });
      ask(server);
      await expect.poll(() => collector.said).toMatch(/Name +: socketio\.terminal:create\n +Kind +: SPAN_KIND_SERVER/);
      await expect.poll(() => collector.said).toContain('Name: socketio.requests');
      expect(collector.said).toContain('-> service.name: Str(aetherterm-backend)');
      // What it does not take, the ledger knows.
      const headers = { Authorization: `Bearer ${server.token}` };
      const { ledger } = await (await fetch(server.address('/api/traces'), { headers })).json();
      for (const { name, dropped } of ledger.destinations) expect([name, dropped]).toEqual([name, {}]);
    });
  }
}

for (const wanted of [
  ['--await-span', '^socketio\\.terminal:create$'],
  ['--await-metric', '^socketio\\.duration$'],
]) {
  test(`oteltap gets what it waits for with ${wanted.join(' ')}`, async () => {
    const port = await freePort();
    const oteltap = new Peer(join(collectors, 'bin/python'), ['-m', 'oteltap', '--port', `${port}`, ...wanted]);
    peer = oteltap;
    const endpoint = `http://127.0.0.1:${port}`;
    await oteltap.answers(endpoint);
    server = await Server.start({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...quick } });
    ask(server);
    expect(await oteltap.ended, oteltap.said).toBe(0);
  });
}
