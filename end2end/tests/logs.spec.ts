// What a person does, in the logs of both sides: as events for a backend, and line by line for whoever looks.
import { open, screen, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({
  serverEnv: {
    SOCKET_TRACKING_EVENT_LOGS: 'true',
    SOCKET_TRACKING_DETAILED_LOGGING: 'true',
    OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json',
    OTEL_BLRP_SCHEDULE_DELAY: '100',
  },
});

test('each request is an event in the logs, once for each side, and in one trace', async ({ page, server, collector }) => {
  await open(page, server);
  await type(page, 'echo hunter$((1+1))');
  await expect(screen(page)).toContainText('hunter2');

  const message = 'Socket.IO Event: terminal:create -> terminal:created';
  const events = (side: string) => collector.logs.filter((log) => log.service === `aetherterm-${side}` && log.body === message);
  await expect.poll(() => [events('backend').length, events('frontend').length], { timeout: 15_000 }).toEqual([1, 1]);
  const [served, asked] = [events('backend')[0], events('frontend')[0]];
  expect(asked?.traceId).toBe(served?.traceId);
  expect(asked?.spanId).not.toBe(served?.spanId);
  for (const event of [served, asked]) {
    expect(event?.severity).toBe(9);
    expect(event?.attributes).toMatchObject({
      operation_name: 'terminal:create -> terminal:created',
      duration_ms: expect.any(Number),
      status: 'ok',
      'socket.request.event': 'terminal:create',
      'socket.response.event': 'terminal:created',
      'socket.success': true,
    });
  }
  expect(Number(asked?.attributes.duration_ms)).toBeGreaterThan(Number(served?.attributes.duration_ms));
  expect(JSON.stringify(collector.logs)).not.toContain('hunter');
});

test('both sides say the same four sentences in their detailed logs', async ({ page, server }) => {
  const lines: string[] = [];
  page.on('console', (message) => lines.push(message.text()));
  await open(page, server);
  await type(page, 'echo hunter$((1+1))');
  await expect(screen(page)).toContainText('hunter2');
  const sentences = [
    /Socket tracking enabled with \w/,
    /Socket request tracked: terminal:create \[req_\w+\]/,
    /Socket response tracked: terminal:created ok \[req_\w+\] \(\d+ms\)/,
    /Exported \d+ events to \w/,
  ];
  for (const sentence of sentences) {
    await expect.poll(() => lines.some((line) => sentence.test(line)), { timeout: 15_000, message: String(sentence) }).toBe(true);
    await expect.poll(() => sentence.test(server.log), { timeout: 15_000, message: String(sentence) }).toBe(true);
  }
  // The lines of a request end with its trace.
  expect(server.log).toMatch(/Socket response tracked: terminal:created ok .* trace_id=[0-9a-f]{32} span_id=[0-9a-f]{16}\n/);
  expect(lines.join()).not.toContain('hunter');
  expect(server.log).not.toContain('hunter');
});
