// What the README shows: a terminal with output, the monitor with its rows, the waterfall of a keystroke.
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { open, screen } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

/** Types as fast as a person, who leaves a machine time to paint. */
async function type(page: Page, line: string): Promise<void> {
  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.type(line, { delay: 60 });
  await page.keyboard.press('Enter');
}

const shows = [
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1440, height: 900 }, tool: 'Traces' },
  { name: 'light', colorScheme: 'light', viewport: { width: 1440, height: 900 }, tool: 'Socket Monitor' },
  { name: 'phone', colorScheme: 'dark', viewport: { width: 390, height: 844 }, tool: '' },
] as const;

for (const { name, colorScheme, viewport, tool } of shows) {
  test.describe(name, () => {
    test.use({ colorScheme, viewport });

    test(`the picture ${name}`, async ({ page, server }) => {
      await open(page, server);
      await type(page, `PS1='\\[\\e[32m\\]mika@forge\\[\\e[0m\\] \\[\\e[36m\\]~/src/aether\\[\\e[0m\\] $ '; clear`);
      await type(page, 'ls --color=always -d /usr/*');
      await type(page, `printf '\\e[32m    PASS\\e[0m %s\\n' single_header_wins keystrokes_keep_their_order a_reload_replays_what_was_missed`);
      await type(page, `printf '\\e[31m    FAIL\\e[0m %s\\n' a_dead_backend_delays_no_keystroke`);
      await type(page, 'echo 日本語も正しく表示');
      await expect(screen(page)).toContainText('正しく表示');
      if (tool === 'Traces') {
        const rows = page.getByRole('listbox', { name: 'Activity' }).getByRole('option');
        // So much was typed within a second that the last keys may not have been sampled; one a moment later is.
        await expect(async () => {
          await page.getByRole('tab', { name: 'Socket Monitor' }).click();
          await type(page, '');
          await rows.filter({ hasText: /terminal:input → / }).first().click();
          await expect(page.getByRole('tabpanel', { name: 'Traces' })).toContainText('pty.write', { timeout: 1_000 });
        }).toPass();
      }
      // The ledger in the status bar settles with the next batch.
      await expect(page.getByRole('contentinfo')).toContainText(/export ok/);
      await page.screenshot({ path: join(import.meta.dirname, `${name}.png`) });
    });
  });
}
