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
