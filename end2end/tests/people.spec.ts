// Sessions and the people in them, as their owner has them in hand: made, named, switched, deleted; settings that hold.
import { confirm, gate, join, people, person, sessions, share, visit } from '../fixtures/people.ts';
import { open, screen, terminal, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';
import { activePane, enter, ready } from '../fixtures/workspace.ts';

test('a session is made, named, left for another and deleted', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'echo in-the-first');
  const first = await page.getByRole('button', { name: /^Session: / }).getAttribute('aria-label');
  await (await sessions(page)).getByRole('menuitem', { name: 'New session' }).click();
  const dialog = page.getByRole('dialog', { name: 'New session' });
  await dialog.getByLabel('Name').fill('release night');
  await dialog.getByLabel('What it is for').fill('we ship');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('button', { name: 'Session: release night' })).toBeVisible();
  await expect(screen(page)).toContainText(/[#$] ?/);
  await expect(screen(page)).not.toContainText('in-the-first');
  await type(page, 'echo in-the-second');

  // By keyboard: the menu opens on the session that is shown, the arrows go on.
  await page.keyboard.press('Control+Shift+S');
  const menu = page.getByRole('menu', { name: 'Sessions' });
  await expect(menu.getByRole('menuitemradio', { name: /release night/ })).toBeChecked();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: first ?? '' })).toBeVisible();
  await expect(screen(page)).toContainText('in-the-first');

  await (await sessions(page)).getByRole('menuitemradio', { name: /release night/ }).click();
  await expect(screen(page)).toContainText('in-the-second');
  await (await sessions(page)).getByRole('menuitem', { name: 'Name and settings' }).click();
  const settings = page.getByRole('dialog', { name: 'Session settings' });
  await settings.getByLabel('Name').fill('リリース');
  await settings.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Session: リリース' })).toBeVisible();

  await (await sessions(page)).getByRole('menuitem', { name: 'Delete the session' }).click();
  const question = page.getByRole('alertdialog', { name: 'Delete “リリース” for everybody?' });
  await expect(question).toContainText('Their shells end, with what runs in them: 1.');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: 'Session: リリース' })).toBeVisible();
  await (await sessions(page)).getByRole('menuitem', { name: 'Delete the session' }).click();
  await confirm(page, 'Delete');
  await expect(page.getByRole('button', { name: first ?? '' })).toBeVisible();
  await expect(screen(page)).toContainText('in-the-first');
});

test('in place of a session that is deleted another one is shown, the same as after a reload', async ({ page, server }) => {
  await open(page, server);
  for (const name of ['second', 'third']) {
    await (await sessions(page)).getByRole('menuitem', { name: 'New session' }).click();
    const dialog = page.getByRole('dialog', { name: 'New session' });
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByRole('button', { name: 'Create' }).click();
    await expect(page.getByRole('button', { name: `Session: ${name}` })).toBeVisible();
    await expect(screen(page)).toContainText(/[#$] ?/);
  }
  await (await sessions(page)).getByRole('menuitem', { name: 'Delete the session' }).click();
  await confirm(page, 'Delete');
  const shown = page.getByRole('button', { name: /^Session: (?!third)./ });
  await expect(shown).toBeVisible();
  await type(page, 'echo still-$((6*7))');
  await expect(screen(page)).toContainText('still-42');
  const name = await shown.getAttribute('aria-label');
  await page.reload();
  await expect(page.getByRole('button', { name: name! })).toBeVisible();
  await expect(screen(page)).toContainText('still-42');
});

test('in place of the only session that is deleted a new one comes, with a shell', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'echo gone-$((6*7))');
  await expect(screen(page)).toContainText('gone-42');
  await (await sessions(page)).getByRole('menuitem', { name: 'Delete the session' }).click();
  await confirm(page, 'Delete');
  await expect(screen(page)).not.toContainText('gone-42');
  await type(page, 'echo here-$((6*7))');
  await expect(screen(page)).toContainText('here-42');
});

test('each window opens shells in the session that it shows, and comes back to it', async ({ page, server, context }) => {
  await open(page, server);
  const first = await page.getByRole('button', { name: /^Session: / }).getAttribute('aria-label');
  const other = await context.newPage();
  await open(other, server);
  await (await sessions(other)).getByRole('menuitem', { name: 'New session' }).click();
  const dialog = other.getByRole('dialog', { name: 'New session' });
  await dialog.getByLabel('Name').fill('elsewhere');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(other.getByRole('button', { name: 'Session: elsewhere' })).toBeVisible();

  await activePane(page).getByRole('button', { name: 'Split right' }).click();
  await ready(page);
  await enter(page, 'echo still-$((6*7))');
  await expect(activePane(page)).toContainText('still-42');
  await expect(page.getByRole('button', { name: first ?? '' })).toBeVisible();
});

