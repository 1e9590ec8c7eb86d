// Which spans of a page are recorded, when they leave, and what is kept of those that are not.
import { type Post, posts, sent } from '../fixtures/posts.ts';
import { open, screen, terminal, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

const INPUT = 'terminal:input';

/** A program that reads every key and shows none: each key is one message and nothing comes of it. */
async function silence(page: Parameters<typeof type>[0]): Promise<void> {
  await type(page, 'stty -echo; echo rea""dy; cat > /dev/null');
  await expect(screen(page)).toContainText('ready');
}

test.describe('at a rate of 0.1', () => {
  test.use({ serverEnv: { OTEL_SAMPLE_RATE: '0.1' } });

  test('one request of ten is sampled, and those spans arrive', async ({ page, server, collector }) => {
    test.setTimeout(150_000);
    const messages = sent(page);
    await open(page, server);
    await silence(page);
    const before = messages.length;
    // So slowly that the limit for the keys of one second is hardly ever met.
    const keys = 1_400;
    await page.keyboard.type('x'.repeat(keys), { delay: 8 });
    const typed = () => messages.slice(before).filter(({ event }) => event === INPUT);
    await expect.poll(() => typed().length).toBe(keys);
    const sampled = typed().filter((message) => message.sampled);
    expect(sampled.length / keys).toBeGreaterThan(0.07);
    expect(sampled.length / keys).toBeLessThan(0.13);

    const received = new Set<string>();
    const arrived = () => {
      collector.named(`socketio.${INPUT}`).filter((span) => span.service === 'aetherterm-frontend').forEach((span) => received.add(span.spanId));
      return sampled.every(({ spanId }) => received.has(spanId));
    };
    await expect.poll(arrived, { timeout: 20_000 }).toBe(true);
    const rejected = typed().filter((message) => !message.sampled);
    expect(rejected.filter(({ spanId }) => received.has(spanId))).toEqual([]);
  });
});

test('eleven spans leave as a batch of ten and one after five seconds', async ({ page, server }) => {
  test.setTimeout(60_000);
  const [all, messages] = [posts(page), sent(page)];
  await open(page, server);
  await silence(page);
  // Whatever came of the opening has left when for longer than a span waits nothing was recorded and nothing has left.
  const last = (): number => Math.max(all.at(-1)?.at ?? Date.now(), messages.filter(({ sampled }) => sampled).at(-1)?.at ?? 0);
  await expect.poll(() => Date.now() - last(), { timeout: 30_000 }).toBeGreaterThan(6_000);
  const before = all.length;
  await page.keyboard.type('elevenkeys!');
  const batches = (): Post[] => all.slice(before);
  await expect.poll(() => batches().length, { timeout: 15_000 }).toBe(2);
  expect(batches().map(({ names }) => names)).toEqual([Array(10).fill(`socketio.${INPUT}`), [`socketio.${INPUT}`]]);
  const [first, second] = batches();
  expect(second!.at - first!.at).toBeGreaterThan(4_500);
  expect(second!.at - first!.at).toBeLessThan(8_000);
});

test.describe('when nothing is sampled', () => {
  test.use({ serverEnv: { OTEL_SAMPLE_RATE: '0' }, serverArgs: ['--shell', '/no/such/shell'] });

  test('a request that fails is kept with what is above it, and is not sampled for others', async ({ page, server, collector }) => {
    const messages = sent(page);
    await page.goto(server.url);
    await expect(terminal(page).getByRole('button', { name: 'Try again' })).toBeVisible();
    const ours = () => collector.spans.filter((span) => span.service === 'aetherterm-frontend');
    await expect.poll(() => ours().length, { timeout: 15_000 }).toBe(3);
    const [span, load] = ['socketio.terminal:create', 'documentLoad'].map((name) => ours().find((span) => span.name === name)!);
    expect(span!.attributes).toMatchObject({ 'sampling.kept': 'error', 'socketio.success': false });
    expect(span!.parentSpanId).toBe(load!.spanId);
    expect(load!.attributes['sampling.kept']).toBe('error');
    expect(messages.find(({ spanId }) => spanId === span!.spanId)).toMatchObject({ sampled: false, traceId: span!.traceId });
    expect(messages.some(({ sampled }) => sampled)).toBe(false);
  });
});

test.describe('when nothing is sampled and tail keeping is off', () => {
  test.use({
    serverEnv: { OTEL_SAMPLE_RATE: '0', SOCKET_TRACKING_TAIL_KEEPING: 'false' },
    serverArgs: ['--shell', '/no/such/shell'],
  });

  test('a request that fails is kept on neither side', async ({ page, server, collector }) => {
    const messages = sent(page);
    await page.goto(server.url);
    await expect(terminal(page).getByRole('button', { name: 'Try again' })).toBeVisible();
    expect(messages.some(({ event, sampled }) => event === 'terminal:create' && !sampled)).toBe(true);
    // What the page has would leave with its going, what the server has with its end.
    await page.close();
    await server.stop();
    // The self-test of the export is one of the server's own, whatever is sampled.
    expect(collector.spans.map(({ name }) => name).filter((name) => name !== 'telemetry.self_test')).toEqual([]);
  });
});
