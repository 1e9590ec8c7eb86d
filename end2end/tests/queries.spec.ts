// What programs ask their terminal: of several pages that show it, one answers.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { open, screen, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';
import { message } from '../fixtures/wire.ts';

/** Asks where the cursor is, what the terminal is, and for the colour of the ground; then reads until a full stop. */
const ASK = String.raw`
stty -echo -icanon
printf '\e[6n\e[c\e]11;?\e\\'
echo "$1 is asked"
IFS= read -rd . answer
stty sane
printf '%s\n' "$1 is told <$(printf %s "$answer" | cat -v)>"
`;

/** Each of the three answers once: CPR, DA1, OSC 11. */
const ANSWERS = String.raw`\^\[\[\d+;\d+R\^\[\[\?62;4;9;22c\^\[\]11;rgb:[0-9a-f]{4}/[0-9a-f]{4}/[0-9a-f]{4}\^\[\\`;

/** What a page sends as input, from now on; to be called before it connects. */
function inputs(page: Page): string[] {
  const seen: string[] = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const sent = message(payload);
      if (sent?.event === 'terminal:input') seen.push(sent.body.data);
    }),
  );
  return seen;
}

test('of two pages the one that was typed into last answers, and the other is silent', async ({ page, server, context }) => {
  const other = await context.newPage();
  const sides = [page, other].map((page) => ({ page, sent: inputs(page) }));
  writeFileSync(join(server.home, 'ask'), ASK);
  for (const { page } of sides) await open(page, server);

  for (const [round, [typing, silent]] of [[0, 1], [1, 0], [0, 1]].entries()) {
    const [asked, watching] = [sides[typing!]!, sides[silent!]!];
    const before = watching.sent.length;
    await type(asked.page, `. ~/ask ${round}`);
    // Whoever shows this has read the questions, and what it had to say to them is on its way.
    for (const { page } of sides) await expect(screen(page)).toContainText(`${round} is asked`);
    await asked.page.keyboard.press('.');
    for (const { page } of sides) await expect(screen(page)).toContainText(new RegExp(`${round} is told <${ANSWERS}>`));
    expect(watching.sent.slice(before), `what the silent page sent in round ${round}`).toEqual([]);
    expect(asked.sent.filter((data) => data.startsWith('\x1b')), 'what the other has answered').toHaveLength(3);
    asked.sent.length = 0;
  }
});
