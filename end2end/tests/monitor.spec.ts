// The Socket Monitor and the traces: what a person sees of their own keystroke.
import type { Locator } from '@playwright/test';
import { open, screen, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

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
