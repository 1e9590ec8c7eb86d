// A disk that does not take what people change: whoever is there sees it, and sees when it is over.
import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server } from '../fixtures/server.ts';
import { keyboard, open, screen } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

test('while nothing can be stored the status bar says so, and the terminal goes on', async ({ page }) => {
  const home = mkdtempSync(join(tmpdir(), 'aetherterm-storage-'));
  // No file can have the name of a directory.
  const obstacle = join(home, 'data/aetherterm.db');
  mkdirSync(obstacle, { recursive: true });
  const server = await Server.start({ home });
  try {
    await open(page, server);
    const said = page.getByRole('contentinfo', { name: 'Status' }).getByRole('status').filter({ hasText: /./ });
    await expect(said).toHaveText('nothing is saved');
    await expect(said).toHaveAttribute('title', /lost when the server ends/);
    await keyboard(page).pressSequentially('echo $((6*7))\n');
    await expect(screen(page)).toContainText('42');

    rmdirSync(obstacle);
    await expect(said).toBeHidden({ timeout: 20_000 });
  } finally {
    expect(await server.stop()).toBe(0);
    server.endShells();
    rmSync(home, { recursive: true, force: true });
  }
});
