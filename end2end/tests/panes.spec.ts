// Panes are divided, weighed, shown alone, gone through and closed, and none of it touches what their shells show.
import type { Page } from '@playwright/test';
import { open, screen, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';
import { activePane, command, dividers, enter, newTab, panes, places, ready, split } from '../fixtures/workspace.ts';

/** How many columns a pane has. */
const columns = async (page: Page, pane: number) =>
  parseInt((await panes(page).nth(pane).getByText(/^\d+×\d+$/).textContent()) ?? '');

test('a pane is divided, and each part has a shell of its own', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'WHERE=left');
  await split(page, 'right');
  await enter(page, 'WHERE=right');
  await split(page, 'below');
  await enter(page, 'WHERE=below; echo "here: $WHERE"');
  await expect(panes(page).nth(2)).toContainText('here: below');
  await panes(page).nth(0).locator('.xterm-screen').click();
  await enter(page, 'echo "here: $WHERE"');
  await expect(panes(page).nth(0)).toContainText('here: left');
  await expect(panes(page).nth(1)).not.toContainText('here:');
  expect(await places(page)).toMatchObject([
    { x: 0, y: 0, height: 1 },
    { x: 0.5, y: 0 },
    { x: 0.5, y: 0.5 },
  ]);
});

test('a divider is dragged, evened and moved by keys, and the shells learn their sizes', async ({ page, server }) => {
  await open(page, server);
  await split(page, 'right');
  const divider = dividers(page);
  await expect(divider).toHaveAttribute('aria-valuenow', '50');
  const before = await columns(page, 0);
  const line = (await divider.boundingBox())!;
  await page.mouse.move(line.x + line.width / 2, line.y + 100);
  await page.mouse.down();
  await page.mouse.move(line.x + 150, line.y + 100, { steps: 10 });
  await page.mouse.up();
  await expect.poll(() => columns(page, 0)).toBeGreaterThan(before + 10);
  await expect(divider).not.toHaveAttribute('aria-valuenow', '50');
  const after = await columns(page, 1);
  await activePane(page).locator('.xterm-screen').click();
  await enter(page, 'stty size');
  await expect(activePane(page)).toContainText(new RegExp(String.raw`\d+ ${after}(?!\d)`));

  await divider.dblclick();
  await expect(divider).toHaveAttribute('aria-valuenow', '50');
  await divider.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(divider).toHaveAttribute('aria-valuenow', '54');
  await page.keyboard.press('Home');
  await expect(divider).toHaveAttribute('aria-valuenow', (await divider.getAttribute('aria-valuemin'))!);
  await page.keyboard.press('Enter');
  await expect(divider).toHaveAttribute('aria-valuenow', '50');
});

test('no pane becomes too small to be of use, however far a line is taken', async ({ page, server }) => {
  await open(page, server);
  await split(page, 'right');
  // The least width, but for the line beside it and what is rounded.
  const leastWide = async (pane: number) => {
    const width = async () => (await panes(page).nth(pane).boundingBox())!.width;
    await expect.poll(width).toBeLessThan(122);
    expect(await width()).toBeGreaterThan(117);
  };
  const line = (await dividers(page).boundingBox())!;
  await page.mouse.move(line.x + line.width / 2, line.y + 100);
  await page.mouse.down();
  await page.mouse.move(2, line.y + 100, { steps: 5 });
  await leastWide(0);
  await page.mouse.up();
  await leastWide(0);
  await dividers(page).focus();
  await page.keyboard.press('End');
  await leastWide(1);
  for (let n = 0; n < 3; n += 1) await page.keyboard.press('Shift+ArrowRight');
  await leastWide(1);
  await expect(dividers(page)).toHaveAttribute('aria-valuenow', (await dividers(page).getAttribute('aria-valuemax'))!);
});

test('where there is no room for another pane, none is made, and that is said', async ({ page, server }) => {
  await open(page, server);
  await split(page, 'right');
  await dividers(page).focus();
  await page.keyboard.press('Home');
  await panes(page).first().locator('.xterm-screen').click();
  await page.keyboard.press('Control+Shift+E');
  await expect(page.getByRole('list', { name: 'Notices' })).toContainText('There is no room here for another pane.');
  await expect(panes(page)).toHaveCount(2);
  // Below there is.
  await page.keyboard.press('Control+Shift+O');
  await expect(panes(page)).toHaveCount(3);
  await expect(dividers(page)).toHaveCount(2);
});

