// One action is one trace, through browser and server, as a collector receives it.
import { sent } from '../fixtures/posts.ts';
import { bothSides, isOneTrace } from '../fixtures/sides.ts';
import { open, screen, type } from '../fixtures/terminal.ts';
import { PROMPTLY, expect, test } from '../fixtures/test.ts';
import { tabs } from '../fixtures/workspace.ts';

declare const aetherterm: { tracker: Record<string, (...values: unknown[]) => any> };

test.use({ serverEnv: PROMPTLY });

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

test('what the server sends has its effect in the page under the span that sent it', async ({ page, server, collector }) => {
  const [PRODUCER, CONSUMER] = [4, 5];
  await open(page, server);
  // More than is acknowledged at once.
  await type(page, 'seq 30000; echo $((6*7))');
  await expect(screen(page)).toContainText('42');
  await page.getByRole('button', { name: 'New tab' }).click();
  await expect(tabs(page)).toHaveCount(2);

  /** The page's spans of a kind, each with the name of its parent. */
  const ofPage = (kind: number) => {
    const spans = collector.spans.filter((span) => span.service === 'aetherterm-frontend' && span.kind === kind);
    return spans.map((span) => ({ ...span, parent: collector.spans.find(({ spanId }) => spanId === span.parentSpanId) }));
  };
  const painted = () => ofPage(CONSUMER).find(({ name, parent }) => name === 'socketio.terminal:output' && parent?.name === 'pty.write');
  await expect.poll(painted, { timeout: 15_000 }).toBeDefined();
  expect(painted()!.attributes['operation_name']).toBe('first output → painted');
  expect(painted()!.traceId).toBe(painted()!.parent!.traceId);
  const noticed = () => ofPage(CONSUMER).filter(({ name, parent }) => parent?.name === name.replace('socketio.', 'socketio.emit.'));
  await expect.poll(() => noticed().length, { timeout: 15_000 }).toBeGreaterThan(0);
  for (const { parent } of noticed()) expect(parent).toMatchObject({ kind: PRODUCER, service: 'aetherterm-backend' });
  // Nobody answers an acknowledgement.
  await expect.poll(() => ofPage(PRODUCER).map(({ name }) => name), { timeout: 15_000 }).toContain('socketio.terminal:ack');
});

test('every request of the page to its server carries b3, but for what it posts of itself', async ({ page, server }) => {
  const seen: { path: string; b3: string | undefined }[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (/^\/(api|v1)\//.test(pathname) && request.resourceType() === 'fetch') seen.push({ path: pathname, b3: request.headers()['b3'] });
  });
  await open(page, server);
  await type(page, 'echo $((6*7))');
  await page.getByRole('tabpanel', { name: 'Socket Monitor' }).getByRole('option').filter({ hasText: /terminal:input → / }).first().click();
  await expect(page.getByRole('tabpanel', { name: 'Traces' })).toContainText('pty.write');
  const of = (begin: string) => seen.filter(({ path }) => path.startsWith(begin));
  await expect.poll(() => of('/v1/traces').length, { timeout: 15_000 }).toBeGreaterThan(0);
  expect(of('/api/').length).toBeGreaterThan(1);
  expect(of('/api/').filter(({ b3 }) => !/^[0-9a-f]{32}-[0-9a-f]{16}-[01]$/.test(b3 ?? ''))).toEqual([]);
  expect(of('/v1/').filter(({ b3 }) => b3 !== undefined)).toEqual([]);
});

test('the page says which page it is', async ({ page, server, collector }) => {
  await open(page, server);
  const own = () => collector.spans.find((span) => span.service === 'aetherterm-frontend');
  await expect.poll(own, { timeout: 15_000 }).toBeDefined();
  expect(own()!.resource).toMatchObject({
    'service.namespace': 'aetherterm',
    'browser.language': 'en-US',
    'browser.mobile': false,
    'user_agent.original': await page.evaluate(() => navigator.userAgent),
  });
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

  test('messages carry no envelope and the monitor says why it is empty', async ({ page, server, collector }) => {
    const frames: string[] = [];
    page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => frames.push(String(payload))));
    await open(page, server);
    await type(page, 'echo $((6*7))');
    await expect(screen(page)).toContainText('42');
    expect(frames.join('\n')).toContain('terminal:input');
    expect(frames.join('\n')).not.toMatch(/_requestId|_trace/);
    await expect(page.getByRole('tabpanel', { name: 'Socket Monitor' })).toContainText(/tracking is switched off/i);
    // What the page would have recorded leaves at the latest when it goes.
    await page.close();
    await expect.poll(() => collector.named('socketio.disconnect').length, { timeout: 15_000 }).toBeGreaterThan(0);
    expect(collector.spans.filter((span) => span.service === 'aetherterm-frontend')).toEqual([]);
  });
});

test.describe('with telemetry off in the browser', () => {
  test.use({ serverEnv: { VITE_TELEMETRY_ENABLED: 'false' } });

  test('context and tracker stay, and nothing is posted', async ({ page, server, collector }) => {
    const [messages, posted]: [ReturnType<typeof sent>, string[]] = [sent(page), []];
    page.on('request', (request) => void (new URL(request.url()).pathname.startsWith('/v1/') && posted.push(request.url())));
    await open(page, server);
    await type(page, 'echo $((6*7))');
    await expect(screen(page)).toContainText('42');
    const keys = messages.filter(({ event, sampled }) => event === 'terminal:input' && sampled);
    expect(keys.length).toBeGreaterThan(10);
    const metrics = await page.evaluate(() => aetherterm.tracker.getMetrics!());
    expect(metrics.eventMetrics['terminal:input'].requestCount).toBeGreaterThanOrEqual(keys.length);
    await expect(page.getByRole('contentinfo', { name: 'Status' })).toContainText('export off');
    // The server's spans are under contexts that the page has made.
    const handled = () => collector.named('socketio.terminal:input').map(({ parentSpanId }) => parentSpanId);
    await expect.poll(() => keys.every(({ spanId }) => handled().includes(spanId)), { timeout: 15_000 }).toBe(true);
    await page.goto('about:blank');
    expect(posted).toEqual([]);
  });
});
