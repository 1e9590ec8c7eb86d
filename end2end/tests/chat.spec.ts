// What people say to each other: both ways, with what is unread, by keyboard, and without a word lost.
import { chat, join, say, share } from '../fixtures/people.ts';
import { open, screen } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

test('two people talk, and each knows what is unread', async ({ page, server, browser }) => {
  await open(page, server);
  const guest = await join(browser, await share(page));
  await chat(guest);
  await expect(guest.getByText('Nothing has been said yet.')).toBeVisible();
  await say(guest, 'can you see this?');
  await say(guest, 'I cannot type');
  const tab = page.getByRole('tab', { name: /^Chat/ });
  await expect(tab).toHaveAccessibleName('Chat 2 unread messages');
  await chat(page);
  const log = page.getByRole('log', { name: 'Messages' });
  await expect(log.getByRole('listitem')).toHaveText(['Today', 'New', /Guest \w+\d\d:\d\dcan you see this\?/, 'I cannot type']);
  await expect(tab).toHaveAccessibleName('Chat');
  await say(page, 'yes');
  await expect(guest.getByRole('log', { name: 'Messages' })).toContainText('yes');
  await expect(guest.getByRole('tab', { name: /^Chat/ })).toHaveAccessibleName('Chat');
  // What was read stays read.
  await page.reload();
  await expect(screen(page)).toContainText(/[#$] ?/);
  await expect(tab).toHaveAccessibleName('Chat');
  await chat(page);
  await expect(log).toContainText('I cannot type');
  await expect(log.getByText('New', { exact: true })).toHaveCount(0);
});

test('lines are begun with Shift+Enter, and a command is shown to be copied', async ({ page, server }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, server);
  await chat(page);
  const field = page.getByRole('textbox', { name: 'Write a message' });
  await field.pressSequentially('one');
  await page.keyboard.press('Shift+Enter');
  await field.pressSequentially('two');
  await page.keyboard.press('Enter');
  const log = page.getByRole('log', { name: 'Messages' });
  await expect(log.getByText('one\ntwo')).toBeVisible();
  await expect(field).toHaveValue('');

  await page.getByRole('button', { name: 'Command', exact: true }).click();
  await page.getByRole('textbox', { name: 'Propose a command' }).fill('make test');
  await page.keyboard.press('Enter');
  const said = log.getByRole('listitem').filter({ hasText: 'make test' });
  await expect(said).toHaveAttribute('data-kind', 'command');
  await said.getByRole('button', { name: 'Copy' }).click();
  await expect(page.getByText('Copied.')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('make test');
  await expect(screen(page)).not.toContainText('make test');
});

test('what is too long is counted, and is not sent', async ({ page, server }) => {
  await open(page, server);
  await chat(page);
  const field = page.getByRole('textbox', { name: 'Write a message' });
  await field.fill('字'.repeat(1_300));
  await expect(page.getByText('3,900 / 4,096')).toBeVisible();
  await field.fill('字'.repeat(1_400));
  await expect(page.getByText('4,200 / 4,096')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send' })).toBeDisabled();
  await page.keyboard.press('Enter');
  await expect(field).toHaveValue('字'.repeat(1_400));
});

test('older messages come when one scrolls up to them', async ({ page, server }) => {
  await open(page, server);
  await chat(page);
  for (let n = 1; n <= 70; n++) await say(page, `message number ${n}.`);
  const log = page.getByRole('log', { name: 'Messages' });
  await expect(log).toContainText('message number 70.');
  await page.reload();
  await expect(screen(page)).toContainText(/[#$] ?/);
  await chat(page);
  await expect(log.getByText('message number 70.')).toBeInViewport();
  await expect(log.getByText('message number 1.', { exact: true })).toHaveCount(0);
  await log.hover();
  await page.mouse.wheel(0, -20_000);
  await expect(log.getByText('message number 1.', { exact: true })).toHaveCount(1);
  // What was in sight is still where it was.
  await expect(log.getByText('message number 21.', { exact: true })).toBeInViewport();
  await page.mouse.wheel(0, -20_000);
  await expect(log.getByText('message number 1.', { exact: true })).toBeInViewport();
});

test('words stay when the server does not answer', async ({ page, server }) => {
  await open(page, server);
  await chat(page);
  const field = page.getByRole('textbox', { name: 'Write a message' });
  await field.fill('do not lose this');
  server.process.kill('SIGSTOP');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'The server did not answer in time. Try again.' })).toBeVisible();
  await expect(field).toHaveValue('do not lose this');
  server.process.kill('SIGCONT');
});
