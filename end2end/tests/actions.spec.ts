// What a person does is one trace: the load of the page, a click, a paste, a command, each above the messages that come of it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allow, paste } from '../fixtures/clipboard.ts';
import type { Collector } from '../fixtures/collector.ts';
import type { Span } from '../fixtures/otlp.ts';
import { sent } from '../fixtures/posts.ts';
import { Server } from '../fixtures/server.ts';
import { open, screen, terminal, type } from '../fixtures/terminal.ts';
import { PROMPTLY, expect, test } from '../fixtures/test.ts';

test.use({ serverEnv: PROMPTLY });

/** Waits for a span of a name and for the children of these names, and returns them. */
async function family(collector: Collector, name: string, children: string[]): Promise<{ parent: Span; children: Span[] }> {
  const found = () => {
    for (const parent of collector.named(name)) {
      const below = collector.spans.filter((span) => span.parentSpanId === parent.spanId && span.traceId === parent.traceId);
      const wanted = children.map((child) => below.find((span) => span.name === child));
      if (wanted.every((span) => span !== undefined)) return { parent, children: wanted as Span[] };
    }
    return undefined;
  };
  await expect.poll(found, { message: `${name} above ${children.join(', ')}`, timeout: 15_000 }).toBeDefined();
  return found()!;
}

test('the load of a page is one trace with its first messages and with the request for it', async ({ page, server, collector }) => {
  await open(page, server);
  const first = ['documentFetch', 'socketio.connect', 'socketio.session:init', 'socketio.terminal:create'];
  const { parent: load, children } = await family(collector, 'documentLoad', first);
  expect(load).toMatchObject({ kind: 1, parentSpanId: '', service: 'aetherterm-frontend', status: { code: 1 } });
  expect(load.attributes).toMatchObject({ 'url.path': '/', 'service.name': 'aetherterm-frontend' });
  expect(load.events.map(({ name }) => name)).toEqual(expect.arrayContaining(['fetchStart', 'domInteractive', 'domComplete', 'loadEventEnd']));
  expect(load.end).toBeGreaterThan(load.start);
  const [fetched] = children;
  expect(fetched!.events.map(({ name }) => name)).toEqual(expect.arrayContaining(['fetchStart', 'requestStart', 'responseStart', 'responseEnd']));
  const served = () => collector.trace(load.traceId).find((span) => span.service === 'aetherterm-backend' && span.name.startsWith('GET /'));
  await expect.poll(served, { timeout: 10_000 }).toBeDefined();
  // No span lasts as long as the connection.
  expect(Number(load.end - load.start) / 1e9).toBeLessThan(20);
});

test('a click is the parent of what it emits', async ({ page, server, collector }) => {
  await open(page, server);
  await type(page, 'exit');
  await terminal(page).getByRole('button', { name: 'New shell' }).click();
  await type(page, 'echo $((6*7))');
  await expect(screen(page)).toContainText('42');
  const { parent, children } = await family(collector, 'ui.open', ['socketio.terminal:create']);
  expect(parent).toMatchObject({ kind: 1, parentSpanId: '', status: { code: 1 } });
  const handled = () => collector.spans.find((span) => span.parentSpanId === children[0]!.spanId && span.service === 'aetherterm-backend');
  await expect.poll(handled, { timeout: 10_000 }).toBeDefined();
  // What was typed afterwards is none of it.
  const typed = collector.named('socketio.terminal:input').filter((span) => span.service === 'aetherterm-frontend');
  expect(typed.filter((span) => span.traceId === parent.traceId)).toEqual([]);
});

test('a paste is one trace, however many pieces it takes', async ({ page, server, collector, context }) => {
  await allow(context);
  const messages = sent(page);
  await open(page, server);
  await type(page, 'stty raw -echo; echo rea""dy; head -c 40000 | wc -c | sed s/^/got-/; stty sane');
  await expect(screen(page)).toContainText('ready');
  // Of a terminal's input twenty messages a second are recorded: what was typed has to leave room for the three pieces.
  const recent = () => messages.filter(({ event, sampled, at }) => event === 'terminal:input' && sampled && Date.now() - at < 2_000);
  await expect.poll(() => recent().length).toBeLessThan(10);
  await paste(page, 'x'.repeat(40_000));
  await page.getByRole('dialog').getByRole('button', { name: 'Paste' }).click();
  await expect(screen(page)).toContainText('got-40000');
  const { parent } = await family(collector, 'ui.paste', ['socketio.terminal:input']);
  const pieces = () => collector.named('socketio.terminal:input').filter((span) => span.parentSpanId === parent.spanId).length;
  await expect.poll(pieces, { timeout: 10_000 }).toBe(3);
});

test('a command is the parent of what it leads to', async ({ page, server, collector }) => {
  await open(page, server);
  await page.keyboard.press('Control+=');
  await family(collector, 'ui.command-larger', ['socketio.terminal:resize']);
  // What sends nothing leaves nothing.
  await page.keyboard.press('Control+Shift+F');
  await page.goto('about:blank');
  // What the page has recorded leaves at the latest when it goes.
  await expect.poll(() => collector.named('socketio.disconnect').length, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(collector.named('ui.command-find')).toEqual([]);
});

test.describe('when the server comes back', () => {
  test.use({ expectedConsoleErrors: [/WebSocket|ERR_CONNECTION_REFUSED|Failed to load resource/] });

  test('connecting again by hand is one trace', async ({ page, collector }) => {
    test.setTimeout(60_000);
    const home = mkdtempSync(join(tmpdir(), 'aetherterm-'));
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, ...PROMPTLY };
    const first = await Server.start({ home, env });
    await open(page, first);
    const { host } = new URL(first.url);
    await first.stop();
    // By then the attempts are some seconds apart.
    await expect(page.getByRole('status').filter({ hasText: /attempt 3/i })).toBeVisible({ timeout: 20_000 });
    const second = await Server.start({ home, env, listen: host });
    try {
      await page.getByRole('button', { name: 'Retry now' }).click();
      await type(page, 'echo $((6*7))');
      await expect(screen(page)).toContainText('42');
      await family(collector, 'ui.reconnect', ['socketio.connect', 'socketio.session:init', 'socketio.terminal:attach']);
    } finally {
      await second.stop();
      second.endShells();
      rmSync(home, { recursive: true, force: true });
    }
  });
});
