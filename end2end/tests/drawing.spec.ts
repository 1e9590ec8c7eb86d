// How letters and images come to the screen: by the document, as wide as the server thinks, and images when they come.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { open, screen, terminal, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

/** A red picture of 60 by 12 pixels, as PNG. */
const RED = 'iVBORw0KGgoAAAANSUhEUgAAADwAAAAMCAIAAACx5EmIAAAAI0lEQVR42mP4z8Aw5BDDqKNHHT3q6FFHjzp61NGjjh6qjgYA+bfNTxiFLwsAAAAASUVORK5CYII=';

/** How many pixels of the terminal's images are of a full red. */
const red = (page: Page) =>
  terminal(page).locator('canvas.xterm-image-layer').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at]! > 250 && data[at + 1] === 0 && data[at + 3] === 255) count++;
    return count;
  });

test('nothing that the first screen does without is loaded with it', async ({ page, server }) => {
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await open(page, server);
  await type(page, 'echo $((6*7))');
  await expect(screen(page)).toContainText('42');
  expect(loaded.filter((path) => /addon-(image|search|web-links)/.test(path))).toEqual([]);
});

test('the first image is drawn whole, and a program hears that it can draw', async ({ page, server }) => {
  await open(page, server);
  await type(page, String.raw`clear; printf '\e[c'; IFS= read -rs -t 2 -d c answer; echo "device ${'$'}{answer#?[?}"`);
  await expect(screen(page)).toContainText('device 62;4;9;22');
  // Six red rows of 60 pixels, twice: DCS q, a colour, 60 columns of all six pixels. Text on its line would take its place.
  await type(page, String.raw`printf '\eP0;1;0q#1;2;100;0;0#1!60~-#1!60~\e\\\n'; echo "after the "image`);
  await expect(screen(page)).toContainText('after the image');
  await expect.poll(() => red(page)).toBeGreaterThanOrEqual(60 * 12);
});

test('a picture as iTerm has it is drawn whole, even if it is the first', async ({ page, server }) => {
  await open(page, server);
  const picture = Buffer.from(RED, 'base64');
  writeFileSync(join(server.home, 'red.png'), picture);
  // As imgcat does it: the add-on takes no picture that does not say its size.
  await type(page, String.raw`clear; printf '\e]1337;File=inline=1;size=${picture.length}:%s\a\n' "$(base64 -w0 ~/red.png)"; echo "after the "image`);
  await expect(screen(page)).toContainText('after the image');
  await expect.poll(() => red(page)).toBe(60 * 12);
});

test('characters are as wide as the server takes them to be', async ({ page, server }) => {
  await open(page, server);
  // Each line ends at the column after its width: the bars stand below each other.
  const texts = ['👩‍👩‍👧', '🇯🇵', '❤️', 'ẹ́', '漢', '한', '👍🏽', 'ab'];
  await type(page, `PS1='$ '; clear; for t in ${texts.map((text) => `'${text}'`).join(' ')}; do printf '%s' "$t"; printf '\\e[6n'; IFS='[;' read -rs -d R _ row col; echo "|$col"; done`);
  const columns = [3, 3, 3, 2, 3, 3, 3, 3];
  await expect(screen(page)).toContainText(`ab|${columns.at(-1)}`);
  const lines = await screen(page).locator('> div').allInnerTexts();
  for (const [at, text] of texts.entries()) expect(lines.join('\n'), text).toContain(`|${columns[at]}`);
  const answers = lines.map((line) => /\|(\d+)$/.exec(line.trimEnd())?.[1]).filter(Boolean).map(Number);
  expect(answers).toEqual(columns);
});
