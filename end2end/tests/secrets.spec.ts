// No credential is in any byte that a browser is served: not in what was built, not in what the server writes.
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { open, screen, type } from '../fixtures/terminal.ts';
import { expect, test } from '../fixtures/test.ts';

const site = resolve(import.meta.dirname, '../../target/site');

/** What only the server is to know, by where it comes from. */
const SECRETS = {
  'the start token': 'canary-start-token',
  'the metrics token': 'canary-metrics-token',
  'a header of the backend': 'canary-otlp-header',
  'a header of the backend of one signal': 'canary-logs-header',
  'a header of the backend for pages': 'canary-page-header',
  'the user of OpenObserve': 'canary-user@example.com',
  'the password of OpenObserve': 'canary-password',
};

test.use({
  serverArgs: ['--token', SECRETS['the start token'], '--metrics-token', SECRETS['the metrics token']],
  // Nobody listens there: what is not taken is kept, and what is said of that is served, too.
  serverEnv: {
    OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer%20${SECRETS['a header of the backend']}`,
    OTEL_EXPORTER_OTLP_LOGS_HEADERS: `x-api-key=${SECRETS['a header of the backend of one signal']}`,
    VITE_TELEMETRY_ENDPOINT: 'http://127.0.0.1:9/v1/traces',
    VITE_TELEMETRY_HEADERS: `x-page=${SECRETS['a header of the backend for pages']}`,
    VITE_OPENOBSERVE_ENDPOINT: 'http://127.0.0.1:9/api/[ORG_ID]',
    VITE_OPENOBSERVE_USER: SECRETS['the user of OpenObserve'],
    VITE_OPENOBSERVE_PASS: SECRETS['the password of OpenObserve'],
    VITE_OPENOBSERVE_ORG: 'default',
  },
});

/** What a stream says until it has said this. */
async function beginning(address: string, headers: Record<string, string>, until: RegExp): Promise<string> {
  const [ended, decoder] = [new AbortController(), new TextDecoder()];
  const answer = await fetch(address, { headers, signal: ended.signal });
  let text = '';
  for await (const part of answer.body!) {
    text += decoder.decode(part, { stream: true });
    if (until.test(text)) break;
  }
  ended.abort();
  return text;
}

test('no credential is in any byte that is served', async ({ page, server }) => {
  const served = new Map<string, string>();
  const bodies: Promise<void>[] = [];
  const received: string[] = [];
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => received.push(payload.toString('latin1'))));
  page.on('response', (response) => {
    const where = response.url();
    // A redirect has no body, and a stream no end.
    if (response.status() >= 300 || where.includes('/stream')) return;
    const headers = JSON.stringify(response.headers());
    bodies.push(response.body().then((body) => void served.set(where, headers + body.toString('latin1')), () => undefined));
  });
  await open(page, server);
  // The shell's own token, with a space behind each letter: as it is it would stand in nothing but the terminal, either.
  const program = 'console.log(process.env.OTEL_EXPORTER_OTLP_HEADERS.slice(-16).split("").join(" "), "end")';
  await type(page, `'${process.execPath}' -e '${program}'`);
  const letters = /(?:\S ){16}end/;
  await expect.poll(() => screen(page).innerText()).toMatch(letters);
  const ingest = letters.exec(await screen(page).innerText())![0].replace('end', '').replaceAll(/\s/g, '');

  const [cookie] = await page.context().cookies();
  const headers = { cookie: `${cookie!.name}=${cookie!.value}` };
  const files = readdirSync(site, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.some(({ name }) => name.endsWith('.wasm'))).toBe(true);
  const pages = ['/', '/monitor', '/login', '/healthz', '/readyz', '/version', '/metrics', '/api/session', '/api/tracker', '/api/traces'];
  for (const path of pages) {
    const answer = await fetch(server.address(path), { headers });
    served.set(path, JSON.stringify([...answer.headers]) + (await answer.text()));
  }
  await Promise.all(bodies);
  // What each backend has said of its failure is in the ledger.
  served.set('/api/traces/stream', await beginning(server.address('/api/traces/stream'), headers, /event: ?ledger[^]*?"error"[^]*?\n\n/));
  expect(received.length).toBeGreaterThan(10);
  served.set('the web socket', received.join('\n'));
  for (const file of files) {
    const path = join(file.parentPath, file.name);
    served.set(path, readFileSync(path).toString('latin1'));
  }
  expect(served.size).toBeGreaterThan(30);
  const secrets = Object.entries({ ...SECRETS, 'what a shell posts with': ingest });
  const basic = Buffer.from(`${SECRETS['the user of OpenObserve']}:${SECRETS['the password of OpenObserve']}`).toString('base64');
  for (const [where, bytes] of served) {
    for (const [what, secret] of [...secrets, ['the Basic authorization', basic]] as const) {
      expect(bytes.includes(secret), `${what} in ${where}`).toBe(false);
    }
  }
});
