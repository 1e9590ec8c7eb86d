// What a person's typing comes to at /metrics, counted by the server and by the page.
import { scrape } from '../fixtures/scrape.ts';
import { open, screen, type } from '../fixtures/terminal.ts';
import { PROMPTLY, expect, test } from '../fixtures/test.ts';

const input = 'event_name="terminal:input"';

test('typing is measured on both sides', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'echo $((6*7))');
  await expect(screen(page)).toContainText('42');
  const requests = (side: string) => scrape(server, 'socketio_requests_total', input, `side="${side}"`);
  const typed = await requests('server');
  expect(typed).toBeGreaterThan(10);
  // The page gathers for ten seconds.
  await expect.poll(() => requests('browser'), { timeout: 20_000 }).toBe(typed);
  expect(await scrape(server, 'socketio_duration_seconds_count', input, 'side="browser"')).toBe(typed);
  // One paint shows what several keys have come to.
  for (const side of ['server', 'browser']) {
    const echoes = await scrape(server, 'terminal_echo_latency_seconds_count', `side="${side}"`);
    expect(echoes, side).toBeGreaterThan(0);
    expect(echoes, side).toBeLessThanOrEqual(typed);
  }
  expect(await scrape(server, 'socketio_errors_total')).toBe(0);
  expect(await scrape(server, 'socketio_correlation_failures_total')).toBe(0);
});

test('what was typed last is counted when the page goes', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'true');
  await expect.poll(() => scrape(server, 'socketio_requests_total', input, 'side="server"')).toBe(5);
  await page.goto('about:blank');
  await expect.poll(() => scrape(server, 'socketio_requests_total', input, 'side="browser"'), { timeout: 5_000 }).toBe(5);
});

test('how the page felt is measured when it goes', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'echo $((6*7))');
  await expect(screen(page)).toContainText('42');
  expect(await scrape(server, 'browser_web_vital_cls_count')).toBe(0);
  await page.goto('about:blank');
  for (const vital of ['lcp_seconds', 'inp_seconds', 'cls', 'fcp_seconds', 'ttfb_seconds']) {
    const count = () => scrape(server, `browser_web_vital_${vital}_count`, 'side="browser"');
    await expect.poll(count, { message: vital, timeout: 5_000 }).toBe(1);
  }
  const [ttfb, fcp, lcp] = await Promise.all(['ttfb', 'fcp', 'lcp'].map((vital) => scrape(server, `browser_web_vital_${vital}_seconds_sum`)));
  expect(ttfb).toBeGreaterThan(0);
  expect(fcp).toBeGreaterThan(ttfb!);
  expect(lcp).toBeGreaterThanOrEqual(fcp!);
});

test.describe('with a server that reads no spans', () => {
  test.use({ expectedConsoleErrors: [/400/], serverEnv: PROMPTLY });

  test('what the page has lost is counted with the reason', async ({ page, server }) => {
    await page.route('**/v1/traces', (route) => route.fulfill({ status: 400 }));
    await open(page, server);
    const lost = (reason: string) => scrape(server, 'telemetry_page_dropped_total', `reason="${reason}"`);
    await expect.poll(() => lost('rejected'), { timeout: 25_000 }).toBeGreaterThan(0);
    for (const reason of ['queue_full', 'evicted', 'spool_failed']) expect(await lost(reason), reason).toBe(0);
  });
});

test.describe('with browser telemetry off', () => {
  test.use({ serverEnv: { VITE_TELEMETRY_ENABLED: 'false' } });

  test('the page posts no metrics', async ({ page, server }) => {
    const posted: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') posted.push(request.url());
    });
    await open(page, server);
    await type(page, 'echo $((6*7))');
    await expect(screen(page)).toContainText('42');
    await page.goto('about:blank');
    expect(posted).toEqual([]);
    expect(await scrape(server, 'socketio_requests_total', 'side="browser"')).toBe(0);
  });
});
