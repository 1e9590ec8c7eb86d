// Windows of one user show the same layout, a reload finds it again, and nothing ever covers anything.
import type { Page } from '@playwright/test';
import { io } from 'socket.io-client';
import { open, screen, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';
import { activePane, command, dividers, enter, newTab, panes, places, ready, shownTab, split, tabs } from '../fixtures/workspace.ts';

test('two windows of a user have the same tabs and panes, and each its own tab', async ({ page, server, context }) => {
  await open(page, server);
  const other = await context.newPage();
  await open(other, server);
  await split(page, 'right');
  await expect(panes(other)).toHaveCount(2);
  await enter(page, 'echo seen by "both"');
  await expect(panes(other).nth(1)).toContainText('seen by both');

  await newTab(page);
  await expect(tabs(other)).toHaveCount(2);
  await expect(tabs(other).first()).toHaveAttribute('aria-selected', 'true');
  await expect(tabs(page).nth(1)).toHaveAttribute('aria-selected', 'true');
  // A shell was opened by the window that asked for the tab, and by no other.
  await tabs(other).nth(1).click();
  await ready(other);
  await enter(other, 'echo from the "other"');
  await expect(screen(page).last()).toContainText('from the other');

  await tabs(other).first().click();
  await tabs(page).first().click();
  await ready(page);
  const divider = dividers(page);
  await divider.focus();
  for (let n = 0; n < 5; n += 1) await page.keyboard.press('ArrowLeft');
  await expect(dividers(other)).toHaveAttribute('aria-valuenow', '40');
  await expect.poll(async () => JSON.stringify(await places(other))).toBe(JSON.stringify(await places(page)));
  await other.keyboard.press('Control+Shift+D');
  await expect(panes(page)).toHaveCount(1);
  await expect(panes(other)).toHaveCount(1);
});

test('a reload finds tabs, panes and shells as they were', async ({ page, server }) => {
  await open(page, server);
  await newTab(page);
  await enter(page, 'KEPT=42');
  await split(page, 'below');
  await dividers(page).focus();
  await page.keyboard.press('ArrowUp');
  await expect(dividers(page)).toHaveAttribute('aria-valuenow', '48');
  await newTab(page);
  await tabs(page).nth(1).click();
  await ready(page);
  const before = await places(page);

  await page.reload();
  await expect(tabs(page)).toHaveCount(3);
  await expect(tabs(page).nth(1)).toHaveAttribute('aria-selected', 'true');
  await expect(panes(page)).toHaveCount(2);
  expect(await places(page)).toEqual(before);
  await panes(page).filter({ hasText: 'KEPT' }).locator('.xterm-screen').click();
  await enter(page, 'echo "<$KEPT>"');
  await expect(activePane(page)).toContainText('<42>');
});

/** Random, but the same each time. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % sides;
  };
}

async function expectTiled(page: Page): Promise<void> {
  const problem = await page.evaluate(() => {
    const room = document.getElementById('work')!.getBoundingClientRect();
    const rects = [...document.querySelectorAll('.pane:not([hidden])')].map((pane) => pane.getBoundingClientRect());
    for (const [at, one] of rects.entries()) {
      if (one.left < room.left - 0.5 || one.right > room.right + 0.5) return `${at} leaves the room sideways`;
      if (one.top < room.top - 0.5 || one.bottom > room.bottom + 0.5) return `${at} leaves the room`;
      for (const other of rects.slice(at + 1)) {
        const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
        if (across > 0.5 && down > 0.5) return `${at} is covered by ${across}×${down}`;
      }
    }
    const area = rects.reduce((sum, rect) => sum + rect.width * rect.height, 0);
    // The lines between them are all that is left.
    return area < room.width * room.height * 0.97 ? `a hole: ${area} of ${room.width * room.height}` : '';
  });
  expect(problem).toBe('');
}

test('no pane ever covers another, and together they fill the room', async ({ page, server }) => {
  test.slow();
  await open(page, server);
  const roll = dice(20261122);
  // Those as well that cannot be seen because there is room for one only.
  const all = page.locator('.pane');
  const refused = page.getByText('There is no room here for another pane.');
  for (let n = 0; n < 20; n += 1) {
    const count = await all.count();
    await all.nth(roll(count)).locator('header').dispatchEvent('click');
    const deed = count < 2 ? 0 : count > 6 ? 3 : roll(6);
    if (deed <= 1) {
      await page.keyboard.press(deed === 0 ? 'Control+Shift+E' : 'Control+Shift+O');
      await expect.poll(async () => (await all.count()) > count || (await refused.isVisible())).toBe(true);
      if (await refused.isVisible()) await page.getByRole('button', { name: 'Dismiss' }).click();
    } else if (deed === 2) {
      const [line, key] = [roll(count - 1), ['Home', 'End', 'ArrowLeft', 'ArrowUp', 'Enter'][roll(5)]!];
      if ((await dividers(page).count()) > 0) await dividers(page).nth(line).press(key);
    } else if (deed === 3) {
      await page.keyboard.press('Control+Shift+D');
      await expect(all).toHaveCount(count - 1);
    } else if (deed === 4) {
      await command(page, ['side by side', 'one above the other', 'in a grid', 'equally large'][roll(4)]!);
    } else {
      await page.setViewportSize({ width: 900 + 100 * roll(6), height: 600 + 50 * roll(6) });
    }
    await expectTiled(page);
    // Between those that can be seen there are lines to be moved.
    await expect.poll(async () => (await panes(page).count()) - (await dividers(page).count())).toBe(1);
  }
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 320, height: 640 } });

  test('one pane is shown at a time, and every other one can be reached', async ({ page, server }) => {
    await open(page, server);
    await type(page, 'echo the fi"rs"t');
    await activePane(page).getByRole('button', { name: 'Split below' }).click();
    await ready(page);
    await expect(panes(page)).toHaveCount(1);
    await expect(panes(page)).toContainText('2/2');
    await expect(panes(page)).not.toContainText('the first');
    await panes(page).getByRole('button', { name: 'Previous pane' }).click();
    await expect(panes(page)).toContainText('the first');
    for (let n = 0; n < 4; n += 1) {
      await page.getByRole('button', { name: 'New tab' }).click();
      await expect(tabs(page)).toHaveCount(n + 2);
      await ready(page);
    }
    await expect(shownTab(page)).toBeInViewport();
    await expect(page.getByRole('button', { name: 'New tab' })).toBeInViewport();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(320);
  });
});

test('who may only look is offered nothing that changes what others see', async ({ page, server, browser }) => {
  await open(page, server);
  await split(page, 'right');
  const extraHeaders = { authorization: `Bearer ${server.token}` };
  const socket = io(server.address('/'), { path: '/socket.io', extraHeaders, transports: ['websocket'] });
  const { workspace } = await socket.emitWithAck('session:init', {});
  const { share } = await socket.emitWithAck('share_create', { sessionId: workspace.activeSessionId, role: 'viewer' });
  socket.disconnect();

  const guest = await (await browser.newContext()).newPage();
  await guest.goto(server.address(share.url));
  await expect(panes(guest)).toHaveCount(2);
  await enter(page, 'echo seen by "all"');
  // The owner types in the new pane, wherever it stands in the guest's document.
  await expect(guest.getByRole('region', { name: 'Terminal 2/2' })).toContainText('seen by all');
  for (const name of [/New tab/, /Split/, /Close the/, /alone/]) await expect(guest.getByRole('button', { name })).toHaveCount(0);
  await expect(dividers(guest)).toHaveCount(0);
  await guest.keyboard.press('Control+Shift+E');
  await guest.keyboard.press('Control+Shift+P');
  await guest.getByRole('combobox', { name: 'Find a command' }).fill('pane');
  await expect(guest.getByRole('option', { name: 'Next pane' })).toBeVisible();
  await expect(guest.getByRole('option', { name: /Split|Close/ })).toHaveCount(0);
  await expect(panes(page)).toHaveCount(2);
  await guest.context().close();
});

test('whatever can be pressed has a name, and each name is told once', async ({ page, server }) => {
  await open(page, server);
  await newTab(page);
  await split(page, 'right');
  const nameless = await page.evaluate(() =>
    [...document.querySelectorAll('button, input, [role=tab], [role=separator]')]
      .filter((element) => (element as HTMLElement).offsetParent !== null)
      .filter((element) => !(element.getAttribute('aria-label') ?? element.textContent ?? '').trim())
      .map((element) => element.outerHTML.slice(0, 120)),
  );
  expect(nameless).toEqual([]);
  const twice = await page.evaluate(() => {
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    return ids.filter((id, at) => ids.indexOf(id) !== at);
  });
  expect(twice).toEqual([]);
  await expect(page.getByRole('region', { name: 'Terminal 1/2' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Terminal 2/2' })).toBeVisible();
});