test('a link to this terminal shows the one that this window has before it', async ({ page, server, browser, context }) => {
  await open(page, server);
  await enter(page, 'echo left-$((6*7))');
  await activePane(page).getByRole('button', { name: 'Split right' }).click();
  await ready(page);
  await enter(page, 'echo right-$((6*7))');
  const other = await context.newPage();
  await other.goto(page.url());
  await ready(other);
  await other.locator('.pane__screen').first().click();
  await expect(activePane(other)).toContainText('left-42');
  await expect(activePane(page)).toContainText('right-42');
  const guest = await join(browser, await share(page, { thisTerminalOnly: true }));
  await expect(screen(guest)).toContainText('right-42');
  await expect(screen(guest)).not.toContainText('left-42');

  // Wherever the other window was, who types here is seen here.
  await other.locator('.pane__screen').first().click();
  await page.locator('.pane__screen').last().click();
  await expect(terminal(guest).getByText(/^Here: /)).toBeAttached();
});

test('what is typed into the dialog stays when the server refuses it', async ({ page, server }) => {
  await open(page, server);
  await (await sessions(page)).getByRole('menuitem', { name: 'New session' }).click();
  const dialog = page.getByRole('dialog', { name: 'New session' });
  // Two hundred characters, and three times as many bytes.
  await dialog.getByLabel('Name').fill('名'.repeat(200));
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(dialog.getByRole('alert')).toHaveText('This name cannot be used. Choose one of at most 200 bytes.');
  await expect(dialog.getByLabel('Name')).toHaveValue('名'.repeat(200));
});

test('people are seen where they are, and put out', async ({ page, server, browser }) => {
  await open(page, server);
  const guest = await join(browser, await share(page));
  await expect(page.getByRole('button', { name: 'People: 2 here' })).toBeVisible();
  await guest.locator('.pane__screen').click();
  await expect(terminal(page).getByText(/^Here: Guest \w+$/)).toBeAttached();
  await people(page);
  await expect(person(page, /Guest/)).toContainText('viewer');
  await people(guest);
  await expect(person(guest, '(you)')).toContainText(/Guest \w+/);

  await person(page, /Guest/).getByRole('button', { name: /^Put Guest \w+ out$/ }).click();
  await confirm(page, 'Put out');
  await expect(gate(guest)).toContainText('The owner has ended your visit');
  await expect(person(page, /Guest/)).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'People: 1 here' })).toBeVisible();
});

test('who turns to another session is in no pane of the one they have left', async ({ page, server, browser }) => {
  await open(page, server);
  const guest = await join(browser, await share(page));
  await page.locator('.pane__screen').click();
  const there = terminal(guest).getByText(/^Here: /);
  await expect(there).toBeAttached();
  await (await sessions(page)).getByRole('menuitem', { name: 'New session' }).click();
  await page.getByRole('dialog', { name: 'New session' }).getByRole('button', { name: 'Create' }).click();
  await expect(there).not.toBeAttached();
  await people(guest);
  await expect(person(guest, 'owner')).toContainText('here');
  await (await sessions(page)).getByRole('menuitemradio').first().click();
  await page.locator('.pane__screen').click();
  await expect(there).toBeAttached();
});

test('who closes their window is away, and back when they come again', async ({ page, server, browser }) => {
  await open(page, server);
  const guest = await join(browser, await share(page));
  await expect(person(page, /Guest/)).toContainText('here');
  const address = guest.url();
  await guest.goto('about:blank');
  await expect(person(page, /Guest/)).toContainText('away');
  await guest.goto(address);
  await expect(person(page, /Guest/)).toContainText('here');
});

