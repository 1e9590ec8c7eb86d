// The Socket Monitor and the traces: what a person sees of their own keystroke.
import { open, screen, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

test('a keystroke is a row of the monitor and its trace a waterfall with both sides', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'echo $((6*7))');
  await expect(screen(page)).toContainText('42');

  const monitor = page.getByRole('tabpanel', { name: 'Socket Monitor' });
  const row = monitor.getByRole('option', { name: /terminal:input → .* (ms|µs)/ }).first();
  await expect(row).toBeVisible();
  await row.click();

  const traces = page.getByRole('tabpanel', { name: 'Traces' });
  await expect(traces).toBeVisible();
  await expect(traces).toContainText('browser');
  await expect(traces).toContainText('network up');
  await expect(traces).toContainText('server');
  await expect(traces).toContainText('pty.write');
});

test('the monitor counts each event and can be paused without loss', async ({ page, server }) => {
  await open(page, server);
  const monitor = page.getByRole('tabpanel', { name: 'Socket Monitor' });
  await monitor.getByRole('button', { name: 'Pause' }).click();
  await type(page, 'echo $((6*7))');
  await expect(screen(page)).toContainText('42');
  await expect(monitor.getByRole('option', { name: /terminal:input/ })).toHaveCount(0);
  await monitor.getByRole('button', { name: 'Resume' }).click();
  await expect(monitor.getByRole('option', { name: /terminal:input/ }).first()).toBeVisible();
});

test('a filter leaves only what it names', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'echo $((6*7))');
  const monitor = page.getByRole('tabpanel', { name: 'Socket Monitor' });
  await expect(monitor.getByRole('option', { name: /terminal:input/ }).first()).toBeVisible();
  await monitor.getByRole('searchbox').fill('terminal:create');
  await expect(monitor.getByRole('option', { name: /terminal:create/ }).first()).toBeVisible();
  await expect(monitor.getByRole('option', { name: /terminal:input/ })).toHaveCount(0);
});
