// Tabs are made, named, moved and closed, by mouse and by keyboard alone.
import { open, screen, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';
import { activePane, command, enter, newTab, panes, ready, shownTab, tabs } from '../fixtures/workspace.ts';

test('tabs are made, named, moved and closed by mouse', async ({ page, server }) => {
  await open(page, server);
  await page.getByRole('button', { name: 'New tab' }).click();
  await expect(tabs(page)).toHaveCount(2);
  await enter(page, 'echo in the $((1+1))nd');
  await expect(activePane(page)).toContainText('in the 2nd');

  await shownTab(page).dblclick();
  const field = page.getByRole('textbox', { name: 'Title of the tab' });
  await field.fill('build');
  await field.press('Enter');
  await expect(tabs(page).nth(1)).toHaveText(/build/);
  await expect(shownTab(page)).toHaveText(/build/);

  // Dragged beyond the middle of the first.
  const [from, to] = [await tabs(page).nth(1).boundingBox(), await tabs(page).first().boundingBox()];
  await page.mouse.move(from!.x + from!.width / 2, from!.y + 10);
  await page.mouse.down();
  await page.mouse.move(to!.x + 10, to!.y + 10, { steps: 8 });
  await page.mouse.up();
  await expect(tabs(page).first()).toHaveText(/build/);

  await tabs(page).nth(1).click();
  await expect(tabs(page).nth(1)).toHaveAttribute('aria-selected', 'true');
  await expect(activePane(page)).not.toContainText('in the 2nd');
  await page.getByRole('button', { name: 'Close the tab build' }).click();
  await expect(tabs(page)).toHaveCount(1);
  await enter(page, 'echo still $((40+2))');
  await expect(screen(page)).toContainText('still 42');
});

test('tabs are made, named, moved and closed by keyboard alone', async ({ page, server }) => {
  await open(page, server);
  await newTab(page);
  await page.keyboard.press('Alt+Shift+PageUp');
  await expect(tabs(page).first()).toHaveAttribute('aria-selected', 'true');
  await ready(page);

  await shownTab(page).focus();
  await page.keyboard.press('F2');
  await page.keyboard.type('logs');
  await page.keyboard.press('Enter');
  await expect(tabs(page).first()).toHaveText(/logs/);
  await ready(page);
  await page.keyboard.press('Control+Shift+PageDown');
  await expect(tabs(page).nth(1)).toHaveText(/logs/);

  await command(page, 'Rename the tab');
  await page.keyboard.type('never');
  await page.keyboard.press('Escape');
  await expect(tabs(page).nth(1)).toHaveText(/logs/);

  await shownTab(page).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(tabs(page).first()).toBeFocused();
  await expect(tabs(page).first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Delete');
  await expect(tabs(page)).toHaveCount(1);
  await expect(shownTab(page)).toHaveText(/logs/);
});

test('what the shell of another tab writes marks that tab, and switching back shows it at once', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'sleep 1; echo so "far"; read');
  await newTab(page);
  const first = tabs(page).first();
  await expect(first).toHaveAccessibleName(/new output/);
  await first.click();
  await expect(activePane(page)).toContainText('so far');
  await expect(first).not.toHaveAccessibleName(/new output/);
  await enter(page, '');
  await enter(page, String.raw`sleep 1; printf '\a'`);
  await tabs(page).nth(1).click();
  await expect(first).toHaveAccessibleName(/calls for attention/);
});

test('a tab that was never shown in a window is marked there', async ({ page, server, context }) => {
  await open(page, server);
  await newTab(page);
  const other = await context.newPage();
  await open(other, server);
  await expect(tabs(other).nth(1)).toHaveAttribute('aria-selected', 'true');
  const unseen = tabs(other).first();

  await tabs(page).first().click();
  await enter(page, 'read; false');
  await expect(unseen).toHaveAccessibleName(/a command runs/);
  await page.keyboard.press('Enter');
  await expect(unseen).toHaveAccessibleName(/a command has failed/);
  await enter(page, String.raw`printf '\a\e]0;named\a'; sleep 60`);
  await expect(unseen).toHaveAccessibleName(/named.*calls for attention.*a command runs/);

  // The tab that is shown first is the one that the user chose last.
  await tabs(page).nth(1).click();
  // Neither does a window forget by a reload what runs where it does not look.
  await other.reload();
  await expect(tabs(other).nth(1)).toHaveAttribute('aria-selected', 'true');
  await expect(unseen).toHaveAccessibleName(/named.*a command runs/);
  await unseen.click({ button: 'middle' });
  const asked = other.getByRole('alertdialog', { name: /Close the tab/ });
  await expect(asked).toContainText('sleep 60');
  await other.keyboard.press('Escape');

  await tabs(page).first().click();
  await page.keyboard.press('Control+C');
  await enter(page, 'exit');
  await expect(unseen).toHaveAccessibleName(/the shell has ended/);
  await unseen.click();
  await expect(panes(other)).toContainText('The shell ended');
  await expect(panes(other)).toContainText('sleep 60');
});

test('a tab in which a command runs goes only after a yes', async ({ page, server }) => {
  await open(page, server);
  await newTab(page);
  await enter(page, 'sleep 60');
  await expect(page.locator('.pane:visible .mark[data-command="running"]')).toHaveCount(1);
  const asked = page.getByRole('alertdialog', { name: /Close the tab/ });
  await shownTab(page).click({ button: 'middle' });
  await expect(asked).toContainText('sleep 60');
  await page.keyboard.press('Escape');
  await expect(asked).toBeHidden();
  await expect(tabs(page)).toHaveCount(2);
  await shownTab(page).click({ button: 'middle' });
  await asked.getByRole('button', { name: 'Close the tab' }).click();
  await expect(tabs(page)).toHaveCount(1);
});

test('when the last tab is closed another one with a shell takes its place', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'echo the fi"rs"t');
  await expect(screen(page)).toContainText('the first');
  await command(page, 'Close the tab');
  await expect(panes(page)).not.toContainText('the first');
  await ready(page);
  await expect(tabs(page)).toHaveCount(1);
  await enter(page, 'echo $((6*7))');
  await expect(screen(page)).toContainText('42');
});