test('in a window with less room than its panes need one is shown at a time, until there is more', async ({ page, server }) => {
  await open(page, server);
  await split(page, 'right');
  await dividers(page).focus();
  await page.keyboard.press('Home');
  await expect.poll(async () => (await places(page))[0]!.width).toBeLessThan(0.2);
  await page.setViewportSize({ width: 900, height: 800 });
  await expect(panes(page)).toHaveCount(1);
  await expect(panes(page)).toContainText('2/2');
  await expect(dividers(page)).toHaveCount(0);
  await panes(page).getByRole('button', { name: 'Next pane' }).click();
  await expect(panes(page)).toContainText('1/2');
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect(panes(page)).toHaveCount(2);
  await expect(dividers(page)).toHaveCount(1);
});

test('a pane is shown alone and says so, and all come back', async ({ page, server }) => {
  await open(page, server);
  await split(page, 'right');
  await enter(page, 'echo this "one"');
  await page.keyboard.press('Control+Shift+Enter');
  await expect(panes(page)).toHaveCount(1);
  await expect(panes(page)).toContainText('this one');
  await expect(panes(page)).toContainText('2/2');
  await panes(page).getByRole('button', { name: 'Next pane' }).click();
  await expect(panes(page)).not.toContainText('this one');
  await expect(panes(page)).toContainText('1/2');
  await panes(page).getByRole('button', { name: 'Show all panes' }).click();
  await expect(panes(page)).toHaveCount(2);
  await ready(page);
});

test('the space of a closed pane goes to its sibling, and the keyboard to a pane that is there', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'echo I st"ay"');
  await split(page, 'right');
  await page.keyboard.press('Control+Shift+D');
  await expect(panes(page)).toHaveCount(1);
  expect(await places(page)).toEqual([{ x: 0, y: 0, width: 1, height: 1 }]);
  await enter(page, 'echo and $((6*7))');
  await expect(screen(page)).toContainText('and 42');
  await expect(screen(page)).toContainText('I stay');
});

test('the keyboard goes from pane to pane by direction', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'cat -v');
  await split(page, 'right');
  await split(page, 'below');
  const active = () => activePane(page).getAttribute('aria-label');
  for (const [key, name] of [
    ['ArrowUp', 'Terminal 2/3'],
    ['ArrowLeft', 'Terminal 1/3'],
    ['ArrowLeft', 'Terminal 1/3'],
    ['ArrowRight', 'Terminal 2/3'],
    ['ArrowDown', 'Terminal 3/3'],
    ['ArrowLeft', 'Terminal 1/3'],
  ]) {
    await page.keyboard.press(`Alt+Shift+${key}`);
    await expect.poll(active).toBe(name);
    await expect(activePane(page).locator('.xterm-helper-textarea')).toBeFocused();
  }
  // Whatever the keys had sent would stand here, made visible.
  await page.keyboard.type('seen');
  await page.keyboard.press('Enter');
  await expect(panes(page).first()).toContainText(/cat -v\s*seen\s*seen/);
});

test('all panes are placed anew from the palette', async ({ page, server }) => {
  await open(page, server);
  for (const how of ['right', 'below', 'right'] as const) await split(page, how);
  await command(page, 'side by side');
  await expect.poll(async () => (await places(page)).map(({ x, height }) => [x, height])).toEqual([
    [0, 1],
    [0.25, 1],
    [0.5, 1],
    [0.75, 1],
  ]);
  await command(page, 'in a grid');
  await expect.poll(async () => (await places(page)).map(({ x, y }) => [x, y])).toEqual([
    [0, 0],
    [0.5, 0],
    [0, 0.5],
    [0.5, 0.5],
  ]);
});

test('whatever becomes of the layout, a terminal stays the same element and keeps what it shows', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'seq 300');
  await expect(screen(page)).toContainText('300');
  await page.evaluate(() => ((document.querySelector('.pane .xterm') as any).kept = true));
  const kept = () => page.evaluate(() => (document.querySelector('.pane .xterm') as any)?.kept);
  await split(page, 'right');
  await split(page, 'below');
  await page.keyboard.press('Alt+Shift+ArrowLeft');
  await page.keyboard.press('Control+Shift+Enter');
  await expect(panes(page)).toHaveCount(1);
  await page.keyboard.press('Control+Shift+Enter');
  await expect(panes(page)).toHaveCount(3);
  await newTab(page);
  await page.keyboard.press('Alt+Shift+PageUp');
  await expect(panes(page)).toHaveCount(3);
  await panes(page).nth(1).getByRole('button', { name: 'Close the pane' }).click();
  await expect(panes(page)).toHaveCount(2);
  await command(page, 'one above the other');
  await expect(panes(page).first()).toContainText('300');
  expect(await kept()).toBe(true);
});
