// What the shell says of its commands: in the gutter, in the status bar, on the clipboard, and as spans.
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { Server } from '../fixtures/server.ts';
import { keyboard, open, screen, terminal, type } from '../fixtures/terminal.ts';
import { PROMPTLY, expect, test } from '../fixtures/test.ts';

test.use({ serverEnv: PROMPTLY });

const marks = (page: Page, state: string) => page.locator(`.mark[data-command="${state}"]`);

test('each command has a mark that says how it ended', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'true');
  await expect(marks(page, 'succeeded')).toHaveCount(1);
  await type(page, 'false');
  await expect(marks(page, 'failed')).toHaveCount(1);
  await type(page, 'sleep 60');
  await expect(marks(page, 'running')).toHaveCount(1);
  await page.keyboard.press('Control+C');
  await expect(marks(page, 'running')).toHaveCount(0);
  await expect(marks(page, 'failed')).toHaveCount(2);
});

test('who reloads finds the marks again, and the way by them', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'echo the first');
  await type(page, 'seq 200; false');
  await expect(screen(page)).toContainText('200');
  await type(page, 'sleep 60');
  await expect(marks(page, 'running')).toHaveCount(1);

  await page.reload();
  await expect(marks(page, 'running')).toHaveCount(1);
  await keyboard(page).focus();
  await page.keyboard.press('Control+C');
  // The one that was running; that of `seq` is out of sight.
  await expect(marks(page, 'failed')).toHaveCount(1);
  await page.keyboard.press('Control+Shift+Z');
  await expect(screen(page)).toContainText('seq 200');
  await page.keyboard.press('Control+Shift+Z');
  await expect(screen(page)).toContainText('echo the first');
  await expect(marks(page, 'succeeded')).toHaveCount(1);
});

test('the output of a command can be copied after a reload, too', async ({ page, server, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, server);
  await type(page, String.raw`printf 'one\ntwo'`);
  await expect(marks(page, 'succeeded')).toHaveCount(1);
  await page.reload();
  await expect(marks(page, 'succeeded')).toHaveCount(1);
  await page.keyboard.press('Control+Shift+P');
  await page.keyboard.type('output');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('one\ntwo');
});

test('the status bar tells where the last command ran, how it ended and how long it took', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'cd /usr');
  await type(page, 'sleep 0.3; false');
  const status = page.getByRole('contentinfo', { name: 'Status' });
  await expect(status).toContainText(/\/usr · exit 1 · \d+ ms/);
});

test.describe('when another server follows', () => {
  test.use({ expectedConsoleErrors: [/WebSocket|ERR_CONNECTION_REFUSED|Failed to load resource/] });

  test('the status bar tells how the command ended that ran while there was none', async ({ page }) => {
    const home = mkdtempSync(join(tmpdir(), 'aetherterm-'));
    const first = await Server.start({ home });
    await open(page, first);
    await type(page, 'until [ -e ~/go ]; do sleep 0.05; done; touch ~/gone; (exit 7)');
    await expect(marks(page, 'running')).toHaveCount(1);
    first.process.kill('SIGKILL');
    await once(first.process, 'exit');
    writeFileSync(join(home, 'go'), '');
    await expect.poll(() => existsSync(join(home, 'gone'))).toBe(true);

    const second = await Server.start({ home, listen: new URL(first.url).host });
    try {
      // A page that knows nothing by itself.
      await page.reload();
      const status = page.getByRole('contentinfo', { name: 'Status' });
      await expect(status).toContainText(/exit 7 · [\d.]+ m?s/);
    } finally {
      await second.stop();
      second.endShells();
      rmSync(home, { recursive: true, force: true });
    }
  });
});

test('the head of the pane tells where its shell is, after a reload, too', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'cd /usr/lib');
  const head = terminal(page).locator('header');
  await expect(head).toContainText('/usr/lib');
  await type(page, 'cd ..; cat');
  await page.reload();
  await expect(head).toContainText(/\/usr\/lib/);
  await keyboard(page).focus();
  await page.keyboard.press('Control+C');
  await expect(head).toContainText(/\/usr(?!\/lib)/);
});

test('one can go from prompt to prompt', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'echo the first');
  await type(page, 'seq 200');
  await expect(screen(page)).toContainText('200');
  await expect(screen(page)).not.toContainText('the first');
  await page.keyboard.press('Control+Shift+Z');
  await expect(screen(page)).toContainText('seq 200');
  await page.keyboard.press('Control+Shift+Z');
  await expect(screen(page)).toContainText('echo the first');
  for (let n = 0; n < 3; n += 1) await page.keyboard.press('Control+Shift+X');
  await expect(screen(page)).toContainText('200');
});

test('what the last command wrote can be copied', async ({ page, server, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, server);
  await type(page, String.raw`printf 'one\n%0200d\nthree' 7`);
  await expect(screen(page)).toContainText('three');
  await expect(marks(page, 'succeeded')).toHaveCount(1);
  await page.keyboard.press('Control+Shift+P');
  await page.keyboard.type('output');
  await page.keyboard.press('Enter');
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(copied).toBe(`one\n${'7'.padStart(200, '0')}\nthree`);
});

test('what a command exports stands under its span', async ({ page, server, collector }) => {
  await open(page, server);
  // A program with a tracer, as small as one can be: it reads its context and posts one span.
  const program = `
    const [, trace, parent] = process.env.TRACEPARENT.split('-');
    const [name, value] = process.env.OTEL_EXPORTER_OTLP_HEADERS.split('=');
    const now = Date.now() + '000000';
    const span = { traceId: trace, spanId: '00f067aa0ba902b7', parentSpanId: parent, name: 'work', kind: 1, startTimeUnixNano: now, endTimeUnixNano: now };
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'a-program' } }] };
    const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
    const headers = { 'content-type': 'application/json', [name]: decodeURIComponent(value) };
    fetch(process.env.OTEL_EXPORTER_OTLP_ENDPOINT + '/v1/traces', { method: 'POST', headers, body }).then((answer) => console.log('posted', answer.status));
  `;
  writeFileSync(join(server.home, 'program.cjs'), program);
  await type(page, `'${process.execPath}' ~/program.cjs; (exit 3)`);
  await expect(screen(page)).toContainText('posted 200');

  const work = () => collector.spans.find((span) => span.name === 'work');
  const command = () => collector.spans.find((span) => span.spanId === work()?.parentSpanId);
  await expect.poll(() => command()?.name, { timeout: 15_000 }).toBe('terminal.command');
  expect(work()?.service).toBe('a-program');
  expect(command()?.traceId).toBe(work()?.traceId);
  expect(command()?.attributes).toMatchObject({ 'process.exit.code': 3, 'error.type': 'exit_code' });
  expect(JSON.stringify(command()?.attributes)).not.toContain('posted');
});
