// A shell is ended by its name in the palette, or lost: its screen stays, and another takes its place.
import { execFileSync } from 'node:child_process';
import { open, screen, terminal, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';
import { command, panes, ready } from '../fixtures/workspace.ts';

test('a shell is ended by command, leaves its last screen and makes room for another', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'KEPT=42; echo last-$KEPT');
  await expect(screen(page)).toContainText('last-42');
  await command(page, 'End the shell');
  await expect(panes(page)).toHaveAttribute('data-state', 'ended');
  await expect(screen(page)).toContainText('last-42');
  // What has ended cannot be ended again.
  await page.keyboard.press('Control+Shift+P');
  await page.getByRole('combobox', { name: 'Find a command' }).fill('End the shell');
  await expect(page.getByRole('option', { name: 'End the shell' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await terminal(page).getByRole('button', { name: 'New shell' }).click();
  await ready(page);
  await type(page, 'echo anew-${KEPT:-none}');
  await expect(screen(page)).toContainText('anew-none');
});

test('who ends a shell in which a command runs is asked first', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'sleep 987');
  await expect(page.locator('.mark[data-command="running"]')).toHaveCount(1);
  await command(page, 'End the shell');
  const question = page.getByRole('alertdialog', { name: 'End the shell and what runs in it?' });
  await expect(question).toContainText('Still running: sleep 987');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(panes(page)).toHaveAttribute('data-state', 'live');
  await command(page, 'End the shell');
  await question.getByRole('button', { name: 'End the shell' }).click();
  await expect(panes(page)).toHaveAttribute('data-state', 'ended');
});

test('shells whose host is killed are lost, which the page says, and another can be had', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'KEPT=42; echo last-$KEPT');
  await expect(screen(page)).toContainText('last-42');
  await expect(panes(page)).toHaveAttribute('data-state', 'live');
  // The one process that the server has started.
  const host = execFileSync('pgrep', ['-P', String(server.process.pid)], { encoding: 'utf8' });
  process.kill(Number(host), 'SIGKILL');
  await expect(panes(page)).toHaveAttribute('data-state', 'ended');
  await expect(terminal(page).getByRole('status')).toContainText('The shell is lost: what ran it has failed.');
  await expect(screen(page)).toContainText('last-42');
  await terminal(page).getByRole('button', { name: 'New shell' }).click();
  await ready(page);
  await type(page, 'echo anew-${KEPT:-none}');
  await expect(screen(page)).toContainText('anew-none');
  await expect(terminal(page).getByRole('status')).not.toContainText('lost');
});
