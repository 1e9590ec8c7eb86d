// The Socket Monitor and the traces: what a person sees of their own keystroke.
import { readFileSync } from 'node:fs';
import type { Locator, Page, WebSocketRoute } from '@playwright/test';
import { join, share } from '../fixtures/people.ts';
import { open, screen, type } from '../fixtures/terminal.ts';
import { PROMPTLY, expect, test } from '../fixtures/test.ts';

test.use({ serverEnv: PROMPTLY });

declare const aetherterm: { tracker: Record<string, (...values: unknown[]) => any> };

/** The lines of the activity list, newest first. */
const rows = (monitor: Locator): Locator => monitor.getByRole('listbox', { name: 'Activity' }).getByRole('option');

test('a keystroke is a row of the monitor and its trace a waterfall with both sides', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'echo $((6*7))');
  await expect(screen(page)).toContainText('42');

  const monitor = page.getByRole('tabpanel', { name: 'Socket Monitor' });
  const row = rows(monitor).filter({ hasText: /terminal:input → .* ?(ms|µs)/ }).first();
  await expect(row).toBeVisible();
  await row.click();

  const traces = page.getByRole('tabpanel', { name: 'Traces' });
  await expect(traces).toBeVisible();
  await expect(traces).toContainText('browser');
  await expect(traces).toContainText('network up');
  await expect(traces).toContainText('server');
  await expect(traces).toContainText('pty.write');

  // The bars say the same: what the server did lies within what the page waited for, and none is drawn over the whole width.
  const bar = (name: RegExp): Locator => traces.getByRole('option', { name }).locator('rect').first();
  const box = async (name: RegExp) => (await bar(name).boundingBox()) ?? { x: NaN, width: NaN };
  const [asked, handled, written] = [await box(/browser · .*terminal:input/), await box(/server · .*terminal:input/), await box(/pty.write/)];
  expect(handled.x).toBeGreaterThan(asked.x);
  expect(handled.x + handled.width).toBeLessThan(asked.x + asked.width);
  expect(written.x).toBeGreaterThanOrEqual(handled.x);
});

test('the page shows its own spans before the server has them', async ({ page, server }) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/v1/traces', async (route) => {
    await held;
    await route.continue();
  });
  await open(page, server);
  await type(page, 'echo $((6*7))');
  await rows(page.getByRole('tabpanel', { name: 'Socket Monitor' })).filter({ hasText: /terminal:input → / }).first().click();
  const waterfall = page.getByRole('tabpanel', { name: 'Traces' });
  await expect(waterfall.getByRole('option', { name: /browser · .*terminal:input/ })).toBeVisible();
  await expect(waterfall.getByRole('option', { name: /server · .*terminal:input/ })).toBeVisible();
  release();
});

/** What a click on a button saves as a file. */
async function saved(page: Page, button: string): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
}

test('what the monitor shows is saved as JSON and as CSV, in the names of the notes and without what was typed', async ({ page, server }) => {
  const began = Date.now() * 1_000;
  await open(page, server);
  await type(page, 'echo canary-7b2d');
  const monitor = page.getByRole('tabpanel', { name: 'Socket Monitor' });
  await expect(rows(monitor).filter({ hasText: /terminal:input → .* ?(ms|µs)/ }).first()).toBeVisible();

  const json = await saved(page, 'Export JSON');
  expect(json.name).toBe('aetherterm-socket.json');
  const records: Record<string, unknown>[] = JSON.parse(json.text);
  const created = records.find((record) => record['socket.request.event'] === 'terminal:create');
  expect(created).toMatchObject({
    message: 'Socket.IO Event: terminal:create -> terminal:created',
    level: 'INFO',
    service: 'aetherterm-frontend',
    trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
    operation_name: 'terminal:create -> terminal:created',
    duration_ms: expect.any(Number),
    status: 'ok',
    'socket.response.event': 'terminal:created',
    'socket.success': true,
  });
  for (const { timestamp } of records) {
    expect(timestamp).toBeGreaterThan(began - 60_000_000);
    expect(timestamp).toBeLessThan((Date.now() + 60_000) * 1_000);
  }

  const csv = await saved(page, 'Export CSV');
  expect(csv.name).toBe('aetherterm-socket.csv');
  const [head, ...lines] = csv.text.trimEnd().split('\r\n');
  expect(head!.split(',').slice().sort()).toEqual(Object.keys(records[0]!).sort());
  // More may have come in between.
  expect(lines.length).toBeGreaterThanOrEqual(records.length);
  const column = head!.split(',').indexOf('timestamp');
  expect(lines.map((line) => Number(line.split(',')[column]))).toEqual(expect.arrayContaining(records.map(({ timestamp }) => timestamp)));
  expect(json.text + csv.text).not.toMatch(/canary/);
});

