// Copying out of a terminal, and programs that want the clipboard (OSC 52).
import { allow, copied } from '../fixtures/clipboard.ts';
import { open, screen, select, terminal, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

test.beforeEach(({ context }) => allow(context));

/** A shell command that asks the terminal to copy a text. */
const copy = (text: string) => `printf '\\e]52;c;%s\\a' "$(printf %s '${text}' | base64 -w0)"`;

test('what is selected is copied by key, and at once where one wants that', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'clear; echo copy-$((6*7)); echo more-$((6*8))');
  await select(page, 'copy-42');
  await page.keyboard.press('Control+Shift+C');
  await expect(page.getByText('Copied.')).toBeVisible();
  expect(await copied(page)).toBe('copy-42');

  await page.keyboard.press('Control+,');
  await page.getByRole('switch', { name: 'Copy what is selected' }).check();
  await page.getByRole('button', { name: 'Done' }).click();
  await select(page, 'more-48');
  await expect.poll(() => copied(page)).toBe('more-48');
});

test('a program copies only with permission, which may be remembered', async ({ page, server }) => {
  await open(page, server);
  await type(page, copy('first あ'));
  const question = terminal(page).getByText('A program wants to copy 7 characters to the clipboard.');
  await expect(question).toBeVisible();
  await terminal(page).getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(page.getByText('A program copied 7 characters to the clipboard.')).toBeVisible();
  expect(await copied(page)).toBe('first あ');

  // Granted as long as the window lives.
  await type(page, copy('second'));
  await expect.poll(() => copied(page)).toBe('second');

  await page.reload();
  await expect(screen(page)).toContainText(/[#$] ?/);
  await type(page, copy('third'));
  await terminal(page).getByRole('button', { name: 'Never' }).click();
  await type(page, copy('fourth'));
  await expect(page.getByText('A program wanted to copy; the settings forbid it.')).toBeVisible();
  expect(await copied(page)).toBe('second');
});

test('a program that copies more than it may is refused', async ({ page, server }) => {
  await open(page, server);
  await type(page, `printf '\\e]52;c;'; head -c 1100000 /dev/zero | tr '\\0' a | base64 -w0; printf '\\a'`);
  await expect(page.getByText('A program wanted to copy more than 1 MiB; nothing was copied.')).toBeVisible();
});

test('a program reads the clipboard only when that is switched on', async ({ page, server }) => {
  await open(page, server);
  await page.evaluate(() => navigator.clipboard.writeText('secret'));
  const ask = `printf '\\e]52;c;?\\a'; IFS= read -rs -t 1 -d '\\' answer; echo "got \${#answer}"`;
  await type(page, `clear; ${ask}`);
  await expect(screen(page)).toContainText('got 0');

  await page.keyboard.press('Control+,');
  await page.getByRole('switch', { name: 'read the clipboard' }).check();
  await page.getByRole('button', { name: 'Done' }).click();
  await type(page, `clear; ${ask}`);
  // ESC ]52;c; and the text in base64, up to the ESC of its end.
  await expect(screen(page)).toContainText('got 16');
});
