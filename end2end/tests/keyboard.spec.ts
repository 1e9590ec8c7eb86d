// The page by keyboard alone: keys that no shell misses, and everything they lead to.
import { open, screen, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';
import { panes, places, ready } from '../fixtures/workspace.ts';

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

test('a pane is made wider, narrower, taller and shorter from within its shell, which sees none of it', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'cat -v');
  await page.keyboard.press('Control+Shift+E');
  await expect(panes(page)).toHaveCount(2);
  await ready(page);
  await page.keyboard.press('Control+Shift+O');
  await expect(panes(page)).toHaveCount(3);
  await ready(page);
  await page.keyboard.press('Alt+Shift+ArrowLeft');
  // In hundredths: what a divider takes is less.
  const shares = async () => {
    const [left, above] = await places(page);
    return [left!.width, above!.height].map((share) => Math.round(share * 100) / 100);
  };
  await expect.poll(shares).toEqual([0.5, 0.5]);
  await page.keyboard.press('Control+Shift+ArrowRight');
  await page.keyboard.press('Control+Shift+ArrowRight');
  await expect.poll(shares).toEqual([0.6, 0.5]);
  await page.keyboard.press('Control+Shift+ArrowLeft');
  await expect.poll(shares).toEqual([0.55, 0.5]);
  // No line lies above or below it.
  await page.keyboard.press('Control+Shift+ArrowDown');
  await page.keyboard.type('seen');
  await page.keyboard.press('Enter');
  await expect(panes(page).first()).toContainText(/cat -v\s*seen\s*seen/);
  await page.keyboard.press('Alt+Shift+ArrowRight');
  await ready(page);
  await page.keyboard.press('Control+Shift+ArrowDown');
  await expect.poll(shares).toEqual([0.55, 0.55]);
  await page.keyboard.press('Control+Shift+ArrowUp');
  await page.keyboard.press('Control+Shift+ArrowUp');
  await expect.poll(shares).toEqual([0.55, 0.45]);
  // Every window has it so.
  await page.reload();
  await expect(panes(page)).toHaveCount(3);
  await expect.poll(shares).toEqual([0.55, 0.45]);
});

test('in a field the arrows select by word, and no pane changes', async ({ page, server }) => {
  await open(page, server);
  await page.keyboard.press('Control+Shift+E');
  await expect(panes(page)).toHaveCount(2);
  await ready(page);
  const before = await places(page);
  await page.keyboard.press('Control+Shift+Y');
  const field = page.getByRole('textbox', { name: 'Write a message' });
  await field.fill('one two');
  await page.keyboard.press('Control+Shift+ArrowLeft');
  expect(await field.evaluate((field: HTMLTextAreaElement) => field.value.slice(field.selectionStart, field.selectionEnd))).toBe('two');
  expect(await places(page)).toEqual(before);
});
