// What a browser has to fetch before there is a prompt, and what comes after it.
import type { Page } from '@playwright/test';
import { open, screen, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';
import { message } from '../fixtures/wire.ts';

/** Of WASM, JavaScript and CSS, as compressed as they travel. */
const BUDGET = 420_000;

const LATER = /\/pkg\/later-[0-9a-f]{16}\.wasm$/;

/** Asks for a file of the page in vain, from now on. */
async function withhold(page: Page): Promise<void> {
  await page.route(LATER, (route) => route.abort());
}

/** Keeps that file back until what it returns is called. */
async function delay(page: Page): Promise<() => void> {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(LATER, async (route) => {
    await held;
    await route.continue();
  });
  return release;
}

test.describe('before the first prompt', () => {
  test('the code of the page fits its budget', async ({ page, server }) => {
    await open(page, server);
    const loaded = await page.evaluate(() => {
      const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
      const own = entries.filter((entry) => /\/pkg\/.*\.(js|wasm|css)$/.test(entry.name));
      return own.map((entry) => ({ name: new URL(entry.name).pathname, bytes: entry.encodedBodySize }));
    });
    const first = loaded.filter(({ name }) => !LATER.test(name));
    const bytes = first.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(first.map(({ name }) => name)).toContain('/pkg/aetherterm.wasm');
    expect(first.filter(({ bytes }) => bytes === 0)).toEqual([]);
    expect(bytes, JSON.stringify(first)).toBeLessThanOrEqual(BUDGET);
  });

  test('the tools and the dialogs are not fetched', async ({ page, server }) => {
    // From then on the page waits for the shell, and may as well fetch something.
    let begun = false;
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => (begun ||= message(payload)?.event === 'terminal:created')),
    );
    const early: string[] = [];
    page.on('request', (request) => {
      if (LATER.test(request.url()) && !begun) early.push(request.url());
    });
    await open(page, server);
    await expect(page.getByRole('tabpanel', { name: 'Socket Monitor' })).toContainText('round trip');
    expect(early).toEqual([]);
  });
});

test.describe('what comes later', () => {
  test('a dialog that is asked for before it is there opens when it comes', async ({ page, server }) => {
    const release = await delay(page);
    await open(page, server);
    await page.getByRole('button', { name: 'Settings' }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    release();
    await expect(page.getByRole('dialog', { name: 'Settings' })).toBeVisible();
  });

  test('what is typed ahead of a dialog reaches the dialog and not the shell', async ({ page, server }) => {
    const release = await delay(page);
    await open(page, server);
    await type(page, 'cat -v');
    await page.keyboard.press('Control+Shift+P');
    await page.keyboard.type('tracez');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('s');
    await page.keyboard.press('Enter');
    release();
    await expect(page.getByRole('tabpanel', { name: 'Traces' })).toBeVisible();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    // Whatever had reached the shell would stand here.
    await type(page, 'seen');
    await expect(screen(page)).toContainText(/cat -v\s*seen\s*seen/);
  });

  test('a key that comes as the dialog opens stays behind what was typed ahead of it', async ({ page, server }) => {
    await page.addInitScript(() => {
      const open = HTMLDialogElement.prototype.showModal;
      HTMLDialogElement.prototype.showModal = function () {
        open.call(this);
        const enter = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true });
        document.activeElement?.dispatchEvent(enter);
      };
    });
    const release = await delay(page);
    await open(page, server);
    await page.keyboard.press('Control+Shift+P');
    await page.keyboard.type('traces');
    release();
    await expect(page.getByRole('tabpanel', { name: 'Traces' })).toBeVisible();
    await expect(page.getByRole('dialog')).toHaveCount(0);
  });

  test('who waits for a dialog no longer types into the shell again', async ({ page, server }) => {
    const release = await delay(page);
    await open(page, server);
    await page.keyboard.press('Control+Shift+P');
    await page.keyboard.type('lost');
    await page.keyboard.press('Escape');
    await page.keyboard.type('echo $((6*7))');
    await page.keyboard.press('Enter');
    await expect(screen(page)).toContainText('42');
    release();
  });

  test.describe('when it cannot be fetched', () => {
    test.use({ expectedConsoleErrors: [/net::ERR_FAILED|Failed to fetch/] });

    test('a tool says so, and comes with another attempt', async ({ page, server }) => {
      await withhold(page);
      await open(page, server);
      const panel = page.getByRole('tabpanel', { name: 'Socket Monitor' });
      await expect(panel.getByRole('alert')).toContainText('could not be fetched');
      await page.unroute(LATER);
      await panel.getByRole('button', { name: 'Try again' }).click();
      await expect(panel).toContainText('round trip');
      await expect(panel.getByRole('alert')).toHaveCount(0);
    });

    test('a dialog says so, and opens with another attempt', async ({ page, server }) => {
      await withhold(page);
      await open(page, server);
      await expect(page.getByRole('alert').filter({ hasText: 'could not be fetched' })).toHaveCount(1);
      await page.getByRole('button', { name: 'Settings' }).click();
      await expect(page.getByRole('list', { name: 'Notices' })).toContainText('could not be fetched');
      await page.unroute(LATER);
      await page.getByRole('button', { name: 'Settings' }).click();
      await expect(page.getByRole('dialog', { name: 'Settings' })).toBeVisible();
    });
  });
});
