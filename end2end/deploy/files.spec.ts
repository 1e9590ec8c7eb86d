// What can be said of the files of deploy/ without running a container: they are complete, consistent, and name only what is there.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { dashboard, panels, resolved } from '../fixtures/dashboard.ts';
import { expect, test } from '@playwright/test';

const root = resolve(import.meta.dirname, '../..');
const deploy = join(root, 'deploy');
const text = (path: string) => readFileSync(join(root, path), 'utf8');

test.describe('the dashboard', () => {
  test("has the founding notes' six panels by name", () => {
    const titles = panels.map((panel) => panel.title);
    for (const title of ['Socket.IO request rate', 'Response time percentiles', 'Frontend-backend trace correlation', 'Events by type', 'Error rates', 'Terminal operations timeline']) {
      expect(titles).toContain(title);
    }
  });

  test('asks for its data source when it is imported, and every panel uses the answer', () => {
    const [input, ...others] = dashboard.__inputs;
    expect([input, others]).toMatchObject([{ name: 'DS_PROMETHEUS', type: 'datasource', pluginId: 'prometheus' }, []]);
    const [source] = dashboard.templating.list;
    // Imported by hand, Grafana puts the choice in place of the input; provisioned as a file, the variable takes the default source.
    expect(source).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus', current: { value: '${DS_PROMETHEUS}' } });
    for (const panel of panels) expect(panel.datasource, panel.title).toEqual({ type: 'prometheus', uid: '${datasource}' });
  });

  test('has only variables that are used', () => {
    const expressions = [...panels.flatMap((panel) => panel.targets!.map((target) => target.expr)), ...dashboard.annotations.list.map(({ expr }) => expr)];
    for (const { name } of dashboard.templating.list.slice(1)) expect(expressions.join('\n')).toContain(`"$${name}"`);
    for (const expr of expressions) expect(() => resolved(expr)).not.toThrow();
  });

  test('has panels that say what they show, in a unit, side by side without a gap', () => {
    expect(new Set(dashboard.panels.map((panel) => panel.id)).size).toBe(dashboard.panels.length);
    for (const panel of panels) {
      expect(panel.description, panel.title).toMatch(/\.$/);
      expect(panel.fieldConfig?.defaults.unit, panel.title).toBeTruthy();
      expect(panel.targets!.map((target) => target.refId), panel.title).toEqual([...'ABCDE'].slice(0, panel.targets!.length));
    }
    // In the order of the file each begins where the one before it ends: to the right of it, or below in a new line.
    let [x, y, height] = [0, 0, 0];
    for (const { gridPos, title } of dashboard.panels) {
      if (x === 24) [x, y] = [0, y + height];
      expect({ x: gridPos.x, y: gridPos.y }, title).toEqual({ x, y });
      if (x > 0) expect(gridPos.h, title).toBe(height);
      [x, height] = [x + gridPos.w, gridPos.h];
    }
    expect(x).toBe(24);
  });

  test('requires the kinds of panel it has', () => {
    const required = dashboard.__requires.filter(({ type }) => type === 'panel').map(({ id }) => id);
    expect(required).toEqual([...new Set(panels.map((panel) => panel.type))].sort());
  });
});

test.describe('the composition', () => {
  const compose = parse(text('deploy/compose.yaml'));
  const services: Record<string, any> = compose.services;
  const assigned = (file: string) => [...text(file).matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name!);

  test('sets only variables that AetherTerm knows', () => {
    const known = assigned('.env.example');
    for (const name of Object.keys(services.aetherterm.environment)) expect(known).toContain(name);
  });

  test('asks for the variables that deploy/.env.example has, and for no other', () => {
    const asked = [...text('deploy/compose.yaml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name!);
    const secrets = Object.values<any>(compose.secrets).map((secret) => secret.environment);
    expect(new Set([...asked, ...secrets])).toEqual(new Set(assigned('deploy/.env.example')));
    expect(text('.gitignore')).toContain('/deploy/.env\n');
  });

  test('mounts only what is there, and every named volume', () => {
    const mounts = Object.values(services).flatMap((service) => (service.volumes ?? []) as string[]);
    for (const source of mounts.map((mount) => mount.split(':')[0]!)) {
      if (source.startsWith('.')) expect(existsSync(join(deploy, source)), source).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
    expect(existsSync(join(deploy, services.aetherterm.build.context, services.aetherterm.build.dockerfile))).toBe(true);
  });

  test('opens no port to other machines', () => {
    for (const port of Object.values(services).flatMap((service) => (service.ports ?? []) as string[])) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  test('pins the version of every image it does not build', () => {
    for (const [name, { image, build }] of Object.entries(services)) if (!build) expect(image, name).toMatch(/:v?\d+\.\d+\.\d+$/);
  });

  test('names services where they are', () => {
    const hosts = [
      ...text('deploy/compose.yaml').matchAll(/http:\/\/([a-z]+):\d+/g),
      ...text('deploy/collector.yaml').matchAll(/endpoint: ([a-z]+):\d+/g),
      ...text('deploy/prometheus/prometheus.yml').matchAll(/targets: \[([a-z]+):\d+\]/g),
      ...text('deploy/grafana/provisioning/datasources/prometheus.yaml').matchAll(/url: http:\/\/([a-z]+):/g),
      ...text('deploy/grafana/provisioning/datasources/jaeger.yaml').matchAll(/url: http:\/\/([a-z]+):/g),
    ].map(([, host]) => host!);
    expect(new Set(hosts)).toEqual(new Set(['localhost', 'aetherterm', 'collector', 'jaeger', 'prometheus']));
    for (const service of Object.values(services)) for (const other of service.depends_on ?? []) expect(services).toHaveProperty(other);
  });

  test('has a collector that uses what it declares', () => {
    const collector = parse(text('deploy/collector.yaml'));
    const pipelines = Object.values<any>(collector.service.pipelines);
    for (const kind of ['receivers', 'processors', 'exporters']) {
      expect(new Set(pipelines.flatMap((pipeline) => pipeline[kind])), kind).toEqual(new Set(Object.keys(collector[kind])));
    }
    expect(services.collector.volumes[0].split(':')[1]).toBe(services.collector.command[0].split('=')[1]);
  });

  test('gives Prometheus the token where the configuration looks for it, and Grafana the dashboards', () => {
    const [scrape] = parse(text('deploy/prometheus/prometheus.yml')).scrape_configs;
    expect(services.prometheus.secrets.map((name: string) => `/run/secrets/${name}`)).toContain(scrape.authorization.credentials_file);
    const [provider] = parse(text('deploy/grafana/provisioning/dashboards/aetherterm.yaml')).providers;
    expect(services.grafana.volumes).toContain(`./grafana/dashboards:${provider.options.path}:ro`);
  });
});
