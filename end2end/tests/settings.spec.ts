// What a person sets holds at once, for every terminal, and is still there after a reload.
import { keyboard, open, screen, terminal, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

test('settings are changed by keyboard, hold at once in every window and stay', async ({ page, server, context }) => {
  await open(page, server);
  const other = await context.newPage();
  await open(other, server);
  await page.bringToFront();
  await page.keyboard.press('Control+,');
  const dialog = page.getByRole('dialog', { name: 'Settings' });
  await expect(dialog).toBeVisible();
  await dialog.getByLabel('Font size').fill('20');
  await expect(screen(page)).toHaveCSS('font-size', '20px');
  await dialog.getByLabel('Font size').fill('900');
  await expect(dialog.getByLabel('Font size')).toHaveAttribute('aria-invalid', 'true');
  await expect(screen(page)).toHaveCSS('font-size', '20px');
  await dialog.getByLabel('Font size').fill('18');
  await dialog.getByLabel('Font family').fill('"DejaVu Sans Mono"');
  await expect(screen(page)).toHaveCSS('font-family', /^"DejaVu Sans Mono", /);
  await dialog.getByRole('combobox', { name: 'Cursor' }).selectOption('bar');
  await dialog.getByRole('combobox', { name: 'Colours' }).selectOption('light');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await dialog.getByRole('switch', { name: 'Tell output to screen readers' }).check();
  await expect(terminal(page).locator('.xterm-accessibility')).toBeAttached();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(screen(other)).toHaveCSS('font-size', '18px');
  await expect(other.locator('html')).toHaveAttribute('data-theme', 'light');

  // The first paint has the colours already: what brings the page to life never comes here.
  await other.route('**/*.wasm', (route) => route.abort());
  await other.reload();
  await expect(other.locator('html')).toHaveAttribute('data-theme', 'light');
  await other.close();

  await page.reload();
  await expect(screen(page)).toHaveCSS('font-size', '18px');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await keyboard(page).focus();
  await expect(terminal(page).locator('.xterm-cursor')).toHaveClass(/xterm-cursor-bar/);

  await page.getByRole('button', { name: 'Settings' }).click();
  await dialog.getByRole('button', { name: 'Restore the defaults' }).click();
  await expect(screen(page)).toHaveCSS('font-size', '13px');
});

test('programs have colours that fit those of the page', async ({ page, server }) => {
  await open(page, server);
  await type(page, String.raw`printf '\e[31m%s\e[0m\n' "sc"arlet`);
  const word = screen(page).getByText('scarlet', { exact: true });
  await page.keyboard.press('Control+,');
  const colours = page.getByRole('dialog', { name: 'Settings' }).getByRole('combobox', { name: 'Colours' });
  await colours.selectOption('light');
  await expect(word).toHaveCSS('color', 'rgb(179, 38, 30)');
  await colours.selectOption('dark');
  await expect(word).toHaveCSS('color', 'rgb(255, 123, 114)');
});

test('the tools are made wider and narrower by mouse and keys, within bounds, and stay so', async ({ page, server }) => {
  await open(page, server);
  const dock = page.getByRole('complementary', { name: 'Tools' });
  const edge = page.getByRole('separator', { name: 'Width of the tools' });
  const width = async () => Math.round((await dock.boundingBox())!.width);
  await expect(edge).toBeVisible();
  expect(await width()).toBe(460);
  const columns = terminal(page).getByText(/^\d+×\d+$/);
  const before = parseInt((await columns.textContent())!);
  const line = (await edge.boundingBox())!;
  await page.mouse.move(line.x + line.width / 2, line.y + 300);
  await page.mouse.down();
  await page.mouse.move(line.x + 80, line.y + 300, { steps: 5 });
  await page.mouse.up();
  await expect.poll(width).toBeLessThan(400);
  await expect.poll(async () => parseInt((await columns.textContent())!)).toBeGreaterThan(before);
  await edge.focus();
  await page.keyboard.press('Home');
  await expect.poll(width).toBe(300);
  await page.keyboard.press('ArrowLeft');
  await expect(edge).toHaveAttribute('aria-valuenow', '320');
  await page.reload();
  await expect.poll(width).toBe(320);
  await edge.focus();
  await page.keyboard.press('End');
  await expect.poll(width).toBe(640);
  await edge.dblclick();
  await expect.poll(width).toBe(460);
});

test('colours and tools are as they were left before the page is alive', async ({ page, server }) => {
  await open(page, server);
  const dock = page.getByRole('complementary', { name: 'Tools' });
  const edge = page.getByRole('separator', { name: 'Width of the tools' });
  await edge.focus();
  await page.keyboard.press('Home');
  await expect(edge).toHaveAttribute('aria-valuenow', '300');
  await page.getByRole('button', { name: 'Colours: system' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  // The part that would bring it to life never comes.
  await page.route('**/*.wasm', () => {});
  await page.reload({ waitUntil: 'commit' });
  await expect.poll(async () => Math.round((await dock.boundingBox())?.width ?? 0)).toBe(300);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');

  await page.evaluate(() => localStorage.setItem('aetherterm.dock', 'closed'));
  await page.reload({ waitUntil: 'commit' });
  await expect(page.locator('.app')).toHaveAttribute('data-dock', 'auto');
  await expect(dock).toBeHidden();
});

test('letters grow and shrink by key, and the shell learns of it', async ({ page, server }) => {
  await open(page, server);
  for (let n = 0; n < 5; n++) await page.keyboard.press('Control+=');
  await expect(screen(page)).toHaveCSS('font-size', '18px');
  const size = terminal(page).getByText(/^\d+×\d+$/);
  await expect(async () => {
    const [cols, rows] = ((await size.textContent()) ?? '').split('×');
    await type(page, 'clear; stty size');
    await expect(screen(page)).toContainText(`${rows} ${cols}`, { timeout: 1_000 });
  }).toPass();
  await page.keyboard.press('Control+-');
  await expect(screen(page)).toHaveCSS('font-size', '17px');
  await page.keyboard.press('Control+0');
  await expect(screen(page)).toHaveCSS('font-size', '13px');
});

test('what was kept and does not fit is left out and named', async ({ page, server }) => {
  const warnings: string[] = [];
  page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()));
  await page.addInitScript(() => {
    localStorage.setItem('aetherterm.font-size', 'huge');
    localStorage.setItem('aetherterm.cursor', 'bar');
  });
  await open(page, server);
  await expect(screen(page)).toHaveCSS('font-size', '13px');
  await expect(terminal(page).locator('.xterm-cursor')).toHaveClass(/xterm-cursor-bar/);
  expect(warnings.filter((text) => text.includes('aetherterm.'))).toEqual([
    'aetherterm.font-size holds "huge", which is no value of this setting: it is left out.',
  ]);
});

test('a program names its window and says how far it is', async ({ page, server }) => {
  await open(page, server);
  await type(page, String.raw`PS1='$ '; printf '\e]2;the title\a\e]9;4;1;42\a'`);
  await expect(page).toHaveTitle('42% the title – AetherTerm');
  await expect(terminal(page).getByRole('progressbar', { name: 'Progress' })).toHaveAttribute('aria-valuenow', '42');
  await expect(page.getByRole('tab', { name: 'the title' }).getByRole('progressbar')).toHaveAttribute('data-state', 'running');
  await type(page, String.raw`printf '\e]9;4;2;42\a'`);
  await expect(terminal(page).getByRole('progressbar')).toHaveAttribute('data-state', 'failed');
  await type(page, String.raw`printf '\e]9;4;0\a'`);
  await expect(terminal(page).getByRole('progressbar')).toBeHidden();
  await expect(page).toHaveTitle('the title – AetherTerm');
});
