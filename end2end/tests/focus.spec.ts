// A program that wants to hear of the focus (mode 1004) hears of it from the window that leads, and of nothing else.
import { type Page } from '@playwright/test';
import { keyboard, open, screen, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

/** Asks for reports. The first says how things stand. */
const LISTEN = String.raw`PS1=; printf '\e[?1004h'; cat`;

/** All that the program has been sent, from the first report on: the kernel's echo shows it. */
const heard = (page: Page) => expect.poll(async () => /\^\[\[.*/.exec((await screen(page).textContent()) ?? '')?.[0].trim());

test('a reload is no news of the focus, and the program goes on hearing of it', async ({ page, server }) => {
  await open(page, server);
  await type(page, LISTEN);
  await heard(page).toBe('^[[I');
  await page.reload();
  await heard(page).toBe('^[[I');
  await keyboard(page).focus();
  await page.keyboard.type('reloaded');
  await heard(page).toBe('^[[Ireloaded');
  await page.getByRole('tab', { name: 'Socket Monitor' }).focus();
  await heard(page).toBe('^[[Ireloaded^[[O');
  await keyboard(page).focus();
  await heard(page).toBe('^[[Ireloaded^[[O^[[I');
});

test('a second window reports its focus once it leads', async ({ page, server, context }) => {
  await open(page, server);
  await type(page, LISTEN);
  await heard(page).toBe('^[[I');
  const other = await context.newPage();
  await open(other, server);
  await heard(other).toBe('^[[I');
  await other.getByRole('tab', { name: 'Socket Monitor' }).focus();
  await keyboard(other).focus();
  await other.keyboard.type('typed');
  await heard(page).toBe('^[[Ityped');
  await other.getByRole('tab', { name: 'Socket Monitor' }).focus();
  await heard(page).toBe('^[[Ityped^[[O');
});
