// Letters that the graphics card draws. Playwright allows Chromium a program in its place, so every machine has one.
import type { Page } from '@playwright/test';
import { screen, terminal, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

const notice = (page: Page) => page.getByText('WebGL is not available here: the page draws the letters itself.');

/** How many pixels of the terminal are red, as a person sees it. */
async function red(page: Page): Promise<number> {
  const picture = await terminal(page).screenshot();
  return page.evaluate(async (picture) => {
    const bytes = Uint8Array.from(atob(picture), (c) => c.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
    canvas.drawImage(bitmap, 0, 0);
    const { data } = canvas.getImageData(0, 0, bitmap.width, bitmap.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at] === 255 && data[at + 1] === 0 && data[at + 2] === 0) count++;
    return count;
  }, picture.toString('base64'));
}

test.beforeEach(({ page }) => page.addInitScript(() => localStorage.setItem('aetherterm.renderer', 'webgl')));

test('WebGL draws where it is asked for, and the document when its context goes', async ({ page, server }) => {
  await page.goto(server.url);
  await expect(page).not.toHaveURL(/token=/);
  const canvases = terminal(page).locator('.xterm-screen canvas');
  await expect(canvases.last()).toBeVisible();
  // The document draws nothing meanwhile: what is seen of twenty red cells is WebGL's.
  await expect(screen(page)).toHaveCount(0);
  await type(page, String.raw`clear; printf '\e[48;2;255;0;0m%20s\e[m\n'; echo $((6*7))`);
  await expect.poll(() => red(page)).toBeGreaterThan(20 * 50);

  await canvases.evaluateAll((all: HTMLCanvasElement[]) => {
    for (const canvas of all) canvas.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext();
  });
  // The add-on waits three seconds for the context to come back.
  await expect(notice(page)).toBeVisible();
  await expect(screen(page)).toContainText('42');
});

test('where there is no WebGL, the page says so and draws the letters itself', async ({ page, server }) => {
  await page.addInitScript(() => {
    const { getContext } = HTMLCanvasElement.prototype;
    HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, ...more: any[]) {
      return kind.startsWith('webgl') ? null : getContext.call(this, kind as '2d', ...more);
    } as typeof getContext;
  });
  await page.goto(server.url);
  await expect(notice(page)).toBeVisible();
  await type(page, 'echo $((6*7))');
  await expect(screen(page)).toContainText('42');
});
