// A page whose tab is out of sight: it says so of every terminal that it shows, goes on to read, and says when it is seen again.
import type { Page } from '@playwright/test';
import { Link } from '../fixtures/link.ts';
import { open, screen, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';
import { message } from '../fixtures/wire.ts';
import { enter, panes, split } from '../fixtures/workspace.ts';

// What the browser says of a message for a connection that has just gone.
test.use({ expectedConsoleErrors: [/WebSocket is already in CLOSING or CLOSED state/] });

interface Ack {
  terminalId: string;
  seq: number;
  hidden?: boolean;
}

/** What a page has had and has said of it, from its first connection on. */
class Traffic {
  readonly acks: Ack[] = [];
  /** The end of the output that has come, by terminal. */
  readonly came = new Map<string, number>();

  constructor(page: Page) {
    page.on('websocket', (socket) => {
      let output: { terminalId: string; seq: number; snapshot?: boolean } | undefined;
      socket.on('framereceived', ({ payload }) => {
        // The bytes of an output follow its text.
        if (typeof payload !== 'string' && output && !output.snapshot) this.came.set(output.terminalId, output.seq + payload.length);
        const told = message(payload);
        output = told?.event === 'terminal:output' ? told.body : undefined;
      });
      socket.on('framesent', ({ payload }) => {
        const said = message(payload);
        if (said?.event === 'terminal:ack') this.acks.push(said.body);
      });
    });
  }

  /** What the page has said of being seen, in order. */
  get words(): Pick<Ack, 'terminalId' | 'hidden'>[] {
    return this.acks.filter(({ hidden }) => hidden !== undefined).map(({ terminalId, hidden }) => ({ terminalId, hidden }));
  }

  /** How far the page says it has come with a terminal. */
  acked(terminalId: string): number | undefined {
    return this.acks.filter((ack) => ack.terminalId === terminalId).at(-1)?.seq;
  }
}

/** Puts the tab out of sight, or back, as the page is told of it. Chromium without a head shows every tab. */
async function see(page: Page, state: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
    Object.defineProperty(document, 'hidden', { value: state === 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}

/** In an order that does not depend on who was told first. */
const sorted = <T>(all: T[]) => all.map((one) => JSON.stringify(one)).sort();

test('a page says of each of its terminals that it is hidden and that it is seen, with how far it has come', async ({ page, server }) => {
  const traffic = new Traffic(page);
  await open(page, server);
  await split(page, 'right');
  await enter(page, 'echo $((6*7))');
  await expect(panes(page).nth(1)).toContainText('42');
  const terminals = [...traffic.came.keys()];
  expect(terminals).toHaveLength(2);
  const settled = () => terminals.map((terminal) => traffic.acked(terminal));
  const come = () => terminals.map((terminal) => traffic.came.get(terminal));
  await expect.poll(settled).toEqual(come());
  expect(traffic.words, 'of what is seen there is nothing to say').toEqual([]);

  const hidden = terminals.map((terminalId) => ({ terminalId, hidden: true }));
  await see(page, 'hidden');
  await expect.poll(() => sorted(traffic.words)).toEqual(sorted(hidden));
  expect(sorted(traffic.acks.slice(-2).map(({ seq }) => seq))).toEqual(sorted(come()));

  const seen = terminals.map((terminalId) => ({ terminalId, hidden: false }));
  await see(page, 'visible');
  await expect.poll(() => sorted(traffic.words.slice(2))).toEqual(sorted(seen));
  expect(sorted(traffic.acks.slice(-2).map(({ seq }) => seq))).toEqual(sorted(come()));
});

test('a hidden page acks what it reads without a word about being seen, and shows all of it when it is', async ({ page, server }) => {
  const traffic = new Traffic(page);
  await open(page, server);
  const [terminal] = traffic.came.keys();
  await see(page, 'hidden');
  await expect.poll(() => traffic.words).toEqual([{ terminalId: terminal, hidden: true }]);
  const before = traffic.acks.length;
  // Twice as much as may be under way at a time.
  await type(page, "seq 1 100000; echo e''nd");
  await expect.poll(() => traffic.came.get(terminal!)).toBeGreaterThan(600_000);
  await expect.poll(() => traffic.acked(terminal!) === traffic.came.get(terminal!)).toBe(true);
  const acks = traffic.acks.slice(before);
  expect(acks.length, 'as it reads, and not only at the end').toBeGreaterThan(5);
  expect(acks.every((ack) => ack.hidden === undefined)).toBe(true);
  await see(page, 'visible');
  await expect(screen(page)).toContainText(/100000\s*end/);
});

test('a page that comes back to its terminal while it is hidden says so again', async ({ page, server }) => {
  const traffic = new Traffic(page);
  const link = await Link.hold(page);
  await open(page, server);
  const [terminal] = traffic.came.keys();
  await see(page, 'hidden');
  const word = { terminalId: terminal, hidden: true };
  await expect.poll(() => traffic.words).toEqual([word]);
  const cut = link.cut(1, 'between');
  await type(page, ':');
  await cut;
  await link.restore();
  await expect.poll(() => traffic.words).toEqual([word, word]);
});
