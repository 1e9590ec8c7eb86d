// Every expression of the dashboard and of the alerts, run by a real Prometheus that scrapes the real server under traffic.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { parse } from 'yaml';
import { dashboard, panels, resolved } from '../fixtures/dashboard.ts';
import { Prometheus, type Series, promtool } from '../fixtures/prometheus.ts';
import { Server } from '../fixtures/server.ts';
import { open } from '../fixtures/terminal.ts';
import { round } from '../fixtures/traffic.ts';
import { expect, test } from '../fixtures/test.ts';

const deploy = resolve(import.meta.dirname, '../../deploy');
const read = (path: string) => parse(readFileSync(join(deploy, path), 'utf8'));

// The tests ask different questions about one stretch of traffic.
test.describe.configure({ mode: 'serial' });

let server: Server;
let prometheus: Prometheus;
let page: Page;
// A page whose spans the server is not given to read, since pages lose some, too.
let losing: Page;
// What Prometheus has: it reads the metrics and nothing else.
const SCRAPE = 'for-the-scrape';

// A backend that refuses its first batches, since losses are counted, too.
let refusals = 2;
const backend = createServer((posted, response) => {
  posted.resume().on('end', () => response.writeHead(refusals-- > 0 ? 400 : 200).end());
});

test.beforeAll(async ({ browser }) => {
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  server = await Server.start({
    // The name by which deploy/prometheus/prometheus.yml knows the server.
    args: ['--allow-origin', 'http://aetherterm:57575'],
    env: {
      // As in deploy/compose.yaml: few traces, and no metrics but those that are fetched.
      AETHERTERM_PROFILE: 'production',
      AETHERTERM_METRICS_TOKEN: SCRAPE,
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(backend.address() as AddressInfo).port}`,
      OTEL_BSP_SCHEDULE_DELAY: '500',
      SOCKET_TRACKING_FLUSH_MS: '500',
      // What takes a millisecond is slow here.
      SOCKET_TRACKING_SLOW_MS: '1',
    },
  });
  prometheus = await Prometheus.start(server, SCRAPE);
  page = await browser.newPage();
  await open(page, server);
  losing = await browser.newPage();
  await losing.route('**/v1/traces', (route) => route.fulfill({ status: 400 }));
  await open(losing, server);
});

test.afterAll(async () => {
  await page?.close();
  await losing?.close();
  await prometheus?.stop();
  await server?.stop();
  backend.close();
});

/** The expressions without a number in their answer, while traffic goes on. */
async function silent(expressions: { name: string; expr: string; labels?: string[] }[]): Promise<string[]> {
  await round(server, page);
  const answers = await Promise.all(expressions.map(async ({ expr }) => prometheus.query(expr)));
  return expressions.filter(({ labels = [] }, i) => !speaks(answers[i]!, labels)).map(({ name, expr }) => `${name}: ${expr}`);
}

/** Whether there is a series with a number, and every series has the labels that the legend names. */
function speaks(answer: Series[], labels: string[]): boolean {
  return answer.some(({ value }) => Number.isFinite(Number(value![1]))) && answer.every(({ metric }) => labels.every((label) => metric[label]));
}

test('every panel shows something', async () => {
  const expressions = panels.flatMap(({ title, targets }) =>
    targets!.map(({ refId, expr, legendFormat = '' }) => ({ name: `${title}, ${refId}`, expr: resolved(expr), labels: [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!) })),
  );
  await expect.poll(() => silent(expressions), { timeout: 100_000 }).toEqual([]);
});

test('what a page has lost is in the panel, by reason', async () => {
  const panel = panels.find(({ title }) => title === 'Spans lost in pages, by reason')!;
  const lost = async () => Object.fromEntries((await prometheus.query(resolved(panel.targets![0]!.expr))).map(({ metric, value }) => [metric.reason, Number(value![1])]));
  await expect.poll(async () => (await lost()).rejected, { timeout: 60_000 }).toBeGreaterThan(0);
  expect(await lost()).toMatchObject({ queue_full: 0, evicted: 0, spool_failed: 0 });
});

test('every variable has values, and the browser is among those who measure', async () => {
  const values: Record<string, string[]> = {};
  for (const { name, definition } of dashboard.templating.list.slice(1)) {
    const [, match = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(definition!)!;
    values[name] = await prometheus.values(label, resolved(match));
  }
  expect(values).toMatchObject({ job: ['aetherterm'], instance: [new URL(server.url).host], side: ['browser', 'server'], event: expect.arrayContaining(['terminal:create', 'terminal:input', '_OTHER']) });
});

test('every alert and every recorded series looks at something', async () => {
  const rules: { record?: string; alert?: string; expr: string }[] = read('prometheus/rules.yml').groups[0].rules;
  const recorded = rules.filter(({ record }) => record).map(({ record }) => ({ name: 'recorded', expr: record! }));
  const watched = read('grafana/alerts/socketio-alerts.yaml').groups[0].rules.map((rule: any) => ({ name: rule.title, expr: rule.data[0].model.expr }));
  // That there is no server cannot be seen while there is one.
  const expressions = [...recorded, ...watched.filter(({ name }: { name: string }) => name !== 'AethertermAbsent')];
  await expect.poll(() => silent(expressions), { timeout: 60_000 }).toEqual([]);

  const [group] = (await prometheus.get('rules')).groups;
  expect(group.rules.filter((rule: any) => rule.health !== 'ok')).toEqual([]);
});

test('promtool has nothing to say against the metrics', async () => {
  const answer = await fetch(server.address('/metrics'), { headers: { Authorization: `Bearer ${server.token}` } });
  expect(answer.headers.get('content-type')).toContain('text/plain');
  expect(promtool(['check', 'metrics'], await answer.text())).toBe('');
});

test('the metrics are for those with the token, under the name that the composition scrapes', async () => {
  const { hostname, port } = new URL(server.url);
  const ask = async (headers: Record<string, string>, path = '/metrics') => {
    const [answer] = await once(request({ hostname, port, path, headers }).end(), 'response');
    answer.resume();
    return answer.statusCode as number;
  };
  const Authorization = `Bearer ${SCRAPE}`;
  expect(await ask({ Host: 'aetherterm:57575', Authorization })).toBe(200);
  expect(await ask({ Host: 'aetherterm:57575', Authorization }, '/api/traces')).toBe(401);
  expect(await ask({ Host: 'aetherterm:57575' })).toBe(401);
  expect(await ask({ Host: 'elsewhere.example', Authorization })).toBe(403);
});
