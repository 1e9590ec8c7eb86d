// The six problems of the founding notes: README.md has a row for each, and what the row tells people to do is done here.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { sent } from '../fixtures/posts.ts';
import { Server } from '../fixtures/server.ts';
import { open, screen, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

const root = resolve(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8').split(/^## /m).find((text) => text.startsWith('Troubleshooting'))!;

/** What README.md says is to be done about a problem; it has to name all of this. */
function advice(problem: string, ...parts: string[]): string {
  const rows = readme.split('\n').map((line) => line.split(' | ')).filter(([seen]) => seen?.startsWith(`| ${problem}`));
  expect(rows, problem).toHaveLength(1);
  const [[, todo]] = rows as [[string, string]];
  for (const part of parts) expect(todo).toContain(part);
  return todo;
}

/** Runs the script that a row names, with nothing of our environment, and returns what it says and how it ends. */
async function run(todo: string, { args = [], env = {} }: { args?: string[]; env?: Record<string, string> } = {}): Promise<{ text: string; failed: boolean }> {
  const [, script] = /`(scripts\/\w+)/.exec(todo)!;
  const home = mkdtempSync(join(tmpdir(), 'aetherterm-'));
  try {
    const options = { cwd: home, env: { PATH: process.env.PATH, HOME: home, ...env } as NodeJS.ProcessEnv };
    const { stdout } = await promisify(execFile)(join(root, script!), args, options);
    return { text: stdout, failed: false };
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return { text: `${stdout}${stderr}`, failed: true };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

test('no traces at the backend: the script names what is wrong', async () => {
  const todo = advice('no traces at the backend', 'aetherterm doctor', '`export ok`');
  expect(await run(todo)).toMatchObject({ failed: false, text: expect.stringMatching(/Overall: 5\/5\s*$/) });
  const { text, failed } = await run(todo, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' } });
  expect(failed).toBe(true);
  expect(text).toMatch(/^Export: FAIL .*OTEL_EXPORTER_OTLP_ENDPOINT/m);
});

test('authorization fails: the script names the headers, and with others everything is taken', async ({ server, collector }) => {
  const todo = advice('authorization fails: `export failed: answered 401` in the log', 'OTEL_EXPORTER_OTLP_HEADERS', 'rejected');
  collector.wants = 'Bearer right';
  // The next record is refused; the first was perhaps taken.
  await fetch(server.address('/'), { headers: { authorization: `Bearer ${server.token}` } });
  await expect.poll(() => server.log, { timeout: 15_000 }).toMatch(/export failed: answered 401/);
  const settings = (token: string) => ({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer ${token}` } });
  const wrong = await run(todo, settings('wrong'));
  expect(wrong.text).toMatch(/^Export: FAIL .*OTEL_EXPORTER_OTLP_HEADERS.*401/m);
  expect(wrong.text).not.toContain('Bearer wrong');
  expect(await run(todo, settings('right'))).toMatchObject({ failed: false, text: expect.stringMatching(/Overall: 5\/5\s*$/) });
});

test('browser and server are not one trace: the script finds both sides, and the frames carry the context', async ({ page, server }) => {
  const todo = advice('browser and server are not one trace', 'scripts/test_tracing', '`_trace`', '`b3`');
  const { text, failed } = await run(todo, { args: ['--url', server.address('/'), '--token', server.token] });
  expect(text).toMatch(/has the server's .* under the client's span/);
  expect(failed, text).toBe(false);
  const messages = sent(page);
  await open(page, server);
  await type(page, 'true');
  await expect.poll(() => messages.filter(({ event }) => event === 'terminal:input').length).toBeGreaterThan(4);
});

test.describe('with tracking off', () => {
  test.use({ serverEnv: { VITE_SOCKET_TRACKING_ENABLED: 'false' } });

  test('tracking does not work: the monitor says so, and how to switch it on', async ({ page, server }) => {
    const todo = advice('tracking does not work', 'a click on Socket Monitor', 'getMetrics()');
    await open(page, server);
    await page.getByRole('tab', { name: 'Traces' }).click();
    await page.getByRole('tab', { name: 'Socket Monitor' }).click();
    const monitor = page.getByRole('tabpanel', { name: 'Socket Monitor' });
    await expect(monitor).toContainText('Tracking is switched off on this server.');
    const [setting] = /VITE_SOCKET_TRACKING_ENABLED=true/.exec(todo)!;
    await expect(monitor).toContainText(setting!);
  });
});

test.describe('with OpenObserve', () => {
  /** As the notes have it; the collector stands where OpenObserve would. */
  const settings = (endpoint: string, pass: string) => ({
    VITE_OPENOBSERVE_ENDPOINT: `${endpoint}/api/[ORG_ID]`,
    VITE_OPENOBSERVE_USER: 'mika@example.com',
    VITE_OPENOBSERVE_PASS: pass,
    VITE_OPENOBSERVE_ORG: 'default',
  });

  test('OpenObserve gets nothing: the log and the script say what it answers', async ({ collector }) => {
    const todo = advice('OpenObserve gets nothing: `export failed: answered 401` in the log', 'VITE_OPENOBSERVE_USER', 'VITE_OPENOBSERVE_PASS');
    collector.wants = `Basic ${Buffer.from('mika@example.com:right').toString('base64')}`;
    const server = await Server.start({ env: settings(collector.endpoint, 'wrong') });
    await expect.poll(() => server.log, { timeout: 15_000 }).toMatch(/export failed: answered 401/).finally(() => server.stop());
    const wrong = await run(todo, { env: settings(collector.endpoint, 'wrong') });
    expect(wrong.text).toMatch(/^Export: FAIL .*VITE_OPENOBSERVE_USER, VITE_OPENOBSERVE_PASS.*401/m);
    const { VITE_OPENOBSERVE_PASS: _, ...incomplete } = settings(collector.endpoint, 'right');
    expect((await run(todo, { env: incomplete })).text).toMatch(/FAIL .*VITE_OPENOBSERVE_PASS/);
    expect(await run(todo, { env: settings(collector.endpoint, 'right') })).toMatchObject({ failed: false, text: expect.stringMatching(/Overall: 5\/5\s*$/) });
  });
});

test('the Socket Monitor is empty: it says why, and a click ends it', async ({ page, server }) => {
  const todo = advice('the Socket Monitor is empty', 'Resume', 'Clear the filter');
  await open(page, server);
  const monitor = page.getByRole('tabpanel', { name: 'Socket Monitor' });
  await monitor.getByRole('searchbox').fill('no such message');
  await expect(monitor).toContainText('No message fits the filter.');
  await monitor.getByRole('button', { name: /a click on (Clear the filter)/.exec(todo)![1]! }).click();
  await expect(monitor.getByRole('listbox', { name: 'Activity' }).getByRole('option').first()).toBeVisible();

  await monitor.getByRole('button', { name: 'Clear', exact: true }).click();
  await monitor.getByRole('button', { name: 'Pause' }).click();
  await type(page, 'echo $((6*7))');
  await expect(screen(page)).toContainText('42');
  await expect(monitor).toContainText('Paused');
  await monitor.getByRole('button', { name: /a click on (Resume)/.exec(todo)![1]! }).first().click();
  await expect(monitor.getByRole('listbox', { name: 'Activity' }).getByRole('option').first()).toBeVisible();
});
