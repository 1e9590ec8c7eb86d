// The page by keyboard alone: keys that no shell misses, and everything they lead to.
import { open, screen, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

test('the dock opens and closes by a key that the shell does not see', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'cat -v');
  const dock = page.getByRole('complementary');
  await expect(dock).toBeVisible();
  await page.keyboard.press('Control+Shift+M');
  await expect(dock).toBeHidden();
  await page.keyboard.press('Control+Shift+M');
  await expect(dock).toBeVisible();
  // Whatever the keys had sent would stand here, made visible.
  await page.keyboard.type('seen');
  await page.keyboard.press('Enter');
  await expect(screen(page)).toContainText(/cat -v\s*seen\s*seen/);
});

test('the tools of the dock are tabs that the arrow keys go through', async ({ page, server }) => {
  await open(page, server);
  await page.getByRole('tab', { name: 'Socket Monitor' }).focus();
  await page.keyboard.press('ArrowRight');
  const traces = page.getByRole('tab', { name: 'Traces' });
  await expect(traces).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(traces).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('tabpanel', { name: 'Traces' })).toBeVisible();
  await expect(page.getByRole('tabpanel', { name: 'Socket Monitor' })).toBeHidden();
});

test('a command is found by its name, run, and leaves the focus in the terminal', async ({ page, server }) => {
  await open(page, server);
  await page.keyboard.press('Control+Shift+P');
  const palette = page.getByRole('dialog', { name: 'Commands' });
  await expect(palette.getByRole('combobox')).toBeFocused();
  await page.keyboard.type('traces');
  await page.keyboard.press('Enter');
  await expect(palette).toBeHidden();
  await expect(page.getByRole('tabpanel', { name: 'Traces' })).toBeVisible();

  await page.keyboard.press('Control+Shift+P');
  await page.keyboard.press('Escape');
  await expect(palette).toBeHidden();
  await page.keyboard.type('echo $((6*7))');
  await page.keyboard.press('Enter');
  await expect(screen(page)).toContainText('42');
});
