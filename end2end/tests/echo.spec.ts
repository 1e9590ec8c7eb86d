// The latency a person feels, in the status bar.
import { open, screen, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

test('the status bar says how long keys take to be seen', async ({ page, server }) => {
  await open(page, server);
  await type(page, 'echo $((6*7))');
  await expect(screen(page)).toContainText('42');
  const echo = page.getByRole('contentinfo').getByText(/^echo p50 /);
  await expect(echo).toHaveText(/^echo p50 [\d.]+ m?s p99 [\d.]+ m?s$/);
});
