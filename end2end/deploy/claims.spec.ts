// Every test that CLAIMS.md names is there.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';

const folder = resolve(import.meta.dirname, '..');
const claims = readFileSync(join(folder, 'CLAIMS.md'), 'utf8');
const rows = claims.split('\n').filter((line) => /^\| (?!claim)/.test(line)).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
const named = rows.flatMap(([, tests]) => [...tests!.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, name, path]) => ({ name: name!, path: path! })));

/** What the status note ticks off, by the beginning of its row; where it ticks off the same thing twice there is one. */
const TICKED = [
  ...['OpenTelemetry SDK', 'OTLP exporter (HTTP)', 'B3 propagation', 'Resource configuration', 'Instrumentation without'],
  ...['Instrumentation of Socket.IO', 'Requests and responses', 'Handlers are decorated', 'Errors are handled', 'Timeouts are detected'],
  ...['Instrumentation of the HTTP layer, requests traced, as middleware'],
  ...['OTLP as its', 'Any authorisation header', 'Endpoints for traces, for logs', 'Export in batches', 'Several backends: Jaeger, Grafana, Datadog'],
  ...['The page sends OTLP', 'Browser and server are correlated', 'B3 headers are propagated', 'Requests are tracked'],
  ...['By the environment', '`.env.example`', 'Debug mode', 'Sampling'],
  ...['Basic, OTLP configuration, trace format, environment, export: 5/5', 'A span as in the example'],
  ...['Response time, error rate, event frequency, client correlation, session tracking'],
  ...["The dashboard's six panels", 'Error rate over 5 %, response time over 2 s, failed correlation, downtime'],
  ...['No traces to be seen', 'Authorisation fails', 'The page is not correlated'],
  ...['CPU < 1 % usually, < 5 % under load, memory + 10 MB', 'Batch size and sample rate', "A backend's credentials, the page in production, dashboard and alerts"],
];

/** What the tracing note speaks of, in the same way. */
const TOLD = [
  ...['`trackRequest`, `trackResponse`, `trackTimeout`, `trackError`, `getPendingRequests`, `getMetrics`', 'Five seconds until a timeout', 'Null object'],
  ...['Every emit and every receipt', "The server's tracker", 'Endpoint, Basic authorisation, stream, organisation', 'One record per event'],
  ...['Ten events a batch, every five seconds', 'The four sentences', 'Live, with pending requests, figures, activity and export', 'Not empty'],
  ...['Tracking does not work', 'OpenObserve gets nothing', 'Old responses are removed', 'Development and production'],
  ...['Jaeger, Zipkin, Tempo, Datadog, X-Ray, Google', 'New events', 'New figures', 'New exporters'],
];

/** The events of both notes' lists. */
const EVENTS = [
  ...['connect', 'disconnect', 'create_terminal', 'terminal:create', 'terminal:input', 'terminal_resize'],
  ...['ai_chat_message', 'ai_terminal_analysis', 'ai_get_info', 'workspace_sync_request', 'session_create', 'session_join', 'session_leave'],
  ...['tab_create', 'tab_switch', 'tab_close', 'pane_split', 'pane_close', 'session_message_send'],
  ...['socket:connect', 'socket:disconnect', 'socket:connect_error', 'terminal:created', 'terminal:input_response', 'terminal:resize', 'terminal:close'],
  ...['shell:output', 'session:init', 'session:end', 'chat_message', 'command_approval', 'admin_pause_terminal', 'admin_resume_terminal'],
];

/** Whether a file has a test, or a measurement, of this name: a function in Rust, a title in TypeScript. */
function has(path: string, name: string): boolean {
  const file = join(folder, path);
  if (!existsSync(file)) return false;
  const text = readFileSync(file, 'utf8').replaceAll("\\'", "'");
  return path.endsWith('.rs') ? text.includes(`fn ${name.replaceAll(' ', '_')}(`) : text.split('\n').some((line) => /\btest\(/.test(line) && line.includes(name));
}

test('every claim has a test, and every test is there', () => {
  expect(rows.length).toBeGreaterThan(50);
  expect(rows.filter(([, tests]) => !tests!.includes(']('))).toEqual([]);
  expect(named.filter(({ name, path }) => !has(path, name))).toEqual([]);
});

test('every claim of the notes and every event they name has a row', () => {
  const claimed = rows.map(([claim]) => claim!);
  const without = [...TICKED, ...TOLD].filter((begin) => claimed.filter((claim) => claim.startsWith(begin)).length !== 1);
  expect(without).toEqual([]);
  expect(EVENTS.filter((event) => !claimed.some((claim) => claim.includes(`\`${event}\``)))).toEqual([]);
});
