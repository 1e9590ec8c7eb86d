// What a page could not send before it went: the next page does, once.
import type { Page } from '@playwright/test';
import { counts, left, settled, within } from '../fixtures/left.ts';
import { sent } from '../fixtures/posts.ts';
import { Proxy } from '../fixtures/proxy.ts';
import type { Server } from '../fixtures/server.ts';
import { open, screen, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ expectedConsoleErrors: [/Failed to load resource|ERR_FAILED|503/] });

test('spans of a page that went while the server took none arrive from the next pages, each once', async ({ page, server, collector, context }) => {
  test.setTimeout(60_000);
  const messages = sent(page);
  const away = page.waitForRequest('**/v1/traces');
  await page.route('**/v1/traces', (route) => route.abort());
  await open(page, server);
  await type(page, 'echo canary-$((6*7))');
  await expect(screen(page)).toContainText('canary-42');
  await away;
  await page.goto('about:blank');
  const sampled = messages.filter((message) => message.sampled).map(({ spanId }) => spanId);
  expect(sampled.length).toBeGreaterThan(15);
  expect(collector.spans.filter(({ spanId }) => sampled.includes(spanId) && spanId)).toEqual([]);

  const kept = await left(context, server.address('/healthz'));
  expect(Object.keys(kept).length).toBeGreaterThan(0);
  expect(Object.values(kept).join()).not.toMatch(/canary/);
  expect(Object.values(kept).join()).not.toContain(server.token);

  // Two windows at once are one too many: each span is sent by one of them.
  const windows = [await context.newPage(), await context.newPage()];
  await Promise.all(windows.map((window) => window.goto(server.address('/'))));
  const arrived = () => collector.spans.map(({ spanId }) => spanId);
  await expect.poll(() => sampled.every((spanId) => arrived().includes(spanId)), { timeout: 25_000 }).toBe(true);
  // Both have sent all that they have.
  for (const window of windows) {
    await expect.poll(async () => {
      const [created, exported, ...others] = await counts(window);
      return created! > 0 && created === exported && others.every((count) => count === 0);
    }, { timeout: 15_000 }).toBe(true);
  }
  expect(new Set(arrived()).size).toBe(arrived().length);
  expect(await left(context, server.address('/healthz'))).toEqual({});
});

test('more than may outlive a page is left for the next one and counted', async ({ page, server, collector, context }) => {
  test.setTimeout(60_000);
  const messages = sent(page);
  // One post hangs, so that the others wait behind it.
  await page.addInitScript(() => {
    const { fetch } = window;
    let hangs = false;
    window.fetch = (request, ...more) => {
      if (hangs || !(request instanceof Request) || !request.url.endsWith('/v1/traces')) return fetch(request, ...more);
      hangs = true;
      document.documentElement.dataset.hangs = '';
      return new Promise(() => {});
    };
  });
  await open(page, server);
  await expect(page.locator('html[data-hangs]')).toBeAttached({ timeout: 10_000 });
  const before = messages.length;
  await type(page, 'stty -echo; echo rea""dy; cat > /dev/null');
  await expect(screen(page)).toContainText('ready');
  await page.keyboard.type('x'.repeat(150), { delay: 60 });
  const sampled = () => messages.slice(before).filter((message) => message.sampled).map(({ spanId }) => spanId);
  await expect.poll(() => sampled().length).toBeGreaterThan(100);
  await page.goto('about:blank');
  expect(Object.keys(await left(context, server.address('/healthz'))).length).toBeGreaterThan(0);
  const arrived = () => collector.spans.map(({ spanId }) => spanId);
  // What outlived the page is there at once, the rest comes with the next page.
  await expect.poll(() => sampled().some((spanId) => arrived().includes(spanId)), { timeout: 10_000 }).toBe(true);
  expect(sampled().every((spanId) => arrived().includes(spanId))).toBe(false);
  const next = await context.newPage();
  await next.goto(server.address('/'));
  await expect.poll(() => sampled().every((spanId) => arrived().includes(spanId)), { timeout: 20_000 }).toBe(true);
  expect(new Set(arrived()).size).toBe(arrived().length);
});

/** Works in a page of this server by way of a proxy; returns the spans of what it has sent so far, whenever asked. */
async function work(page: Page, server: Server, proxy: Proxy): Promise<() => string[]> {
  const messages = sent(page);
  await page.goto(proxy.address(server.url));
  await expect(screen(page)).toContainText(/[#$] ?/);
  await type(page, 'echo worked-$((6*7))');
  await expect(screen(page)).toContainText('worked-42');
  return () => messages.filter((message) => message.sampled).map(({ spanId }) => spanId);
}

test('spans of a page that went while the server answered 503 arrive from the next page, each once', async ({ page, server, collector, context }) => {
  test.setTimeout(90_000);
  const proxy = await Proxy.start(server);
  const spans = await work(page, server, proxy);
  // Something that goes with the page, whose answers nobody is there to read: nothing has been refused before.
  await expect(async () => {
    await page.keyboard.press('x');
    expect((await counts(page))[2]).toBeGreaterThan(0);
  }).toPass();
  proxy.refuses.set('/v1/traces', 503);
  await page.goto('about:blank');
  await expect.poll(() => proxy.refused.length).toBeGreaterThan(0);
  expect(Object.keys(await left(context, proxy.address('/healthz'))).some((key) => key.endsWith('-until'))).toBe(true);
  proxy.refuses.clear();

  const next = await context.newPage();
  await next.goto(proxy.address('/'));
  const arrived = () => collector.spans.map(({ spanId }) => spanId);
  const all = [...spans(), ...within(proxy.refused)];
  await expect.poll(() => all.filter((spanId) => !arrived().includes(spanId)), { timeout: 40_000 }).toEqual([]);
  await expect.poll(() => settled(next), { timeout: 15_000 }).toBe(true);
  expect(new Set(arrived()).size).toBe(arrived().length);
  expect(await left(context, proxy.address('/healthz'))).toEqual({});
  proxy.stop();
});

test('what left with a page that went and is sent again counts once', async ({ page, server, collector, context }) => {
  test.setTimeout(90_000);
  const proxy = await Proxy.start(server);
  const spans = await work(page, server, proxy);
  await page.goto('about:blank');
  const arrived = () => collector.spans.map(({ spanId }) => spanId);
  await expect.poll(() => spans().filter((spanId) => !arrived().includes(spanId)), { timeout: 20_000 }).toEqual([]);
  const bodies = Object.values(await left(context, proxy.address('/healthz'))).filter((body) => body.startsWith('{'));
  expect(bodies.length).toBeGreaterThan(0);
  expect(proxy.passed).toEqual(expect.arrayContaining(bodies));

  const next = await context.newPage();
  await next.goto(proxy.address('/'));
  await expect.poll(() => left(context, proxy.address('/healthz')), { timeout: 40_000 }).toEqual({});
  for (const body of bodies) expect(proxy.passed.filter((passed) => passed === body).length).toBe(2);
  // Of the page that is here, too, and after what came twice.
  await expect.poll(() => settled(next), { timeout: 15_000 }).toBe(true);
  await expect.poll(() => arrived().length).toBeGreaterThan(spans().length);
  expect(new Set(arrived()).size).toBe(arrived().length);
  proxy.stop();
});
