// A paste arrives as it was: whole, in order, unable to act by itself, and visibly when it takes long.
import { createHash } from 'node:crypto';
import { allow, paste } from '../fixtures/clipboard.ts';
import { keyboard, open, screen, terminal, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

test.beforeEach(({ context }) => allow(context));

/** Lines of ASCII, Japanese and emoji, `bytes` of them, that look random and are the same each time. */
function document(bytes: number): string {
  const words = ['lorem', '日本語', 'ipsum\t', '🦀', 'é', '0123456789'];
  let [text, length, seed] = ['', 0, 7];
  const parts: string[] = [];
  while (length < bytes - 40) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    text = `${words[(seed >> 8) % words.length]}${seed.toString(36)}${seed % 5 === 0 ? '\n' : ' '}`;
    parts.push(text);
    length += Buffer.byteLength(text);
  }
  return parts.join('') + 'x'.repeat(bytes - length);
}

test('ten megabytes arrive byte by byte, with progress', async ({ page, server }) => {
  test.setTimeout(120_000);
  const BYTES = 10_000_000;
  const text = document(BYTES);
  const sent = text.replaceAll('\n', '\r');
  await open(page, server);
  await type(page, `stty raw -echo; head -c ${BYTES} | sha256sum; stty sane`);
  await expect(terminal(page).locator('.xterm-rows')).toContainText('stty sane');
  await paste(page, text);
  const dialog = page.getByRole('dialog', { name: /^Paste [\d,]+ lines\?$/ });
  await dialog.getByRole('button', { name: 'Paste' }).click();
  await expect(terminal(page).getByRole('progressbar')).toBeVisible();
  await expect(terminal(page)).toContainText(/Pasting [\d.]+ \/ 10.0 MB/);
  // What is typed meanwhile stands behind it.
  await keyboard(page).focus();
  await page.keyboard.type('echo behind\r');
  await expect(screen(page)).toContainText(createHash('sha256').update(sent).digest('hex'), { timeout: 100_000 });
  await expect(screen(page)).toContainText('behind');
  await expect(terminal(page).getByRole('progressbar')).toBeHidden();
});

test('a paste can be cancelled, and the terminal goes on', async ({ page, server }) => {
  await open(page, server);
  // Nobody reads: the paste has to wait.
  await type(page, 'stty raw -echo; sleep 2; head -c 100000 | wc -c; stty sane; read -t 1 -n 100000');
  await paste(page, document(5_000_000));
  await page.getByRole('dialog').getByRole('button', { name: 'Paste' }).click();
  await page.getByRole('button', { name: 'Cancel the paste' }).click();
  await expect(terminal(page).getByRole('progressbar')).toBeHidden();
  await expect(terminal(page)).not.toContainText('Pasting');
});

test('a prompt that takes a paste as a whole runs none of it', async ({ page, server }) => {
  await open(page, server);
  await paste(page, 'echo one-$((1+1))\necho two-$((1+2))\n');
  await expect(screen(page)).toContainText('echo two-$((1+2))');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(screen(page)).not.toContainText('two-3');
  await page.keyboard.press('Enter');
  await expect(screen(page)).toContainText('two-3');
});

test('a paste cannot leave its brackets or act by itself', async ({ page, server }) => {
  await open(page, server);
  await paste(page, 'echo safe\u001b[201~\u0003\u0004; echo $((40+2))\n');
  await expect(screen(page)).toContainText('safe[201~; echo $((40+2))');
  await expect(screen(page)).not.toContainText('42');
});

test('lines for a prompt without brackets are asked about, until one says not to', async ({ page, server }) => {
  await open(page, server);
  await type(page, "bind 'set enable-bracketed-paste off'");
  await paste(page, 'echo a-$((1+1))\necho b-$((1+2))\n');
  const dialog = page.getByRole('dialog', { name: 'Paste 2 lines?' });
  await expect(dialog).toContainText('echo a-$((1+1))');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(keyboard(page)).toBeFocused();
  await expect(screen(page)).not.toContainText('a-2');

  await paste(page, 'echo a-$((1+1))\necho b-$((1+2))\n');
  await dialog.getByLabel('Do not ask again').check();
  await dialog.getByRole('button', { name: 'Paste' }).click();
  await expect(screen(page)).toContainText('b-3');

  await page.reload();
  await expect(screen(page)).toContainText('b-3');
  await paste(page, 'echo c-$((1+3))\n');
  await expect(screen(page)).toContainText('c-4');
});

test('a line that the kernel would cut is warned of', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'cat > /dev/null');
  await paste(page, 'x'.repeat(5_000));
  await expect(page.getByRole('dialog')).toContainText('A line is longer than 4,095 bytes.');
});

test.describe('where a server takes little at a time', () => {
  test.use({ serverArgs: ['--max-input', '1KiB', '--input-rate', '100'] });

  test('a paste arrives all the same, byte by byte', async ({ page, server }) => {
    const BYTES = 300_000;
    const text = document(BYTES);
    await open(page, server);
    await type(page, `stty raw -echo; head -c ${BYTES} | sha256sum; stty sane`);
    await expect(terminal(page).locator('.xterm-rows')).toContainText('stty sane');
    await paste(page, text);
    await page.getByRole('dialog', { name: /^Paste [\d,]+ lines\?$/ }).getByRole('button', { name: 'Paste' }).click();
    const expected = createHash('sha256').update(text.replaceAll('\n', '\r')).digest('hex');
    await expect(screen(page)).toContainText(expected, { timeout: 30_000 });
    // A page that takes output faster than it may say so is sent the rest of it all the same.
    await type(page, 'seq 3000000 | tee /dev/null; echo all-$((6*7))');
    await expect(screen(page)).toContainText('all-42', { timeout: 30_000 });
  });
});
