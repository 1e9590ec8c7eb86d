// Shells are started so that they mark their commands, and the home they are started in is as it was found.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { terminal } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';
import { enter } from '../fixtures/workspace.ts';

/** What is there anyway: what shells keep of their own accord (history, caches, fish's variables), and the server's data. */
const OWN = /^(\.bash_history$|\.cache\/|\.config\/fish\/fish_variables|\.local\/share\/fish\/|data\/)/;

/** The other files of a home, and what is in them. */
function files(home: string): Record<string, string> {
  const all = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = all.map((entry) => relative(home, join(entry.parentPath, entry.name))).filter((name) => !OWN.test(name));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(home, name), 'utf8')]));
}

for (const [shell, file, text] of [
  ['bash', '.bash_profile', `PS1='$ '\n`],
  ['zsh', '.zshrc', `PS1='$ '\n`],
  ['fish', '.config/fish/config.fish', `function fish_prompt; echo '$ '; end\n`],
] as const) {
  test.describe(shell, () => {
    test.use({ serverArgs: ['--shell', `${shell} -l`] });

    test(`${shell} marks its commands and leaves a home as it has found it`, async ({ page, server }) => {
      mkdirSync(dirname(join(server.home, file)), { recursive: true });
      writeFileSync(join(server.home, file), text);
      await page.goto(server.url);
      await enter(page, 'cd /usr');
      await expect(page.locator('.mark[data-command="succeeded"]')).toHaveCount(1);
      await enter(page, 'exit');
      await expect(terminal(page)).toContainText('The shell ended');
      expect(files(server.home)).toEqual({ [file]: text });
    });
  });
}
