// Two browsers side by side: somebody shares a session, another one comes, and they work in it until one is put out.
import { chat, confirm, gate, join, people, person, say, share } from '../fixtures/people.ts';
import { open } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';
import { activePane, enter, panes, ready, split } from '../fixtures/workspace.ts';

test('two people share a session: each sees what the other does, and the owner has the last word', async ({ page, server, browser }) => {
  test.slow();
  await open(page, server);
  const guest = await join(browser, await share(page, { role: 'collaborator' }));
  const name = (await guest.getByText(/^You are Guest \w+\.$/).textContent())!.slice('You are '.length, -1);
  for (const window of [page, guest]) await expect(window.getByRole('button', { name: 'People: 2 here' })).toBeVisible();

  // What one types, the other sees, and whose turn it is.
  await guest.locator('.pane__screen').first().click();
  await enter(guest, 'echo from the "guest"');
  await expect(panes(page).first()).toContainText('from the guest');
  await expect(panes(page).first().getByText(`${name} types`)).toBeVisible();
  await page.locator('.pane__screen').first().click();
  await enter(page, 'echo from the "owner"');
  await expect(panes(guest).first()).toContainText('from the owner');

  // What one divides is divided for the other, with one shell for both.
  await split(page, 'right');
  await expect(panes(guest)).toHaveCount(2);
  await enter(page, 'WHOSE=ours');
  const second = guest.getByRole('region', { name: 'Terminal 2/2' });
  await expect(second).toContainText('WHOSE=ours');
  // Who has not been in that pane yet sees all the same where is typed in it.
  await expect(second.locator('.xterm-cursor')).toHaveCount(1);
  await second.locator('.xterm-screen').click();
  await enter(guest, 'echo "<$WHOSE>"');
  await expect(page.getByRole('region', { name: 'Terminal 2/2' })).toContainText('<ours>');
  await split(guest, 'below');
  await expect(panes(page)).toHaveCount(3);

  // What is said while one looks elsewhere waits for them.
  await chat(guest);
  await say(guest, 'shall I go on?');
  await expect(page.getByRole('tab', { name: /^Chat.*1/ })).toBeVisible();
  await chat(page);
  await expect(page.getByRole('log')).toContainText('shall I go on?');
  await say(page, 'yes');
  await expect(guest.getByRole('log')).toContainText('yes');

  // A role holds from the moment in which it is given.
  await people(page);
  await person(page, name).getByRole('combobox').selectOption('viewer');
  await expect(guest.getByText('You may look and chat, not type.')).toBeVisible();
  await expect(guest.getByRole('button', { name: 'Split right' })).toHaveCount(0);
  await activePane(guest).locator('.xterm-helper-textarea').focus();
  await guest.keyboard.type('echo not "mine"');
  await guest.keyboard.press('Enter');
  await expect(activePane(guest).getByText('Read only: the owner has not allowed you to type.')).toBeVisible();
  for (const pane of await panes(page).all()) await expect(pane).not.toContainText('echo not');

  await person(page, name).getByRole('button', { name: `Put ${name} out` }).click();
  await confirm(page, 'Put out');
  await expect(gate(guest)).toContainText('The owner has ended your visit');
  await expect(page.getByRole('button', { name: 'People: 1 here' })).toBeVisible();
  // The shells go on.
  await page.locator('.pane__screen').first().click();
  await ready(page);
  await enter(page, 'echo still "here"');
  await expect(activePane(page)).toContainText('still here');
});
