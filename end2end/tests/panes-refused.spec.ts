// What a pane is refused, in the language of who reads it: what was wrong, and what to do.
import type { Page } from '@playwright/test';
import { people, person, share } from '../fixtures/people.ts';
import { open } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

const LANGUAGES = [
  {
    locale: 'en-US',
    noShell: 'No shell was opened. There are as many shells as there may be. Close a pane, then try again.',
    again: 'Try again',
    noInput: "The input was not taken. Your role does not allow this. Ask the session's owner.",
  },
  {
    locale: 'ja-JP',
    noShell: 'シェルを開けませんでした。シェルの数が上限に達しています。ペインを一つ閉じてから、もう一度お試しください。',
    again: '再試行',
    noInput: '入力は受け付けられませんでした。あなたの役割では許可されていません。所有者に依頼してください。',
  },
];

/** Waits for the prompt of the pane that keys go to, whatever language its texts are in. */
async function prompted(page: Page): Promise<void> {
  const pane = page.locator('.pane[data-active]:visible');
  await expect(pane).toHaveAttribute('data-state', 'live');
  await expect(pane.locator('.xterm-rows')).toContainText(/[#$] ?/);
}

for (const { locale, noShell, again, noInput } of LANGUAGES) {
  test.describe(`in ${locale}`, () => {
    test.use({ locale, serverArgs: ['--max-terminals', '1'] });

    test('a shell too many is refused in words, and comes when there is room', async ({ page, server }) => {
      await page.goto(server.url);
      await prompted(page);
      await page.keyboard.press('Control+Shift+E');
      const refused = page.locator('.pane[data-state=failed]');
      await expect(refused).toContainText(noShell);
      await page.keyboard.press('Alt+Shift+ArrowLeft');
      await expect(page.locator('.pane').first().locator('.xterm-helper-textarea')).toBeFocused();
      await page.keyboard.press('Control+Shift+D');
      await expect(page.locator('.pane')).toHaveCount(1);
      // Its shell takes a moment to end.
      await expect(async () => {
        await refused.getByRole('button', { name: again }).click({ timeout: 1_000 });
        await expect(page.locator('.pane[data-state=live]')).toHaveCount(1, { timeout: 2_000 });
      }).toPass({ timeout: 20_000 });
      await expect(page.getByText(noShell)).toHaveCount(0);
    });
  });

  test(`input of who may not type is refused in words, in ${locale}`, async ({ page, server, browser }) => {
    await open(page, server);
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale });
    const guest = await context.newPage();
    // The network takes the news away: the page goes on as if it might type.
    await guest.routeWebSocket(/socket\.io/, (socket) => {
      const upstream = socket.connectToServer();
      upstream.onMessage((message) => {
        if (!String(message).startsWith('42["user:updated"')) socket.send(message);
      });
    });
    await guest.goto(await share(page, { role: 'collaborator' }));
    await prompted(guest);
    await people(page);
    await person(page, /Guest/).getByRole('combobox').selectOption('viewer');
    await expect(person(page, /Guest/).getByRole('combobox')).toHaveValue('viewer');
    await guest.locator('.pane__screen').click();
    await guest.keyboard.type('x');
    await expect(guest.locator('.pane')).toContainText(noInput);
    await context.close();
  });
}
