// What the server refuses because something is not any more as the window shows it: each is said in words, with what to do.
import type { Page } from '@playwright/test';
import { Held } from '../fixtures/held.ts';
import { people, person, share } from '../fixtures/people.ts';
import { open } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';
import { activePane, newTab, panes, ready, split, tabs } from '../fixtures/workspace.ts';

test('a tab and a pane that another window has closed meanwhile are not there, which is said', async ({ page, server, context }) => {
  const held = await Held.of(page);
  await open(page, server);
  await split(page, 'right');
  await newTab(page);
  const other = await context.newPage();
  await open(other, server);
  const notices = page.getByRole('list', { name: 'Notices' });

  held.hold();
  await tabs(other).nth(1).click();
  await other.getByRole('button', { name: /^Close the tab/ }).last().click();
  await expect(tabs(other)).toHaveCount(1);
  await page.getByRole('button', { name: /^Close the tab/ }).last().click();
  held.release();
  await expect(notices).toContainText('This tab has been closed. Choose another.');
  await expect(tabs(page)).toHaveCount(1);

  await expect(panes(page)).toHaveCount(2);
  const second = (window: Page) => window.getByRole('region', { name: 'Terminal 2/2' });
  held.hold();
  await second(other).getByRole('button', { name: 'Close the pane' }).click();
  await expect(panes(other)).toHaveCount(1);
  await second(page).getByRole('button', { name: 'Split below' }).click();
  held.release();
  await expect(notices).toContainText('This pane has been closed. Choose another.');
  await expect(panes(page)).toHaveCount(1);
  await ready(page);
});

test('who may no longer do what their window still offers is told whom to ask', async ({ page, server, browser }) => {
  await open(page, server);
  const guest = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' })).newPage();
  const held = await Held.of(guest);
  await guest.goto(await share(page, { role: 'collaborator' }));
  await expect(guest.locator('.xterm-rows').first()).toContainText(/[#$] ?/);
  const divide = activePane(guest).getByRole('button', { name: 'Split right' });
  await expect(divide).toBeVisible();
  held.hold();
  await people(page);
  await person(page, /Guest/).getByRole('combobox').selectOption('viewer');
  await expect(person(page, /Guest/).getByRole('combobox')).toHaveValue('viewer');
  await divide.click();
  held.release();
  const told = guest.getByRole('list', { name: 'Notices' });
  await expect(told).toContainText("Your role does not allow this. Ask the session's owner.");
  await expect(divide).toHaveCount(0);
  await expect(panes(page)).toHaveCount(1);
  await guest.context().close();
});
