// Looking for text in what a terminal shows and has shown.
import { keyboard, open, screen, select, terminal, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

test('text is found, counted and stepped through by keyboard', async ({ page, server }) => {
  await open(page, server);
  await type(page, "clear; printf 'needle %s\\n' one two THREE; seq 200; echo Needle; echo 'the 'end");
  await expect(screen(page)).toContainText('the end');
  await page.keyboard.press('Control+Shift+F');
  const bar = page.getByRole('search');
  const field = bar.getByRole('textbox');
  await expect(field).toBeFocused();
  const [over, rows] = [(await bar.boundingBox())!, (await screen(page).boundingBox())!];
  expect(over.y + over.height).toBeLessThanOrEqual(rows.y);
  // Typed faster than what searches is loaded.
  await page.keyboard.type('needle');
  // Three lines and one more with a capital letter; the newest is shown first.
  await expect(bar.getByRole('status')).toHaveText('4 / 4');
  await page.keyboard.press('Enter');
  await expect(bar.getByRole('status')).toHaveText('3 / 4');
  await expect(screen(page)).toContainText('needle THREE');
  await page.keyboard.press('Shift+Enter');
  await expect(bar.getByRole('status')).toHaveText('4 / 4');

  await bar.getByRole('button', { name: 'Match case' }).click();
  await expect(bar.getByRole('status')).toHaveText(/\d \/ 3/);
  await bar.getByRole('button', { name: 'Regular expression' }).click();
  await field.fill('needle (one|two)');
  await expect(bar.getByRole('status')).toHaveText(/\d \/ 2/);
  await field.fill('needle (');
  await expect(bar.getByRole('status')).toHaveText('not a pattern');
  await field.fill('haystack');
  await expect(bar.getByRole('status')).toHaveText('none');

  await page.keyboard.press('Escape');
  await expect(bar).toBeHidden();
  await expect(terminal(page).locator('.xterm-find-result-decoration')).toHaveCount(0);
  await expect(keyboard(page)).toBeFocused();
});

test('what is selected is what is looked for', async ({ page, server }) => {
  await open(page, server);
  await type(page, "clear; echo unique-$((6*7))");
  await select(page, 'unique-42');
  await page.keyboard.press('Control+Shift+F');
  await expect(page.getByRole('search').getByRole('textbox')).toHaveValue('unique-42');
  await page.keyboard.press('Control+Shift+F');
  await expect(terminal(page).getByRole('search')).toHaveCount(1);
});
