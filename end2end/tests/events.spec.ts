// What people do with tabs, panes and sessions, as a collector receives it: each event is one trace through browser and server.
import { type WebSocketRoute } from '@playwright/test';
import { chat, confirm, join, people, person, say, sessions, share, visit } from '../fixtures/people.ts';
import { isOneTrace } from '../fixtures/sides.ts';
import { open, screen, terminal } from '../fixtures/terminal.ts';
import { PROMPTLY, expect, test } from '../fixtures/test.ts';
import { activePane, command, dividers, panes, ready, shownTab, split, tabs } from '../fixtures/workspace.ts';

test.use({ serverEnv: PROMPTLY });

test('tab events are one trace each through browser and server', async ({ page, server, collector }) => {
  await open(page, server);
  await page.getByRole('button', { name: 'New tab' }).click();
  await expect(tabs(page)).toHaveCount(2);
  await ready(page);
  await shownTab(page).dblclick();
  const field = page.getByRole('textbox', { name: 'Title of the tab' });
  await field.fill('build');
  await field.press('Enter');
  await expect(shownTab(page)).toHaveText(/build/);
  await ready(page);
  await page.keyboard.press('Control+Shift+PageUp');
  await expect(tabs(page).first()).toHaveText(/build/);
  await tabs(page).nth(1).click();
  await ready(page);
  await page.getByRole('button', { name: 'Close the tab build' }).click();
  await expect(tabs(page)).toHaveCount(1);
  for (const event of ['tab_create', 'tab_rename', 'tab_move', 'tab_switch', 'tab_close']) await isOneTrace(collector, event);
});

test('pane events are one trace each through browser and server', async ({ page, server, collector }) => {
  await open(page, server);
  await split(page, 'right');
  await dividers(page).focus();
  await page.keyboard.press('ArrowRight');
  await expect(dividers(page)).toHaveAttribute('aria-valuenow', '52');
  await panes(page).first().locator('.xterm-screen').click();
  await ready(page);
  await command(page, 'in a grid');
  await ready(page);
  await page.keyboard.press('Control+Shift+Enter');
  await expect(panes(page)).toHaveCount(1);
  await activePane(page).getByRole('button', { name: 'Show all panes' }).click();
  await expect(panes(page)).toHaveCount(2);
  await ready(page);
  await page.keyboard.press('Control+Shift+D');
  await expect(panes(page)).toHaveCount(1);
  for (const event of ['pane_split', 'pane_resize', 'pane_focus', 'pane_arrange', 'pane_zoom', 'pane_close']) {
    await isOneTrace(collector, event);
  }
});

test('session events are one trace each through browser and server', async ({ page, server, collector, browser }) => {
  await open(page, server);
  const guest = await join(browser, await share(page));
  await guest.getByRole('complementary').or(guest.locator('.guest')).getByRole('button', { name: 'Leave' }).first().click();
  await guest.getByRole('alertdialog').getByRole('button', { name: 'Leave' }).click();

  const first = await page.getByRole('button', { name: /^Session: / }).getAttribute('aria-label');
  await (await sessions(page)).getByRole('menuitem', { name: 'New session' }).click();
  const made = page.getByRole('dialog', { name: 'New session' });
  await made.getByLabel('Name').fill('release night');
  await made.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('button', { name: 'Session: release night' })).toBeVisible();
  await (await sessions(page)).getByRole('menuitem', { name: 'Name and settings' }).click();
  const settings = page.getByRole('dialog', { name: 'Session settings' });
  await settings.getByLabel('Name').fill('release day');
  await settings.getByRole('button', { name: 'Save' }).click();
  await (await sessions(page)).getByRole('menuitemradio', { name: first!.replace('Session: ', '') }).click();
  await expect(page.getByRole('button', { name: first! })).toBeVisible();
  await (await sessions(page)).getByRole('menuitemradio', { name: /release day/ }).click();
  await (await sessions(page)).getByRole('menuitem', { name: 'Delete the session' }).click();
  await confirm(page, 'Delete');
  await expect(page.getByRole('button', { name: first! })).toBeVisible();
  for (const event of ['session_leave', 'session_create', 'session_update', 'session_join', 'session_delete']) {
    await isOneTrace(collector, event);
  }
});