test('a request that waits stands among the pending ones until it is answered', async ({ page, server }) => {
  await open(page, server);
  const pending = page.getByRole('tabpanel', { name: 'Socket Monitor' }).getByRole('region', { name: 'Pending requests' });
  await expect(pending).toContainText('Nothing waits');
  const request = await page.evaluate(() => aetherterm.tracker.trackRequest!('custom:waiting', {}));
  await expect(pending.getByRole('listitem').filter({ hasText: 'custom:waiting' })).toBeVisible();
  await page.evaluate((id) => aetherterm.tracker.trackResponse!('custom:waited', {}, id), request);
  await expect(pending.getByRole('listitem').filter({ hasText: 'custom:waiting' })).toHaveCount(0);
});

test('how the connection fares stands among the rows', async ({ page, server }) => {
  const sockets: WebSocketRoute[] = [];
  await page.routeWebSocket(/socket\.io/, (socket) => {
    sockets.push(socket);
    // The attempt after the one that breaks fails before it has begun.
    if (sockets.length === 2) void socket.close();
    else socket.connectToServer();
  });
  await open(page, server);
  const monitor = page.getByRole('tabpanel', { name: 'Socket Monitor' });
  await expect(rows(monitor).filter({ hasText: 'socket:connect' })).toHaveCount(1);
  await monitor.getByRole('searchbox').fill('socket:');
  await sockets[0]!.close();
  await expect(rows(monitor).filter({ hasText: 'socket:disconnect' })).toHaveCount(1);
  await expect(rows(monitor).filter({ hasText: 'socket:connect_error' })).toHaveCount(1, { timeout: 15_000 });
  await expect(page.getByRole('contentinfo', { name: 'Status' })).toContainText('websocket', { timeout: 20_000 });
  await expect(rows(monitor).filter({ hasText: /socket:connect(?!_)/ })).toHaveCount(2);
});

test.describe('with a place where traces are shown', () => {
  test.use({ serverEnv: { TELEMETRY_TRACE_URL_TEMPLATE: 'https://traces.example/of/{traceId}?from=aetherterm' } });

  test('a trace leads to its page in the backend', async ({ page, server }) => {
    await open(page, server);
    await type(page, 'true');
    await rows(page.getByRole('tabpanel', { name: 'Socket Monitor' })).filter({ hasText: /terminal:input → / }).first().click();
    const link = page.getByRole('link', { name: 'Open in backend' });
    await expect(link).toHaveAttribute('href', /^https:\/\/traces\.example\/of\/[0-9a-f]{32}\?from=aetherterm$/);
    const id = /of\/([0-9a-f]{32})/.exec((await link.getAttribute('href'))!)![1]!;
    await expect(page.getByRole('region', { name: 'Trace', exact: true }).getByTitle(id).first()).toBeVisible();
  });
});

