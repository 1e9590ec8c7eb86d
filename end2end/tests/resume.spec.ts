// Connections that break: what a page has missed meanwhile comes to it, all of it and once.
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { allow, copied } from '../fixtures/clipboard.ts';
import { Link } from '../fixtures/link.ts';
import { keyboard, open, screen, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';
import { command } from '../fixtures/workspace.ts';

// What the browser says of a message for a connection that has just gone.
test.use({ expectedConsoleErrors: [/WebSocket is already in CLOSING or CLOSED state/] });

/** How often the connection is cut. */
const CUTS = 20;
const LINES = 3_000;

/** The lines that the command writes: wide, joined, coloured, and now and then longer than the screen is wide. */
const written = Array.from({ length: LINES }, (_, n) => {
  const long = n % 50 === 0 ? '長い行 and its words '.repeat(12) : '';
  return `${n + 1} \x1b[38;2;${n % 256};120;30m漢字かな\x1b[0m 👩‍👩‍👧 \x1b[1;4m❤️ 🇯🇵\x1b[m 👍🏽 é ${long}\x1b[48;5;${n % 256}mend\x1b[49m`;
});

/** The same as text: without the colours. */
const read = written.map((line) => line.replaceAll(/\x1b\[[\d;]*m/g, ''));

/** Numbers from 1 to `most`, the same for the same seed (mulberry32). */
function seeded(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return 1 + (((mixed ^ (mixed >>> 14)) >>> 0) % most);
  };
}

/** The bytes in pieces that end anywhere: within characters, within colours. */
function* pieces(bytes: Buffer, random: (most: number) => number): Generator<Buffer, undefined> {
  for (let at = 0, length; at < bytes.length; at += length) {
    length = random(200);
    yield bytes.subarray(at, at + length);
  }
}

/** The lines of the screen that are not empty. */
const lines = async (page: Page) => (await screen(page).locator('> div').allInnerTexts()).map((line) => line.trim()).filter(Boolean);

test('a connection that was lost in silence ends when the page is back, and not when its pings are missed', async ({ page, server }) => {
  const link = await Link.hold(page);
  await open(page, server);
  const { ended } = link.lose();
  await link.restore();
  // Sooner than the server misses a ping, for which it waits longer than this test.
  await ended;
  await type(page, 'echo ba""ck');
  await expect(screen(page)).toContainText('back');
});

test('a connection that is cut anywhere, again and again, loses and doubles nothing', async ({ page, server, context }) => {
  test.setTimeout(90_000);
  const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
  console.log(`cut with SEED=${seed}`);
  const random = seeded(seed);
  await allow(context);
  const link = await Link.hold(page);
  await open(page, server);
  execFileSync('mkfifo', [join(server.home, 'pipe')]);
  await type(page, 'cat ~/pipe');
  const pipe = await openFile(join(server.home, 'pipe'), 'w');
  const rest = pieces(Buffer.from(`${written.join('\n')}\n`), random);
  const write = async () => {
    const { value } = rest.next();
    if (!value) throw new Error(`everything was written before the last cut with SEED=${seed}`);
    await pipe.write(value);
  };

  for (let n = 0; n < CUTS; n += 1) {
    let isCut = false;
    const cut = link.cut(random(30), random(2) === 1 ? 'within' : 'between').then(() => (isCut = true));
    while (!isCut) {
      const output = link.output();
      await write();
      await output;
    }
    await cut;
    for (let missed = random(40); missed > 0; missed -= 1) await write();
    await link.restore();
  }
  for (const piece of rest) await pipe.write(piece);
  await pipe.close();
  await expect(screen(page)).toContainText(/3000 .* end\s*\S*[#$]/);

  // The page has been sent what it lacked, and not another picture.
  expect(link.attached.filter((mode) => mode === 'resume')).toHaveLength(CUTS);
  expect(link.attached.filter((mode) => mode === 'snapshot').length).toBeLessThanOrEqual(1);
  await page.evaluate(() => navigator.clipboard.writeText('not copied yet'));
  await command(page, 'output');
  await expect.poll(() => copied(page)).not.toBe('not copied yet');
  expect((await copied(page)).split('\n'), `with SEED=${seed}`).toEqual(read);
});

test('a page that has missed more than is kept sees the end of it, and goes on', async ({ page, server }) => {
  test.setTimeout(60_000);
  const link = await Link.hold(page);
  await open(page, server);
  const cut = link.cut(200, 'within');
  const release = link.withhold();
  // Sixteen megabytes; four are kept.
  await type(page, 'seq 1 2000000; touch ~/written');
  await cut;
  await expect.poll(() => existsSync(join(server.home, 'written')), { timeout: 30_000 }).toBe(true);
  release();
  await link.restore();
  expect(link.attached.at(-1)).toBe('snapshot');

  await expect(screen(page)).toContainText(/2000000\s*\S*[#$]/);
  const shown = await lines(page);
  const prompt = shown.pop();
  expect(shown.length).toBeGreaterThan(20);
  expect(shown).toEqual(shown.map((_, n) => String(2_000_000 - shown.length + 1 + n)));
  await keyboard(page).focus();
  for (const typed of ['q', 'qw']) {
    await page.keyboard.press(typed.at(-1)!);
    await expect.poll(async () => (await lines(page)).at(-1)).toBe(`${prompt} ${typed}`);
  }
});
