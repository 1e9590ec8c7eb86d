// A shell in which nothing happens: its end is announced, and put off by whoever types.
import { keyboard, open, screen, terminal } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ serverArgs: ['--idle-timeout', '8s'] });

test('an idle shell says when it will end, until somebody types', async ({ page, server }) => {
  await open(page, server);
  const note = terminal(page).getByText(/Nothing happens in this shell: it ends in [12] s unless you type/);
  await expect(note).toBeVisible();
  await keyboard(page).pressSequentially('still here');
  await expect(note).toBeHidden();
  await expect(screen(page)).toContainText('still here');
});