test('the status bar counts what the page has exported', async ({ page, server, collector }) => {
  await open(page, server);
  await type(page, 'echo $((6*7))');
  await expect(screen(page)).toContainText('42');
  const exported = async () => {
    const said = await page.getByRole('contentinfo', { name: 'Status' }).textContent();
    return Number(/export ok ([\d,]+) · 0 lost/i.exec(said ?? '')?.[1]?.replaceAll(',', ''));
  };
  // The terminal's creation, the line's keys and their output, each at least one record.
  await expect.poll(exported, { timeout: 15_000 }).toBeGreaterThan(15);
  const received = () => collector.spans.filter((span) => span.service === 'aetherterm-frontend').length;
  await expect.poll(async () => received() >= (await exported()), { timeout: 15_000 }).toBe(true);
});

test('the monitor can be paused without loss', async ({ page, server }) => {
  await open(page, server);
  const monitor = page.getByRole('tabpanel', { name: 'Socket Monitor' });
  await monitor.getByRole('button', { name: 'Pause' }).click();
  await type(page, 'echo $((6*7))');
  await expect(screen(page)).toContainText('42');
  await expect(rows(monitor).filter({ hasText: /terminal:input/ })).toHaveCount(0);
  await monitor.getByRole('button', { name: 'Resume' }).click();
  await expect(rows(monitor).filter({ hasText: /terminal:input/ }).first()).toBeVisible();
});

test('a filter leaves only what it names', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'echo $((6*7))');
  const monitor = page.getByRole('tabpanel', { name: 'Socket Monitor' });
  await expect(rows(monitor).filter({ hasText: /terminal:input/ }).first()).toBeVisible();
  await monitor.getByRole('searchbox').fill('terminal:create');
  await expect(rows(monitor).filter({ hasText: /terminal:create/ }).first()).toBeVisible();
  await expect(rows(monitor).filter({ hasText: /terminal:input/ })).toHaveCount(0);
});

test('a backend that refuses what it is sent is named until it takes it', async ({ page, server, collector }) => {
  collector.refuses.set('/v1/traces', 401);
  await open(page, server);
  const status = page.getByRole('contentinfo', { name: 'Status' });
  // Each key is a trace and so a batch for the backend; the self-test of the start is the first.
  await expect(status).toContainText('export failed: otlp: answered 401 Unauthorized', { timeout: 15_000 });
  await expect(status).not.toContainText('export ok');

  await page.getByRole('tab', { name: 'Traces' }).click();
  const ledger = page.getByRole('table', { name: 'Export' });
  const row = (destination: string): Locator => ledger.getByRole('row', { name: `otlp · ${destination}` });
  await expect(row('traces')).toHaveText(/otlp · traces\s*[1-9]/);
  await expect(ledger.getByRole('row', { name: /answered 401 Unauthorized · rejected [1-9]/ })).toBeVisible();
  await expect(ledger.getByRole('row', { name: 'local · traces' })).toBeVisible();
  await expect(row('logs')).toBeVisible();
  await expect(row('metrics')).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('ledger.png') });

  collector.refuses.clear();
  await type(page, 'echo $((6*7))');
  await expect(status).toContainText('export ok', { timeout: 15_000 });
  await expect(status).not.toContainText('export failed');
  await expect(ledger.getByRole('row', { name: /answered 401/ })).toHaveCount(0);
});

test('a guest is not told how the server fares', async ({ page, server, browser }) => {
  await open(page, server);
  await expect(page.getByRole('contentinfo', { name: 'Status' })).toContainText('export ok');
  const guest = await join(browser, await share(page));
  const status = guest.getByRole('contentinfo', { name: 'Status' });
  await expect(status).toContainText('websocket');
  // The ledger is read every five seconds by those who may.
  await expect(guest.waitForRequest(/\/api\/traces/, { timeout: 6_000 })).rejects.toThrow(/Timeout/);
  await expect(status).not.toContainText('export');
});

test.describe('in Japanese', () => {
  test.use({ locale: 'ja-JP', serverEnv: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' } });

  test('a backend that is not there is named', async ({ page, server }) => {
    await page.goto(server.url);
    await expect(page.locator('.status')).toContainText(/エクスポート失敗: otlp: .*refused/i, { timeout: 15_000 });
  });
});
