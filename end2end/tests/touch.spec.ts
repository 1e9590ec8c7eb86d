// Tabs and dividers under a finger, by real touches.
import type { CDPSession, Locator, Page } from '@playwright/test';
import { open } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';
import { dividers, panes, ready, split, tabs } from '../fixtures/workspace.ts';

test.use({ hasTouch: true });

interface Point {
  x: number;
  y: number;
}

/** A finger on the page. */
class Finger {
  private constructor(private readonly session: CDPSession) {}

  static async of(page: Page): Promise<Finger> {
    return new Finger(await page.context().newCDPSession(page));
  }

  down = (at: Point) => this.touch('touchStart', [at]);
  up = () => this.touch('touchEnd', []);

  /** Moves in small steps, as fingers do. */
  async move(from: Point, to: Point): Promise<void> {
    for (let step = 1; step <= 8; step += 1) {
      const part = step / 8;
      await this.touch('touchMove', [{ x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }]);
    }
  }

  private touch(type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: Point[]) {
    return this.session.send('Input.dispatchTouchEvent', { type, touchPoints });
  }
}

async function middle(of: Locator): Promise<Point> {
  const { x, y, width, height } = (await of.boundingBox())!;
  return { x: x + width / 2, y: y + height / 2 };
}

const order = (page: Page) => tabs(page).evaluateAll((all) => all.map((tab) => tab.id));

async function openTabs(page: Page, count: number): Promise<string[]> {
  for (let n = 1; n < count; n += 1) {
    await page.getByRole('button', { name: 'New tab' }).tap();
    await expect(tabs(page)).toHaveCount(n + 1);
    await ready(page);
  }
  return order(page);
}

test('a finger that rests on a tab takes it along, and Escape lets it go back', async ({ page, server }) => {
  await open(page, server);
  const [first, second, third] = await openTabs(page, 3);
  const finger = await Finger.of(page);
  const lifted = page.locator('.tab[data-dragged]');
  const [from, to] = [await middle(tabs(page).first()), await middle(tabs(page).nth(2))];
  const beyond = { x: to.x + 20, y: to.y + 60 };
  await finger.down(from);
  await expect(lifted).toHaveCount(1);
  await finger.move(from, beyond);
  await page.keyboard.press('Escape');
  await expect(lifted).toHaveCount(0);
  await finger.up();
  expect(await order(page)).toEqual([first, second, third]);

  await finger.down(from);
  await expect(lifted).toHaveCount(1);
  await finger.move(from, beyond);
  await finger.up();
  await expect.poll(() => order(page)).toEqual([second, third, first]);
  await expect(lifted).toHaveCount(0);
});

test('a finger that moves at once scrolls the tabs, and takes none along', async ({ page, server }) => {
  await page.setViewportSize({ width: 420, height: 640 });
  await open(page, server);
  const before = await openTabs(page, 4);
  const row = page.getByRole('tablist', { name: 'Tabs' });
  const scrolled = () => row.evaluate((row) => row.scrollLeft);
  await expect.poll(scrolled).toBeGreaterThan(0);
  const finger = await Finger.of(page);
  const from = await middle(row);
  await finger.down(from);
  await finger.move(from, { x: from.x + 400, y: from.y });
  await finger.up();
  await expect.poll(scrolled).toBe(0);
  expect(await order(page)).toEqual(before);
});

test('a divider follows a finger', async ({ page, server }) => {
  await open(page, server);
  await split(page, 'right');
  const finger = await Finger.of(page);
  const from = await middle(dividers(page));
  await finger.down(from);
  await finger.move(from, { x: from.x + 100, y: from.y });
  await finger.up();
  await expect(dividers(page)).not.toHaveAttribute('aria-valuenow', '50');
  const [left, right] = [(await panes(page).first().boundingBox())!, (await panes(page).nth(1).boundingBox())!];
  expect(left.width - right.width).toBeGreaterThan(150);
});
