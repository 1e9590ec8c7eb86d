// What people do with tabs, panes and sessions, as a collector receives it: each event is one trace through browser and server.
import { type WebSocketRoute } from '@playwright/test';
import { confirm, join, sessions, share } from '../fixtures/people.ts';
import { isOneTrace } from '../fixtures/sides.ts';
import { open } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';
import { activePane, command, dividers, panes, ready, shownTab, split, tabs } from '../fixtures/workspace.ts';

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
