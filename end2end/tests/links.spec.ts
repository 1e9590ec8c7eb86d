// Links open what they show, and nothing that is not a page or a mail.
import type { Page } from '@playwright/test';
import { open, place, terminal, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

/** Moves the pointer to a text on the screen; two movements, since the first one loads what finds links. */
async function point(page: Page, text: string): Promise<{ x: number; y: number }> {
  const { x, y } = await place(page, text);
  const address = terminal(page).getByRole('tooltip');
  await expect(async () => {
    await page.mouse.move(x, y + 60);
    await page.mouse.move(x, y);
    await expect(address).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 5_000 });
  return { x, y };
}

test('an address in the text opens with Ctrl and a click, in a window of its own', async ({ page, server, context }) => {
  await context.route('https://example.com/**', (route) => route.fulfill({ contentType: 'text/html', body: '<p>there</p>' }));
  await open(page, server);
  await type(page, "clear; echo 'https://example.com/a?b=1#c'");
  const { x, y } = await point(page, 'https://example.com/a?b=1#c');
  await expect(terminal(page).getByRole('tooltip')).toContainText('https://example.com/a?b=1#c');
  await page.mouse.click(x, y);
  expect(context.pages()).toHaveLength(1);

  await page.keyboard.down('Control');
  const [opened] = await Promise.all([context.waitForEvent('page'), page.mouse.click(x, y)]);
  await page.keyboard.up('Control');
  await expect(opened).toHaveURL('https://example.com/a?b=1#c');
  expect(await opened.evaluate(() => window.opener)).toBeNull();
});

test('words with an address behind them show it, and open only what is safe', async ({ page, server, context }) => {
  await context.route('https://example.com/**', (route) => route.fulfill({ contentType: 'text/html', body: '<p>there</p>' }));
  await open(page, server);
  const link = (address: string, words: string) => `\\e]8;;${address}\\e\\\\${words}\\e]8;;\\e\\\\\\n`;
  await type(page, `clear; printf '${link('https://example.com/real', 'https-words')}${link('javascript:alert(1)', 'evil-words')}'`);
  const { x, y } = await point(page, 'https-words');
  await expect(terminal(page).getByRole('tooltip')).toContainText('https://example.com/real');
  await page.keyboard.down('Control');
  const [opened] = await Promise.all([context.waitForEvent('page'), page.mouse.click(x, y)]);
  await expect(opened).toHaveURL('https://example.com/real');
  await opened.close();

  const evil = await place(page, 'evil-words');
  await page.mouse.move(evil.x, evil.y);
  await expect(terminal(page).getByRole('tooltip')).toBeHidden();
  await page.mouse.click(evil.x, evil.y);
  await page.keyboard.up('Control');
  expect(context.pages()).toHaveLength(1);
});
