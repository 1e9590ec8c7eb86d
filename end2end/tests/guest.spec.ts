// The page as guests and readers of another language have it.
import { gate, join, people, sessions, share, visit } from '../fixtures/people.ts';
import { open, screen, terminal } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

test('a guest page speaks the language of its guest', async ({ page, server, browser }) => {
  await open(page, server);
  const guest = await join(browser, await share(page), { locale: 'ja-JP' });
  await expect(guest.getByText('閲覧とチャットのみで、入力はできません。')).toBeVisible();
  await guest.getByRole('tab', { name: '参加者' }).click();
  await expect(guest.getByRole('region', { name: 'メンバー' })).toContainText('閲覧者');
  await guest.getByRole('tab', { name: 'チャット' }).click();
  await guest.getByRole('textbox', { name: 'メッセージを入力' }).fill('こんにちは');
  // The Enter of an input method chooses among words and sends nothing.
  await guest.getByRole('textbox').last().dispatchEvent('keydown', { key: 'Enter', isComposing: true });
  await expect(guest.getByRole('textbox', { name: 'メッセージを入力' })).toHaveValue('こんにちは');
  await guest.keyboard.press('Enter');
  await expect(guest.getByRole('log')).toContainText('こんにちは');
});

test('a guest who leaves is out, and the session goes on', async ({ page, server, browser }) => {
  await open(page, server);
  const guest = await join(browser, await share(page));
  await guest.getByRole('complementary').or(guest.locator('.guest')).getByRole('button', { name: 'Leave' }).first().click();
  await guest.getByRole('alertdialog').getByRole('button', { name: 'Leave' }).click();
  await expect(gate(guest)).toContainText('You have left');
  await people(page);
  await expect(page.getByText('Nobody else is here.')).toBeVisible();
});

test('a session that is deleted says so to those who are in it', async ({ page, server, browser }) => {
  await open(page, server);
  const guest = await join(browser, await share(page));
  await (await sessions(page)).getByRole('menuitem', { name: 'Delete the session' }).click();
  const question = page.getByRole('alertdialog');
  await expect(question).toContainText('Others who lose it: 1.');
  await question.getByRole('button', { name: 'Delete' }).click();
  await expect(gate(guest)).toContainText(/This session is no more|This link has ended/);
});

test('on a narrow screen a guest has the terminal, and no keys that would type', async ({ page, server, browser }) => {
  await open(page, server);
  const guest = await join(browser, await share(page), { viewport: { width: 360, height: 740 }, hasTouch: true });
  await expect(terminal(guest)).toBeVisible();
  await expect(guest.getByRole('toolbar', { name: 'Keys' })).toBeHidden();
  const wide = await guest.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(360);
});

test('a visit to a link that never was says what to do', async ({ server, browser }) => {
  const guest = await visit(browser, server.address('/?share=nonsense'));
  await expect(guest.getByRole('heading', { name: 'This link does not work' })).toBeVisible();
  await expect(screen(guest)).toHaveCount(0);
});
