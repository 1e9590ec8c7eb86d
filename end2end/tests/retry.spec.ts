// What a page posts of itself and hears no answer to: it goes again as it was, and counts once.
import type { Page, Request } from '@playwright/test';
import { counts, settled, within } from '../fixtures/left.ts';
import { sent } from '../fixtures/posts.ts';
import { Proxy } from '../fixtures/proxy.ts';
import { scrape } from '../fixtures/scrape.ts';
import type { Server } from '../fixtures/server.ts';
import { open, screen, type } from '../fixtures/terminal.ts';
import { PROMPTLY, expect, test } from '../fixtures/test.ts';

test.use({ expectedConsoleErrors: [/502|ERR_FAILED|ERR_TIMED_OUT|Failed to fetch/], serverEnv: PROMPTLY });

/** What the server and the one backend say of spans: how many there were, were sent and were lost. */
async function ledger(server: Server): Promise<{ created: number; exported: number; dropped: object }> {
  const answer = await fetch(server.address('/api/traces'), { headers: { authorization: `Bearer ${server.token}` } });
  const { destinations } = ((await answer.json()) as any).ledger;
  return destinations.find(({ destination, signal }: any) => destination !== 'local' && signal === 'traces');
}

test('a batch whose answer is lost on the way goes again as it was and counts once', async ({ page, server, collector }) => {
  const messages = sent(page);
  const posted: string[] = [];
  await page.route('**/v1/traces', async (route) => {
    posted.push(route.request().postData() ?? '');
    if (posted.length > 2) return route.continue();
    // The server takes it, and something on the way fails.
    expect((await route.fetch()).status()).toBe(200);
    await route.fulfill({ status: 502 });
  });
  await open(page, server);
  await expect.poll(() => posted.length).toBeGreaterThan(0);
  // What is made meanwhile waits.
  await type(page, 'echo more-$((6*7))');
  await expect(screen(page)).toContainText('more-42');
  await expect.poll(() => settled(page), { timeout: 15_000 }).toBe(true);

  expect(posted.slice(1, 3)).toEqual([posted[0], posted[0]]);
  const all = messages.filter((message) => message.sampled).map(({ spanId }) => spanId);
  const first = within(posted.slice(0, 1));
  expect(all.filter((spanId) => !first.includes(spanId)).length).toBeGreaterThan(15);
  const arrived = () => collector.spans.map(({ spanId }) => spanId);
  await expect.poll(() => all.filter((spanId) => !arrived().includes(spanId))).toEqual([]);
  expect(new Set(arrived()).size).toBe(arrived().length);
  // Each question is a span itself: nothing else may come while the sums are compared.
  await expect(async () => {
    const { created, exported, dropped } = await ledger(server);
    expect([exported, dropped]).toEqual([created, {}]);
    expect(arrived().length).toBe(created);
    expect((await counts(page))[0]).toBe(new Set(within(posted)).size);
  }).toPass({ timeout: 15_000 });
  expect(new Set(arrived()).size).toBe(arrived().length);
});

test('a post that is never answered is given up after ten seconds and goes again as it was', async ({ page, server, collector }) => {
  const posted: string[] = [];
  await page.route('**/v1/traces', (route) => {
    posted.push(route.request().postData() ?? '');
    return posted.length > 1 ? route.continue() : undefined;
  });
  const ofSpans = (request: Request) => request.url().endsWith('/v1/traces');
  const begun = page.waitForRequest(ofSpans).then(() => Date.now());
  const given = page.waitForEvent('requestfailed', { predicate: ofSpans, timeout: 30_000 }).then(() => Date.now());
  await open(page, server);
  const waited = (await given) - (await begun);
  // The time between is measured here, where the browser's word of either may come late.
  expect(waited).toBeGreaterThan(9_000);
  await expect.poll(() => settled(page), { timeout: 15_000 }).toBe(true);
  expect(posted.length).toBeGreaterThan(1);
  expect(posted[1]).toBe(posted[0]);
  const arrived = () => collector.spans.map(({ spanId }) => spanId);
  await expect.poll(() => within(posted).filter((spanId) => !arrived().includes(spanId))).toEqual([]);
  expect(new Set(arrived()).size).toBe(arrived().length);
});

test('what a proxy answers with another page is not taken, and goes again when it lets posts through', async ({ page, server, collector }) => {
  const proxy = await Proxy.start(server);
  proxy.refuses.set('/v1/traces', 302);
  await page.goto(proxy.address(server.url));
  await expect(screen(page)).toContainText(/[#$] ?/);
  await expect.poll(() => proxy.refused.length).toBeGreaterThan(1);
  expect((await counts(page))[1]).toBe(0);
  proxy.refuses.clear();
  await expect.poll(() => settled(page), { timeout: 15_000 }).toBe(true);
  expect(proxy.passed).toContain(proxy.refused[0]);
  const arrived = () => collector.spans.map(({ spanId }) => spanId);
  await expect.poll(() => within(proxy.refused).filter((spanId) => !arrived().includes(spanId))).toEqual([]);
  proxy.stop();
});

/** Has what the page waits ten seconds for, more or less, come in a tenth of it. */
async function hurry(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const later = window.setTimeout;
    const hurried = (then: TimerHandler, ms = 0, ...rest: unknown[]) => later(then, ms >= 8_000 && ms <= 12_000 ? ms / 10 : ms, ...rest);
    window.setTimeout = hurried as typeof later;
  });
}

/** When the counts of a body begin and end, in milliseconds. */
function span(body: string): [number, number] {
  const metrics = JSON.parse(body).resourceMetrics[0].scopeMetrics[0].metrics;
  const points = metrics.flatMap((metric: any) => (metric.sum ?? metric.histogram)?.dataPoints ?? []);
  return [points[0].startTimeUnixNano, points[0].timeUnixNano].map((nanos) => Number(nanos) / 1e6) as [number, number];
}

test('what a page counts is posted one after the other and again as it was, and is counted once', async ({ page, server }) => {
  await hurry(page);
  const posted: string[] = [];
  let under = 0;
  let most = 0;
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/v1/metrics', async (route) => {
    posted.push(route.request().postData() ?? '');
    most = Math.max(most, ++under);
    const answer = await route.fetch();
    if (posted.length === 1) await released;
    under -= 1;
    // The server has taken the first, and something on the way fails.
    await route.fulfill(posted.length === 1 ? { status: 502 } : { response: answer });
  });
  await open(page, server);
  await expect.poll(() => posted.length).toBe(1);
  await type(page, 'echo $((6*7))');
  await expect(screen(page)).toContainText('42');
  // What is counted meanwhile is due after a second, as all is here; the clock of the page says when two have passed.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2_000)));
  expect(posted.length).toBe(1);
  release();
  const requests = (side: string) => scrape(server, 'socketio_requests_total', 'event_name="terminal:input"', `side="${side}"`);
  const typed = await requests('server');
  expect(typed).toBeGreaterThan(10);
  await expect.poll(() => requests('browser')).toBe(typed);
  expect(posted[1]).toBe(posted[0]);
  expect(most).toBe(1);
  // Each begins where the one before it ended, but for what the clocks of both sides have been found to differ meanwhile.
  const times = [...new Set(posted)].map(span);
  for (const [at, [since, until]] of times.entries()) {
    expect(until).toBeGreaterThan(since);
    if (at > 0) expect(Math.abs(since - times[at - 1]![1])).toBeLessThan(500);
  }
  const creations = (side: string) => scrape(server, 'socketio_requests_total', 'event_name="terminal:create"', `side="${side}"`);
  expect(await creations('browser')).toBe(await creations('server'));
});
