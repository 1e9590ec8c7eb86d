// The rules of Prometheus and those of Grafana: each fires and clears, and the two are the same.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { panels } from '../fixtures/dashboard.ts';
import { promtool } from '../fixtures/prometheus.ts';
import { expect, test } from '@playwright/test';

const deploy = resolve(import.meta.dirname, '../../deploy');
const read = (path: string) => parse(readFileSync(join(deploy, path), 'utf8'));

interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  for: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

const rules: Rule[] = read('prometheus/rules.yml').groups[0].rules;
const alerts = rules.filter((rule) => rule.alert);

test('promtool accepts the configuration and the rules', () => {
  expect(promtool(['check', 'config', '--syntax-only', 'prometheus.yml'])).toContain('SUCCESS');
  expect(promtool(['check', 'rules', 'rules.yml'])).toContain(`SUCCESS: ${rules.length} rules found`);
});

test('every alert fires and clears', () => {
  expect(promtool(['test', 'rules', 'rules.test.yml'])).toContain('SUCCESS');
  const cases = read('prometheus/rules.test.yml').tests.flatMap((unit: any) => unit.alert_rule_test ?? []);
  for (const { alert } of alerts) {
    const fires = cases.filter((one: any) => one.alertname === alert).map((one: any) => one.exp_alerts.length > 0);
    expect(fires, `${alert} is silent, fires, is silent again`).toEqual(expect.arrayContaining([false, true]));
    expect([fires.at(0), fires.at(-1)], `${alert} is silent at first and in the end`).toEqual([false, false]);
  }
});

test("Grafana's alerts are the same as Prometheus's", () => {
  const recorded = rules.filter((rule) => rule.record);
  const plain = (text: string) => text.replaceAll(/\s+/g, '');
  // `(A) > 2` is A and the threshold; a recorded series is what it records.
  const split = (expr: string) => {
    const [, left = '', sign, limit] = /^([^]*) ([<>]) ([\d.]+)$/.exec(expr) ?? [];
    let query = left.replace(/^\(([^]* and [^]*)\)$/, '$1');
    for (const { record, expr } of recorded) query = query === record ? expr : query.replace(record!, `(${expr})`);
    return { query: plain(query), evaluator: { type: sign === '>' ? 'gt' : 'lt', params: [Number(limit)] } };
  };
  const grafana = read('grafana/alerts/socketio-alerts.yaml').groups[0].rules.map((rule: any) => ({
    alert: rule.title,
    for: rule.for,
    labels: rule.labels,
    annotations: rule.annotations,
    query: plain(rule.data[0].model.expr),
    evaluator: rule.data[1].model.conditions[0].evaluator,
  }));
  expect(grafana).toEqual(alerts.map(({ alert, for: time, labels, annotations, expr }) => ({ alert, for: time, labels, annotations, ...split(expr) })));
});

test("Grafana's alerts are laid out as its provisioning wants them", () => {
  const [group] = read('grafana/alerts/socketio-alerts.yaml').groups;
  expect(Number.parseInt(group.interval) % 10, 'Grafana evaluates every ten seconds').toBe(0);
  const { uid: source } = read('grafana/provisioning/datasources/prometheus.yaml').datasources[0];
  const uids = group.rules.map((rule: any) => rule.uid);
  expect(new Set(uids).size).toBe(uids.length);
  for (const rule of group.rules) {
    const [query, threshold] = rule.data;
    expect(rule, rule.title).toMatchObject({ condition: threshold.refId, noDataState: 'OK', execErrState: 'Error' });
    expect(query, rule.title).toMatchObject({ datasourceUid: source, refId: 'A', model: { refId: 'A', instant: true } });
    expect(threshold, rule.title).toMatchObject({ datasourceUid: '__expr__', model: { type: 'threshold', expression: query.refId } });
    // Grafana takes a dollar sign for a variable of its own environment.
    expect(JSON.stringify(rule), rule.title).not.toContain('$');
  }
});

test('what the dashboard says of an alert is what the alert does', () => {
  const limits = (title: string) => panels.find((panel) => panel.title === title)!.fieldConfig!.defaults.thresholds!.steps.map((step) => step.value);
  const limit = (name: string) => Number(/([\d.]+)$/.exec(alerts.find(({ alert }) => alert === name)!.expr)![1]);
  const drawn = { 'Error ratio': 'SocketioErrorRatio', 'Error rates': 'SocketioErrorRatio', 'Response time percentiles': 'SocketioSlow', 'Pending requests': 'SocketioPendingRequests', Echo: 'TerminalEchoSlow', 'Echo latency': 'TerminalEchoSlow', 'Terminal creation failures': 'TerminalCreationFailures', Server: 'AethertermDown' };
  for (const [title, alert] of Object.entries(drawn)) expect(limits(title), title).toContain(limit(alert));

  const named = panels.flatMap((panel) => [...(panel.description ?? '').matchAll(/alert (\w+)/g)].map(([, name]) => name));
  expect(alerts.map(({ alert }) => alert)).toEqual(expect.arrayContaining(named));
  const pointed = alerts.flatMap(({ annotations }) => [...(annotations.description ?? '').matchAll(/panel "([^"]+)"/g)].map(([, title]) => title));
  expect(panels.map((panel) => panel.title)).toEqual(expect.arrayContaining(pointed));
});
