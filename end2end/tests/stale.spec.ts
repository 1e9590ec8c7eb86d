// Two windows on one session: who decides by what the other one has changed meanwhile is told to look again, loses nothing of
// what they typed, and may repeat it.
import type { BrowserContext } from '@playwright/test';
import { sessions } from '../fixtures/people.ts';
import type { Server } from '../fixtures/server.ts';
import { open } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';
import { activePane, command, enter, newTab, ready, shownTab, tabs } from '../fixtures/workspace.ts';

const SENTENCE = 'Somebody has changed this since you looked. Look again, then repeat it.';

/** Another window of the same person. */
async function another(context: BrowserContext, server: Server) {
  const other = await context.newPage();
  await open(other, server);
  return other;
}

test('a tab that somebody else has changed goes only after a second look', async ({ page, server, context }) => {
  await open(page, server);
  await newTab(page);
  await enter(page, 'sleep 60');
  const other = await another(context, server);
  for (const window of [page, other]) {
    await expect(window.locator('.pane:visible .mark[data-command="running"]')).toHaveCount(1);
  }

  await shownTab(page).click({ button: 'middle' });
  const asked = page.getByRole('alertdialog', { name: /Close the tab/ });
  await expect(asked).toContainText('sleep 60');
  await activePane(other).getByRole('button', { name: 'Split right' }).click();
  await ready(other);
  await asked.getByRole('button', { name: 'Close the tab' }).click();
  await expect(page.getByText(SENTENCE)).toBeVisible();
  await expect(tabs(page)).toHaveCount(2);

  await shownTab(page).click({ button: 'middle' });
  await asked.getByRole('button', { name: 'Close the tab' }).click();
  await expect(tabs(page)).toHaveCount(1);
  await expect(tabs(other)).toHaveCount(1);
});

test('a tab is named by who has seen what it is called, wherever its panes are by then', async ({ page, server, context }) => {
  await open(page, server);
  const other = await another(context, server);
  const begin = async (window: typeof page, title: string) => {
    await command(window, 'Rename the tab');
    await window.keyboard.type(title);
  };
  await begin(page, 'mine');
  await activePane(other).getByRole('button', { name: 'Split right' }).click();
  await ready(other);
  await expect(page.locator('.pane:visible')).toHaveCount(2);
  await page.keyboard.press('Enter');
  for (const window of [page, other]) await expect(shownTab(window)).toHaveText(/mine/);

  await begin(page, 'again mine');
  await begin(other, 'theirs');
  await other.keyboard.press('Enter');
  await expect(shownTab(other)).toHaveText(/theirs/);
  await page.keyboard.press('Enter');
  await expect(page.getByText(SENTENCE)).toBeVisible();
  for (const window of [page, other]) await expect(shownTab(window)).toHaveText(/theirs/);
  await begin(page, 'after all mine');
  await page.keyboard.press('Enter');
  for (const window of [page, other]) await expect(shownTab(window)).toHaveText(/after all mine/);
});

test('a tab is not dropped into a row that has become another', async ({ page, server, context }) => {
  await open(page, server);
  for (const title of ['one', 'two']) {
    await newTab(page);
    await command(page, 'Rename the tab');
    await page.keyboard.type(title);
    await page.keyboard.press('Enter');
    await expect(shownTab(page)).toHaveText(new RegExp(title));
  }
  const other = await another(context, server);
  const [from, to] = [await tabs(page).nth(2).boundingBox(), await tabs(page).first().boundingBox()];
  const drag = async () => {
    await page.mouse.move(from!.x + from!.width / 2, from!.y + 10);
    await page.mouse.down();
    await page.mouse.move(to!.x + 5, to!.y + 10, { steps: 8 });
  };
  await drag();
  await tabs(other).nth(1).click();
  await other.keyboard.press('Control+Shift+PageUp');
  await expect(tabs(other).first()).toHaveText(/one/);
  await expect(tabs(page).first()).toHaveText(/one/);
  await page.mouse.up();
  await expect(page.getByText(SENTENCE)).toBeVisible();
  for (const window of [page, other]) {
    await expect(tabs(window).first()).toHaveText(/one/);
    await expect(tabs(window).nth(2)).toHaveText(/two/);
  }

  await drag();
  await page.mouse.up();
  for (const window of [page, other]) await expect(tabs(window).first()).toHaveText(/two/);
});

test('settings that somebody else has changed are shown beside what was typed', async ({ page, server, context }) => {
  await open(page, server);
  const other = await another(context, server);
  const settings = (window: typeof page) => window.getByRole('dialog', { name: 'Session settings' });
  for (const window of [page, other]) {
    await (await sessions(window)).getByRole('menuitem', { name: 'Name and settings' }).click();
    await expect(settings(window)).toBeVisible();
  }
  await settings(other).getByLabel('Name').fill('release night');
  await settings(other).getByRole('switch', { name: /^Ask me before somebody comes in/ }).check();
  await settings(other).getByRole('button', { name: 'Save' }).click();
  await expect(settings(other)).toBeHidden();

  await settings(page).getByLabel('What it is for').fill('we ship');
  await settings(page).getByRole('button', { name: 'Save' }).click();
  await expect(settings(page).getByRole('alert')).toHaveText(SENTENCE);
  await expect(settings(page).getByLabel('Name')).toHaveValue('release night');
  await expect(settings(page).getByRole('switch', { name: /^Ask me before somebody comes in/ })).toBeChecked();
  await expect(settings(page).getByLabel('What it is for')).toHaveValue('we ship');
  await settings(page).getByRole('button', { name: 'Save' }).click();
  await expect(settings(page)).toBeHidden();

  await (await sessions(other)).getByRole('menuitem', { name: 'Name and settings' }).click();
  await expect(settings(other).getByLabel('Name')).toHaveValue('release night');
  await expect(settings(other).getByLabel('What it is for')).toHaveValue('we ship');
});
