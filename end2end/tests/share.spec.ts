// A share link, from the owner's page to a guest's and back: what each sees, what each may, and how it ends.
import { briefLink, confirm, gate, join, people, person, share, visit } from '../fixtures/people.ts';
import { keyboard, open, screen, terminal, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';
import { enter, panes, split } from '../fixtures/workspace.ts';

test('a guest sees the screen and cannot type, until the owner says so', async ({ page, server, browser }) => {
  await open(page, server);
  await type(page, 'echo shown-to-guests');
  const guest = await join(browser, await share(page));
  await expect(screen(guest)).toContainText('shown-to-guests');
  await expect(guest.getByText(/^You are Guest \w+\.$/)).toBeVisible();
  await expect(guest.getByText('You may look and chat, not type.')).toBeVisible();

  await keyboard(guest).focus();
  await guest.keyboard.type('echo typed');
  const told = terminal(guest).getByText('Read only: the owner has not allowed you to type. Ask them to.');
  await expect(told).toHaveCount(1);
  await terminal(guest).getByRole('button', { name: 'Dismiss' }).click();
  await guest.keyboard.type('x');
  await expect(told).toHaveCount(0);
  await expect(screen(page)).not.toContainText('echo typed');

  await people(page);
  await person(page, /^.*Guest /).getByRole('combobox').selectOption('collaborator');
  await expect(guest.getByText('You may look and type.')).toBeVisible();
  await type(guest, 'echo both-see-$((40 + 2))');
  await expect(screen(guest)).toContainText('both-see-42');
  await expect(screen(page)).toContainText('both-see-42');
  await expect(terminal(page).getByText(/^Guest \w+ types$/)).toBeVisible();
  await type(page, 'true');
  await expect(terminal(page).getByText(/ types$/)).toBeHidden();
});

test('a guest has no control that they may not use', async ({ page, server, browser }) => {
  await open(page, server);
  const guest = await join(browser, await share(page));
  await expect(guest.getByRole('tab', { name: 'Traces' })).toBeHidden();
  await people(guest);
  await expect(guest.getByRole('region', { name: 'Members' })).toBeVisible();
  await expect(guest.getByRole('region', { name: 'Share links' })).toHaveCount(0);
  await expect(guest.getByRole('combobox', { name: /^Role of/ })).toHaveCount(0);
  await guest.getByRole('button', { name: /^Session: / }).click();
  await expect(guest.getByRole('menuitem')).toHaveText(['Leave the session']);
  await guest.keyboard.press('Escape');
  await guest.keyboard.press('Control+Shift+P');
  await guest.getByRole('combobox', { name: 'Find a command' }).fill('session');
  await expect(guest.getByRole('option', { name: 'Session settings' })).toHaveCount(0);
});

test('revoking a link closes the page of its guest within a second', async ({ page, server, browser }) => {
  await open(page, server);
  const address = await share(page);
  const guest = await join(browser, address);
  const links = page.getByRole('region', { name: 'Share links' });
  await expect(links.getByText('guests: 1')).toBeVisible();
  await links.getByRole('button', { name: 'Revoke' }).click();
  const began = Date.now();
  await confirm(page, 'Revoke');
  await expect(gate(guest)).toContainText('This link has ended');
  expect(Date.now() - began).toBeLessThan(1_000);
  await expect(gate(guest)).toContainText('It was revoked, or its time is up. Ask for a new one.');
  await expect(links.getByText('Nobody can come in by a link.')).toBeVisible();
  await expect(person(page, /Guest/)).toHaveCount(0);
  // The link itself is good for nothing any more.
  await guest.goto(address);
  await expect(guest.getByRole('heading', { name: 'This link does not work' })).toBeVisible();
});

test('a visit ends with the time of its link, and who comes later is told so', async ({ page, server, browser }) => {
  await open(page, server);
  const address = await briefLink(server, 8);
  const guest = await join(browser, address);
  await expect(gate(guest)).toContainText('This link has ended', { timeout: 15_000 });
  const late = await visit(browser, address);
  await expect(late.getByRole('heading', { name: 'This link has expired' })).toBeVisible();
  const stranger = await visit(browser, address.replace(/share=.*/, 'share=nonsense'));
  await expect(stranger.getByRole('heading', { name: 'This link does not work' })).toBeVisible();
});

test('a link to one terminal shows that one and nothing else', async ({ page, server, browser }) => {
  await open(page, server);
  const guest = await join(browser, await share(page, { thisTerminalOnly: true, role: 'collaborator' }));
  await split(page, 'right');
  await expect(panes(page)).toHaveCount(2);
  await expect(guest.getByText('You may look at this one terminal and type.')).toBeVisible();
  await enter(guest, 'echo from the "guest"');
  await expect(panes(page).first()).toContainText('from the guest');
  await expect(panes(guest)).toHaveCount(1);
  // No control that would be refused.
  await expect(guest.getByRole('button', { name: 'New tab' })).toHaveCount(0);
  await expect(guest.getByRole('button', { name: 'Split right' })).toHaveCount(0);
  await expect(guest.getByRole('tab', { name: 'Chat' })).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Share links' }).getByText('one terminal')).toBeVisible();
});
