// A shell in a browser: prompt, answer, reload, one connection.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server } from '../fixtures/server.ts';
import { open, screen, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';
import { message } from '../fixtures/wire.ts';

test('the shell answers what is typed', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'echo "answer $((6*7))"');
  await expect(screen(page)).toContainText('answer 42');
});

test('a reload keeps the shell and its output', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'KEPT=before; echo "shell $$ says $KEPT"');
  await expect(screen(page)).toContainText(/shell \d+ says before/);
  const said = /shell \d+ says before/.exec((await screen(page).textContent()) ?? '')?.[0] ?? '';

  await page.reload();
  await expect(screen(page)).toContainText(said);
  await type(page, 'echo "again $$ $KEPT"');
  await expect(screen(page)).toContainText(said.replace(/shell (\d+) says before/, 'again $1 before'));
});

test('a window has exactly one web socket', async ({ page, server }) => {
  const sockets: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  await open(page, server);
  await type(page, 'echo $((6*7))');
  await expect(screen(page)).toContainText('42');
  expect(sockets).toHaveLength(1);
  expect(new URL(sockets[0] ?? '').pathname).toBe('/socket.io/');
});

test('Japanese, emoji and true colour are drawn under the content security policy', async ({ page, server }) => {
  await open(page, server);
  await type(page, String.raw`printf '\033[38;2;250;120;30m%s\033[0m %s\n' 'とうろく' '🦀'`);
  await expect(screen(page)).toContainText('とうろく 🦀');
  await expect(screen(page).locator('span', { hasText: 'とうろく' }).last()).toHaveCSS('color', 'rgb(250, 120, 30)');
});

test('the shell follows the size of the window', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'stty size');
  await expect(screen(page)).toContainText(/\d+ \d+/);
  const size = page.getByRole('region', { name: 'Terminal' }).getByText(/^\d+×\d+$/);
  const cells = async () => ((await size.textContent()) ?? '').split('×').map(Number) as [number, number];
  const [, before] = await cells();
  await page.setViewportSize({ width: 1600, height: 1000 });
  // 200 pixels more are ten lines more.
  await expect.poll(async () => (await cells())[1]).toBeGreaterThan(before + 5);
  const [cols, rows] = await cells();
  await type(page, 'stty size');
  await expect(screen(page)).toContainText(`${rows} ${cols}`);
});

test('an ended shell says so and can be followed by another', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'exit 3');
  const pane = page.getByRole('region', { name: 'Terminal' });
  await expect(pane).toContainText('The shell ended with code 3.');
  await pane.getByRole('button', { name: 'New shell' }).click();
  await type(page, 'echo $((40+2))');
  await expect(screen(page)).toContainText('42');
});

test('ten megabytes of output arrive and the prompt comes back', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'seq 1 1200000 | tail -c 10000000; echo "the "end');
  await expect(screen(page)).toContainText('the end', { timeout: 25_000 });
  await type(page, 'echo $((6*7))');
  await expect(screen(page)).toContainText('42');
});

test.describe('when the server goes away', () => {
  test.use({ expectedConsoleErrors: [/WebSocket|ERR_CONNECTION_REFUSED|Failed to load resource/] });

  test('the page says so, counts down, and comes back by itself', async ({ page }) => {
    const home = mkdtempSync(join(tmpdir(), 'aetherterm-'));
    const first = await Server.start({ home });
    await open(page, first);
    await type(page, 'kept=42; echo read"y"');
    await expect(screen(page)).toContainText('ready');
    const { host } = new URL(first.url);
    let told = 0;
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        if (message(payload)?.event === 'pane_focus') told += 1;
      }),
    );
    await first.stop();
    const banner = page.getByRole('status').filter({ hasText: /Next attempt in \d+ s/ });
    await expect(banner).toBeVisible();
    await expect(page.getByRole('button', { name: 'Retry now' })).toBeVisible();

    // Cookie and shell outlive the process: the same window goes on in the same shell.
    const second = await Server.start({ home, listen: host });
    try {
      await expect(banner).toBeHidden({ timeout: 20_000 });
      // Where somebody is, a server does not remember.
      await expect.poll(() => told).toBe(1);
      await type(page, 'echo "<$kept>"');
      await expect(screen(page)).toContainText('<42>');
      await expect(screen(page)).toContainText('ready');
    } finally {
      await second.stop();
      second.endShells();
      rmSync(home, { recursive: true, force: true });
    }
  });

  test('what waited for a shell that is gone is not typed into the next one', async ({ page }) => {
    const home = mkdtempSync(join(tmpdir(), 'aetherterm-'));
    const args = ['--pty-host', 'in-process'];
    const first = await Server.start({ home, args });
    await open(page, first);
    await type(page, 'KEPT=42; echo read"y"');
    await expect(screen(page)).toContainText('ready');
    const { host } = new URL(first.url);
    // Nobody is told of an end: the shells go with the process.
    first.process.kill('SIGKILL');
    await expect(page.getByRole('status').filter({ hasText: /Next attempt in \d+ s/ })).toBeVisible();
    await page.keyboard.type('echo danger-$((6*7))\r');

    const second = await Server.start({ home, args, listen: host });
    try {
      await expect(page.getByText(/^The shell is gone\. \d+ bytes that waited for it are not sent/)).toBeVisible({ timeout: 20_000 });
      await type(page, 'echo kept-${KEPT:-none}');
      await expect(screen(page)).toContainText('kept-none');
      await expect(screen(page)).not.toContainText('danger');
    } finally {
      await second.stop();
      rmSync(home, { recursive: true, force: true });
    }
  });
});
