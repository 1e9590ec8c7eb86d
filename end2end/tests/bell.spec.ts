// The bell: the pane that rings is shown for a moment, and no other.
import type { Page } from '@playwright/test';
import { open } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';
import { activePane, enter, panes, split } from '../fixtures/workspace.ts';

/** Counts from now on how often each pane begins and ceases to ring, by its name: too short a moment to be looked for. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    const note = ({ target }: MutationRecord) => {
      const pane = target as Element;
      heard.push(`${pane.getAttribute('aria-label')} ${pane.hasAttribute('data-ringing') ? 'rings' : 'is silent'}`);
    };
    new MutationObserver((changes) => changes.forEach(note)).observe(document, { subtree: true, attributeFilter: ['data-ringing'] });
  });
  return () => page.evaluate(() => (window as unknown as { heard: string[] }).heard);
}

test('the bell shows at the pane that rings, for a moment, and its name looks different meanwhile', async ({ page, server }) => {
  await open(page, server);
  await split(page, 'right');
  const heard = await listen(page);
  await enter(page, "printf '\\a'");
  await expect.poll(heard).toEqual(['Terminal 2/2 rings', 'Terminal 2/2 is silent']);
  await expect(panes(page).nth(1)).not.toHaveAttribute('data-ringing');

  // What it looks like is a matter of the attribute alone.
  const name = activePane(page).locator('.pane__name');
  const colour = () => name.evaluate((name) => getComputedStyle(name).color);
  const silent = await colour();
  await activePane(page).evaluate((pane) => pane.setAttribute('data-ringing', ''));
  await expect.poll(colour).not.toBe(silent);
});
