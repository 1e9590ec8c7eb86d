// One action is one trace, through browser and server, as a collector receives it.
import { bothSides, isOneTrace } from '../fixtures/sides.ts';
import { open, screen, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

for (const event of ['terminal:create', 'terminal:input']) {
  test(`${event} is one trace through browser and server`, async ({ page, server, collector }) => {
    await open(page, server);
    await type(page, 'echo $((6*7))');
    await expect(screen(page)).toContainText('42');

    await isOneTrace(collector, event);
  });
}

test('the write to the PTY is a child of the keystroke', async ({ page, server, collector }) => {
  await open(page, server);
  await type(page, 'echo $((6*7))');
  await expect(screen(page)).toContainText('42');
  const { server: handled } = await bothSides(collector, 'socketio.terminal:input');
  await expect
    .poll(() => collector.trace(handled.traceId).find((span) => span.name === 'pty.write')?.parentSpanId, { timeout: 15_000 })
    .toBe(handled.spanId);
});

test('a page whose clock is ten minutes slow tells its spans in the time of the server', async ({ page, server, collector }) => {
  const SLOW_MS = 600_000;
  await page.addInitScript((slow) => {
    const origin = performance.timeOrigin;
    Object.defineProperty(Performance.prototype, 'timeOrigin', { get: () => origin - slow });
  }, SLOW_MS);
  await open(page, server);
  await type(page, 'echo $((6*7))');
  await expect(screen(page)).toContainText('42');
  const { browser, server: handled } = await bothSides(collector, 'socketio.terminal:input');
  const { 'browser.clock.offset_ms': offset, 'browser.clock.rtt_ms': roundTrip } = browser.attributes as Record<string, number>;
  expect(roundTrip).toBeGreaterThan(0);
  // Half a round trip is what a measurement can be wrong by.
  const room = BigInt(Math.ceil((roundTrip! / 2 + 5) * 1e6));
  expect(handled.start).toBeGreaterThan(browser.start - room);
  expect(handled.end).toBeLessThan(browser.end + room);
  // What the page's own clock said can be told again.
  const raw = Number(browser.start / 1_000_000n) - offset!;
  expect(Math.abs(Date.now() - SLOW_MS - raw)).toBeLessThan(30_000);
});

test('what is typed is in no span', async ({ page, server, collector }) => {
  await open(page, server);
  await type(page, 'echo canary-5f1e; echo canary-5f1e | tr a-z A-Z');
  await expect(screen(page)).toContainText('CANARY-5F1E');
  await bothSides(collector, 'socketio.terminal:input');
  await expect.poll(() => collector.named('socketio.terminal:input').length).toBeGreaterThan(10);
  const everything = JSON.stringify(collector.spans, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
  expect(everything).not.toMatch(/canary-5f1e/i);
  expect(server.log).not.toMatch(/canary-5f1e/i);
});

test.describe('with tracking off in the browser', () => {
  test.use({ serverEnv: { VITE_SOCKET_TRACKING_ENABLED: 'false' } });

  test('messages carry no envelope and the monitor says why it is empty', async ({ page, server }) => {
    const frames: string[] = [];
    page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => frames.push(String(payload))));
    await open(page, server);
    await type(page, 'echo $((6*7))');
    await expect(screen(page)).toContainText('42');
    expect(frames.join('\n')).toContain('terminal:input');
    expect(frames.join('\n')).not.toMatch(/_requestId|_trace/);
    await expect(page.getByRole('tabpanel', { name: 'Socket Monitor' })).toContainText(/tracking is switched off/i);
  });
});
