// What telemetry costs a page: two servers, one whose pages track and one whose pages do not, typed into by turns.
import { type Page, expect } from '@playwright/test';
import { Server } from '../fixtures/server.ts';
import { open, screen, type } from '../fixtures/terminal.ts';
import { test } from '../fixtures/test.ts';

/** As many keys as are sampled in a second, so that the costliest of them are measured. */
const KEYS = 20;
const ROUNDS = 30;

/** Types keys at once and says how long each took to leave, in microseconds: from the event to the socket. */
const burst = (page: Page): Promise<number> =>
  page.evaluate((keys) => {
    const target = document.querySelector('.xterm-helper-textarea')!;
    const began = performance.now();
    for (let n = 0; n < keys; n++) {
      target.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', code: 'KeyA', keyCode: 65, ctrlKey: true, bubbles: true, cancelable: true } as KeyboardEventInit));
    }
    return ((performance.now() - began) / keys) * 1_000;
  }, KEYS);

const median = (of: number[]): number => [...of].sort((a, b) => a - b)[of.length >> 1]!;

/** JavaScript's heap and what lies beside it, such as the memory of the WebAssembly, in megabytes. */
async function memory(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize = 0 } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number; backingStorageSize?: number };
  return (usedSize + backingStorageSize) / 1e6;
}

test('what telemetry adds to each emit', async ({ browser }) => {
  const arms = await Promise.all(
    ['true', 'false'].map(async (tracking) => {
      const server = await Server.start({ env: { VITE_SOCKET_TRACKING_ENABLED: tracking } });
      const page = await (await browser.newContext()).newPage();
      let sent = 0;
      page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => (sent += String(payload).includes('terminal:input') ? 1 : 0)));
      await open(page, server);
      await type(page, 'stty -echo; echo rea""dy; cat > /dev/null');
      await expect(screen(page)).toContainText('ready');
      return { server, page, sent: () => sent, took: [] as number[] };
    }),
  );
  for (let round = 0; round < ROUNDS; round++) {
    for (const { page, sent, took } of arms) {
      const before = sent();
      took.push(await burst(page));
      await expect.poll(sent).toBe(before + KEYS);
    }
    // The next second has room for as many sampled keys again.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  }
  const [on, off] = arms.map(({ took }) => median(took)) as [number, number];
  const [heapOn, heapOff] = (await Promise.all(arms.map(({ page }) => memory(page)))) as [number, number];
  console.log(`emit of a sampled key: ${on.toFixed(0)} µs with telemetry, ${off.toFixed(0)} µs without: ${(on - off).toFixed(0)} µs added (budget 50)`);
  console.log(`memory of the page: ${heapOn.toFixed(1)} MB with telemetry, ${heapOff.toFixed(1)} MB without: ${(heapOn - heapOff).toFixed(1)} MB added (budget 5)`);
  for (const { server } of arms) await server.stop();
  expect(on - off, 'microseconds that telemetry adds to an emit').toBeLessThanOrEqual(50);
  expect(heapOn - heapOff, 'megabytes that telemetry adds to a page').toBeLessThanOrEqual(5);
});