test('share and people events are one trace each through browser and server', async ({ page, server, collector, browser }) => {
  await open(page, server);
  await (await sessions(page)).getByRole('menuitem', { name: 'Name and settings' }).click();
  const settings = page.getByRole('dialog', { name: 'Session settings' });
  await settings.getByRole('switch', { name: /^Ask me before somebody comes in/ }).check();
  await settings.getByRole('button', { name: 'Save' }).click();
  await expect(settings).toBeHidden();
  const guest = await visit(browser, await share(page));
  await page.getByRole('region', { name: 'Ask to come in' }).getByRole('button', { name: /^Admit Guest/ }).click();
  await expect(screen(guest)).toContainText(/[#$] ?/);
  await person(page, /Guest/).getByRole('combobox').selectOption('collaborator');
  await expect(guest.getByText('You may look and type.')).toBeVisible();
  await person(page, /Guest/).getByRole('button', { name: /^Put Guest/ }).click();
  await confirm(page, 'Put out');
  await expect(person(page, /Guest/)).toHaveCount(0);
  await people(page);
  const links = page.getByRole('region', { name: 'Share links' });
  // Where no guest is put out by it, it is not asked about.
  await expect(links.getByText('no guests')).toBeVisible();
  await links.getByRole('button', { name: 'Revoke' }).click();
  await expect(links.getByText('Nobody can come in by a link.')).toBeVisible();
  for (const event of ['share_create', 'share_list', 'join_decide', 'member_set_role', 'member_remove', 'share_revoke']) {
    await isOneTrace(collector, event);
  }
});

test('chat events are one trace each through browser and server', async ({ page, server, collector, browser }) => {
  await open(page, server);
  const guest = await join(browser, await share(page));
  await chat(guest);
  await say(guest, 'can you see this?');
  await chat(page);
  const log = page.getByRole('log', { name: 'Messages' });
  await expect(log).toContainText('can you see this?');
  await page.getByRole('button', { name: 'Command', exact: true }).click();
  await page.getByRole('textbox', { name: 'Propose a command' }).fill('make test');
  await page.keyboard.press('Enter');
  await expect(log).toContainText('make test');
  for (const event of ['message_list', 'chat_message', 'message_read', 'session_message_send']) await isOneTrace(collector, event);
});

test('what a page leaves and what it ends is told in one trace through browser and server', async ({ page, server, collector }) => {
  await open(page, server);
  await (await sessions(page)).getByRole('menuitem', { name: 'New session' }).click();
  await page.getByRole('dialog', { name: 'New session' }).getByRole('button', { name: 'Create' }).click();
  await ready(page);
  await isOneTrace(collector, 'terminal:detach');
  await command(page, 'End the shell');
  await expect(terminal(page).getByRole('button', { name: 'New shell' })).toBeVisible();
  await isOneTrace(collector, 'terminal:close');
  // The page may come back from where the browser keeps it: that is no goodbye.
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
  const heard = (event: string) => () => collector.named(`socketio.${event}`).filter(({ service }) => service === 'aetherterm-backend').length;
  await expect.poll(heard('session:init'), { timeout: 15_000 }).toBe(2);
  expect(heard('session:end')()).toBe(0);
  await page.goto('about:blank');
  await isOneTrace(collector, 'session:end');
  expect(heard('session:end')()).toBe(1);
});

test('a page that has missed a change asks for the workspace, in one trace through browser and server', async ({ page, server, collector }) => {
  let missed = 0;
  // The network takes one notice away: the change after it shows that there was one.
  await page.routeWebSocket(/socket\.io/, (socket: WebSocketRoute) => {
    const upstream = socket.connectToServer();
    upstream.onMessage((message) => {
      const isMissed = missed === 0 && String(message).startsWith('42["tab:updated"');
      if (isMissed) missed += 1;
      else socket.send(message);
    });
  });
  await open(page, server);
  const other = await page.context().newPage();
  await open(other, server);
  for (const name of ['unheard', 'heard']) {
    await shownTab(other).dblclick();
    const field = other.getByRole('textbox', { name: 'Title of the tab' });
    await field.fill(name);
    await field.press('Enter');
    await expect(shownTab(other)).toHaveText(new RegExp(name));
  }
  await expect(shownTab(page)).toHaveText(/heard/);
  expect(missed).toBe(1);
  await isOneTrace(collector, 'workspace_sync_request');
});
