// Phoenix, a trace backend with a query API, finds the server's spans by what they are called and under whom they stand.
import { join } from 'node:path';
import { Peer, ask, freePort, tools } from '../fixtures/peer.ts';
import { Server } from '../fixtures/server.ts';
import { expect, test } from '../fixtures/test.ts';

// It takes its time to start.
const START_MS = 90_000;

interface Span {
  name: string;
  parent_id: string | null;
  context: { trace_id: string; span_id: string };
  status_code: string;
  attributes: Record<string, unknown>;
}

let phoenix: Peer;
let address: string;

test.beforeAll(async () => {
  test.setTimeout(START_MS + 30_000);
  const [port, grpc] = [await freePort(), await freePort()];
  address = `http://127.0.0.1:${port}`;
  phoenix = new Peer(join(tools, 'phoenix/bin/phoenix'), ['serve'], {
    PHOENIX_HOST: '127.0.0.1',
    PHOENIX_PORT: `${port}`,
    PHOENIX_GRPC_PORT: `${grpc}`,
    PHOENIX_WORKING_DIR: '.',
    // It would tell its makers that it was started.
    PHOENIX_TELEMETRY_ENABLED: 'false',
  });
  await phoenix.answers(address, START_MS);
});

test.afterAll(() => phoenix?.stop());

async function spans(): Promise<Span[]> {
  const answer = await fetch(`${address}/v1/projects/default/spans?limit=100`);
  return answer.ok ? ((await answer.json()) as { data: Span[] }).data : [];
}

for (const compression of ['none', 'gzip']) {
  test(`spans are found in Phoenix, sent with compression ${compression}`, async () => {
    const server = await Server.start({
      env: {
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${address}/v1/traces`,
        OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: compression,
        OTEL_BSP_SCHEDULE_DELAY: '100',
      },
    });
    try {
      const before = (await spans()).length;
      ask(server);
      await expect.poll(async () => (await spans()).length, { timeout: 20_000 }).toBeGreaterThan(before + 4);
      const all = await spans();
      const spawn = all.find(({ name }) => name === 'terminal.spawn');
      const create = all.find(({ name, context }) => name === 'socketio.terminal:create' && context.span_id === spawn?.parent_id);
      expect(create?.context.trace_id).toBe(spawn?.context.trace_id);
      expect(create?.status_code).toBe('ERROR');
      expect(create?.attributes['socketio.event']).toBe('terminal:create');
    } finally {
      await server.stop();
    }
  });
}
