// A program that writes without end: it is as fast as the page, and the keyboard is faster.
import type { Page } from '@playwright/test';
import { open } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';
import { message } from '../fixtures/wire.ts';
import { activePane, enter, panes, ready, split } from '../fixtures/workspace.ts';

const MIB = 2 ** 20;
/** What the server may have sent beyond what the page says it has parsed. */
const CREDIT = 256 * 1_024;

/** How far the output of a page's terminals has come. */
interface Progress {
  /** The bytes that have come, of all terminals. */
  received: number;
  /** By how many bytes the output of a terminal has been ahead of what the page had said of it, at most. */
  ahead: number;
}

/** Counts what comes to a page from now on; to be called before it connects. */
function progress(page: Page): Progress {
  const progress = { received: 0, ahead: 0 };
  page.on('websocket', (socket) => {
    const acked = new Map<string, number>();
    let output: { terminalId: string; seq: number; snapshot?: boolean } | undefined;
    socket.on('framereceived', ({ payload }) => {
      const came = message(payload);
      if (came?.event === 'terminal:attached') acked.set(came.body.terminalId, came.body.seq);
      // The bytes of an output follow its text; a snapshot is outside of the credit.
      if (typeof payload !== 'string' && output && !output.snapshot) {
        progress.received += payload.length;
        progress.ahead = Math.max(progress.ahead, output.seq + payload.length - (acked.get(output.terminalId) ?? 0));
      }
      output = came?.event === 'terminal:output' ? came.body : undefined;
    });
    socket.on('framesent', ({ payload }) => {
      const sent = message(payload);
      if (sent?.event === 'terminal:ack') acked.set(sent.body.terminalId, sent.body.seq);
    });
  });
  return progress;
}

test('a flood never runs ahead of the page, lets another shell answer, and ends with ^C', async ({ page, server }) => {
  test.setTimeout(60_000);
  const output = progress(page);
  const comes = async (more: number) => {
    const before = output.received;
    await expect.poll(() => output.received, { message: 'bytes', timeout: 20_000 }).toBeGreaterThan(before + more);
  };
  await open(page, server);
  await split(page, 'right');
  const [flooded, quiet] = [panes(page).nth(0), panes(page).nth(1)];
  await flooded.locator('.xterm-screen').click();
  await enter(page, 'yes');
  await comes(2 * MIB);

  await quiet.locator('.xterm-screen').click();
  await enter(page, 'echo $((6*7))');
  await expect(quiet).toContainText('42');
  await comes(MIB);

  await flooded.locator('.xterm-screen').click();
  await expect(activePane(page)).toHaveAttribute('aria-label', 'Terminal 1/2');
  await page.keyboard.press('Control+C');
  await expect(flooded.locator('.xterm-rows')).toContainText(/\^C/);
  await ready(page);
  await enter(page, 'echo $((6*7))');
  await expect(flooded).toContainText('42');
  expect(output.ahead).toBeLessThanOrEqual(CREDIT);
  // It is the credit that has held the flood back.
  expect(output.ahead).toBeGreaterThan(CREDIT / 2);
});