test('the owner is asked before somebody comes in', async ({ page, server, browser }) => {
  await open(page, server);
  await (await sessions(page)).getByRole('menuitem', { name: 'Name and settings' }).click();
  const settings = page.getByRole('dialog', { name: 'Session settings' });
  await settings.getByRole('switch', { name: /^Ask me before somebody comes in/ }).check();
  await settings.getByRole('button', { name: 'Save' }).click();
  await expect(settings).toBeHidden();
  const address = await share(page);

  const refused = await visit(browser, address);
  await expect(gate(refused)).toContainText('The owner has been asked');
  const notices = page.getByRole('list', { name: 'Ask to come in' });
  await expect(notices).toContainText(/Guest \w+ asks to come into/);
  // Whoever asks covers nothing that one works with.
  const [bar, work] = [(await notices.boundingBox())!, (await page.locator('#work').boundingBox())!];
  expect(bar.y + bar.height).toBeLessThanOrEqual(work.y);
  await notices.getByRole('button', { name: /^Refuse Guest/ }).click();
  await expect(gate(refused)).toContainText('The owner has not let you in');
  await expect(notices.getByRole('listitem')).toHaveCount(0);

  const withdrawn = await visit(browser, address);
  await expect(gate(withdrawn)).toContainText('The owner has been asked');
  await expect(notices).toContainText('asks to come into');
  await gate(withdrawn).getByRole('button', { name: 'Cancel' }).click();
  await expect(gate(withdrawn)).toContainText('You no longer ask to come in');
  await expect(notices.getByRole('listitem')).toHaveCount(0);

  const admitted = await visit(browser, address);
  await expect(gate(admitted)).toContainText('The owner has been asked');
  await page.getByRole('region', { name: 'Ask to come in' }).getByRole('button', { name: /^Admit Guest/ }).click();
  await expect(gate(admitted)).toHaveCount(0);
  await expect(screen(admitted)).toContainText(/[#$] ?/);
});

test('a session takes as many people as its owner has set', async ({ page, server, browser }) => {
  await open(page, server);
  await (await sessions(page)).getByRole('menuitem', { name: 'Name and settings' }).click();
  const settings = page.getByRole('dialog', { name: 'Session settings' });
  await settings.getByLabel(/^The most people in it/).fill('2');
  await settings.getByRole('button', { name: 'Save' }).click();
  const address = await share(page);
  await join(browser, address);
  const third = await visit(browser, address);
  await expect(gate(third)).toContainText('This session is full');
  await expect(gate(third)).toContainText('Ask its owner to make room, then try again.');
  await expect(page.getByRole('button', { name: 'People: 2 here' })).toBeVisible();
});

test('a session takes no viewers when its owner has set so, which is said to who is in it and to who comes', async ({ page, server, browser }) => {
  await open(page, server);
  const address = await share(page);
  const guest = await join(browser, address);
  await (await sessions(page)).getByRole('menuitem', { name: 'Name and settings' }).click();
  const settings = page.getByRole('dialog', { name: 'Session settings' });
  await settings.getByRole('switch', { name: /^Viewers may be in it/ }).uncheck();
  await settings.getByRole('button', { name: 'Save' }).click();
  await expect(settings).toBeHidden();
  const late = await visit(browser, address);
  for (const out of [guest, late]) {
    await expect(gate(out)).toContainText('Nobody of your role may be in this session');
    await expect(gate(out)).toContainText('Ask its owner to allow it, then try again.');
  }
  await expect(page.getByRole('button', { name: 'People: 1 here' })).toBeVisible();
  await (await sessions(page)).getByRole('menuitem', { name: 'Name and settings' }).click();
  await settings.getByRole('switch', { name: /^Viewers may be in it/ }).check();
  await settings.getByRole('button', { name: 'Save' }).click();
  await expect(settings).toBeHidden();
  await gate(late).getByRole('link', { name: 'Try again' }).click();
  await expect(screen(late)).toContainText(/[#$] ?/);
});

test('a session cannot be handed to a guest, and the control says why', async ({ page, server, browser }) => {
  await open(page, server);
  await join(browser, await share(page, { role: 'collaborator' }));
  await people(page);
  const role = person(page, /Guest/).getByRole('combobox');
  await expect(role).toHaveAccessibleDescription(/^A guest cannot own a session\./);
  await expect(role.getByRole('option', { name: 'owner', includeHidden: true })).toBeDisabled();
  await expect(role.getByRole('option', { name: 'viewer', includeHidden: true })).toBeEnabled();
  await expect(role).toHaveValue('collaborator');
  await expect(person(page, '(you)')).toContainText('owner');
});

test('a session that ends with its owner is over for the others once the owner has gone', async ({ page, server, browser }) => {
  await open(page, server);
  await (await sessions(page)).getByRole('menuitem', { name: 'Name and settings' }).click();
  const settings = page.getByRole('dialog', { name: 'Session settings' });
  await settings.getByRole('switch', { name: /^End it when my last window goes/ }).check();
  await settings.getByRole('button', { name: 'Save' }).click();
  await expect(settings).toBeHidden();
  const guest = await join(browser, await share(page));
  await page.goto('about:blank');
  // An owner who reloads a page is not gone: they have ten seconds.
  await expect(gate(guest)).toBeVisible({ timeout: 20_000 });
  await open(page, server);
  await expect(screen(page)).toContainText(/[#$] ?/);
});
