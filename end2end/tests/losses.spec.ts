// What a page has lost and could not tell before it went: the next page tells it, once.
import type { Page } from '@playwright/test';
import { counts, left, settled } from '../fixtures/left.ts';
import { Proxy } from '../fixtures/proxy.ts';
import { scrape } from '../fixtures/scrape.ts';
import type { Server } from '../fixtures/server.ts';
import { screen, type } from '../fixtures/terminal.ts';
import { PROMPTLY, expect, test } from '../fixtures/test.ts';

test.use({ expectedConsoleErrors: [/400|503|Failed to load resource/], serverEnv: PROMPTLY });

const lost = (server: Server) => scrape(server, 'telemetry_page_dropped_total', 'reason="rejected"');

/** Opens a page by way of a proxy that has it lose all of its spans; works there until it has. */
async function lose(page: Page, server: Server, proxy: Proxy): Promise<void> {
  proxy.refuses.set('/v1/traces', 400);
  await page.goto(proxy.address(server.url));
  await expect(screen(page)).toContainText(/[#$] ?/);
  await type(page, 'echo worked-$((6*7))');
  await expect(screen(page)).toContainText('worked-42');
  await expect.poll(async () => (await counts(page))[4], { timeout: 20_000 }).toBeGreaterThan(10);
}

/** How many spans were lost, as these bodies tell. */
function told(bodies: string[]): number {
  const metrics = bodies.flatMap((body) => JSON.parse(body).resourceMetrics ?? []).flatMap((of: any) => of.scopeMetrics[0].metrics);
  const points = metrics.filter(({ name }: any) => name === 'telemetry.page.dropped').flatMap(({ sum }: any) => sum.dataPoints);
  return points.reduce((sum: number, point: any) => sum + Number(point.asInt), 0);
}

/** The bodies that pages have left. */
async function bodies(page: Page, proxy: Proxy): Promise<string[]> {
  return Object.values(await left(page.context(), proxy.address('/healthz'))).filter((body) => body.startsWith('{'));
}

test('what a page lost while the server took nothing is told by the next pages, once', async ({ page, server, context }) => {
  test.setTimeout(90_000);
  const proxy = await Proxy.start(server);
  proxy.refuses.set('/v1/metrics', 503);
  await lose(page, server, proxy);
  const [, , , , known] = await counts(page);
  await page.goto('about:blank');
  const kept = await bodies(page, proxy);
  expect(told(kept)).toBeGreaterThanOrEqual(known!);
  // Of what else was counted nothing stays: it would soon be more than there is room for.
  expect(kept.join()).not.toContain('socketio.requests');
  expect(await lost(server)).toBe(0);
  proxy.refuses.clear();

  // Two at once, and each tells what it finds.
  const windows = [await context.newPage(), await context.newPage()];
  await Promise.all(windows.map((window) => window.goto(proxy.address('/'))));
  await expect.poll(() => left(context, proxy.address('/healthz')), { timeout: 40_000 }).toEqual({});
  for (const window of windows) await expect.poll(() => settled(window), { timeout: 15_000 }).toBe(true);
  expect(await lost(server)).toBe(told(kept));
  proxy.stop();
});

test('what a page lost and told when it went is counted once, whoever tells it again', async ({ page, server, context }) => {
  test.setTimeout(90_000);
  const proxy = await Proxy.start(server);
  // It is not told before the page goes.
  proxy.refuses.set('/v1/metrics', 503);
  await lose(page, server, proxy);
  await expect.poll(() => told(proxy.refused)).toBeGreaterThan(0);
  proxy.refuses.delete('/v1/metrics');
  await page.goto('about:blank');
  await expect.poll(() => told(proxy.passed)).toBeGreaterThan(0);
  const kept = await bodies(page, proxy);
  expect(told(kept)).toBeGreaterThan(0);
  const before = await lost(server);
  expect(before).toBeGreaterThan(0);
  proxy.refuses.clear();

  const next = await context.newPage();
  await next.goto(proxy.address('/'));
  await expect.poll(() => left(context, proxy.address('/healthz')), { timeout: 40_000 }).toEqual({});
  const twice = kept.filter((body) => told([body]) > 0);
  for (const body of twice) expect(proxy.passed.filter((passed) => passed === body).length).toBe(2);
  expect(await lost(server)).toBe(told([...new Set(proxy.passed)]));
  proxy.stop();
});

test('what a page lost that only seemed to go it tells itself, once', async ({ page, server, context }) => {
  test.setTimeout(90_000);
  const proxy = await Proxy.start(server);
  proxy.refuses.set('/v1/metrics', 503);
  await lose(page, server, proxy);
  // As a browser does that may bring the page back.
  await page.evaluate(() => window.dispatchEvent(new Event('pagehide')));
  await expect.poll(async () => told(await bodies(page, proxy))).toBeGreaterThan(0);
  proxy.refuses.clear();
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expect.poll(() => left(context, proxy.address('/healthz')), { timeout: 40_000 }).toEqual({});
  await type(page, 'true');
  await expect.poll(async () => {
    const [created, exported, queued, spooled, dropped] = await counts(page);
    return queued === 0 && spooled === 0 && created === exported! + dropped! && dropped === (await lost(server));
  }, { timeout: 40_000 }).toBe(true);
  proxy.stop();
});
