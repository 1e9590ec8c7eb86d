// The tracker for whoever types into the browser's console, under the notes' names.
import { open, screen, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

declare const aetherterm: { tracker: Record<string, (...values: unknown[]) => any> };

test.use({ serverEnv: { SOCKET_TRACKING_TIMEOUT_MS: '1000', SOCKET_TRACKING_SLOW_MS: '50' } });

test('figures and pending requests can be read, and begun anew', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'echo $((6*7))');
  await expect(screen(page)).toContainText('42');
  const metrics = await page.evaluate(() => aetherterm.tracker.getMetrics!());
  expect(metrics.eventMetrics['terminal:create']).toMatchObject({ requestCount: 1, responseCount: 1, errorCount: 0, successRate: 1 });
  expect(metrics.totalRequests).toBeGreaterThan(10);
  expect(await page.evaluate(() => aetherterm.tracker.getPendingRequests!())).toEqual([]);
  const cleared = await page.evaluate(() => {
    aetherterm.tracker.clearMetrics!();
    return aetherterm.tracker.getMetrics!();
  });
  expect(cleared).toMatchObject({ totalRequests: 0, eventMetrics: {} });
});

test('events of one\'s own are followed, counted and shown', async ({ page, server }) => {
  await open(page, server);
  const told = await page.evaluate(async () => {
    const { tracker } = aetherterm;
    const told: unknown[] = [];
    const ends = [
      tracker.onRequestTimeout!((request: any) => told.push(['timeout', request.eventName])),
      tracker.onError!((request: any, error: string) => told.push(['error', request.eventName, error])),
    ];
    const answered = tracker.trackRequest!('custom:event', { data: 'test' });
    const pending = tracker.getPendingRequests!().map((request: any) => [request.requestId === answered, request.eventName]);
    tracker.trackResponse!('custom:response', { result: 'success' }, answered);
    tracker.trackResponse!('custom:response', { success: false, error: 'no' }, tracker.trackRequest!('custom:refused', {}));
    tracker.trackError!(tracker.trackRequest!('custom:broken', {}), new Error('broke'));
    tracker.trackRequest!('custom:silent', {});
    while (!told.some((entry: any) => entry[0] === 'timeout')) await new Promise((resolve) => setTimeout(resolve, 50));
    ends.forEach((end: () => void) => end());
    tracker.trackError!(tracker.trackRequest!('custom:broken', {}), 'unheard');
    return { pending, told, metrics: tracker.getMetrics!().eventMetrics };
  });
  expect(told.pending).toEqual([[true, 'custom:event']]);
  expect(told.told).toEqual([['error', 'custom:refused', 'internal: no'], ['error', 'custom:broken', 'internal: broke'], ['timeout', 'custom:silent']]);
  expect(told.metrics['custom:event']).toMatchObject({ requestCount: 1, responseCount: 1, errorCount: 0 });
  expect(told.metrics['custom:silent']).toMatchObject({ timeoutCount: 1 });
  const monitor = page.getByRole('tabpanel', { name: 'Socket Monitor' });
  await expect(monitor.getByRole('option').filter({ hasText: /custom:event → custom:response/ })).toBeVisible();
});

test('a slow answer is told of', async ({ page, server }) => {
  await open(page, server);
  const took = await page.evaluate(async () => {
    const { tracker } = aetherterm;
    const slow = new Promise<number>((resolve) => tracker.onSlowResponse!((_: unknown, took: number) => resolve(took)));
    const request = tracker.trackRequest!('custom:slow', {});
    await new Promise((resolve) => setTimeout(resolve, 60));
    tracker.trackResponse!('custom:slow_response', {}, request);
    return slow;
  });
  expect(took).toBeGreaterThanOrEqual(50);
});

test('a figure of one\'s own stands beside the others and leaves as a metric', async ({ page, server }) => {
  await open(page, server);
  const posted = page.waitForRequest((request) => request.url().endsWith('/v1/metrics') && (request.postData() ?? '').includes('aetherterm.custom.depth'), { timeout: 20_000 });
  const taken = await page.evaluate(() => [
    aetherterm.tracker.customMetric!('depth', 7),
    aetherterm.tracker.customMetric!('depth', Number.NaN),
    aetherterm.tracker.getMetrics!().custom,
  ]);
  expect(taken).toEqual([true, false, { depth: 7 }]);
  await expect(page.getByRole('tabpanel', { name: 'Socket Monitor' })).toContainText(/depth\s*7/);
  // The page gathers for ten seconds.
  const metric = (await posted).postDataJSON().resourceMetrics[0].scopeMetrics[0].metrics.find(({ name }: any) => name === 'aetherterm.custom.depth');
  expect(metric.gauge.dataPoints[0].asDouble).toBe(7);
});
