// What deploy/README.md shows: the dashboard's queries, answered by a real Prometheus after some minutes of use, as a drawing.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { dashboard } from '../fixtures/dashboard.ts';
import { draw } from '../fixtures/drawing.ts';
import { Prometheus } from '../fixtures/prometheus.ts';
import { open } from '../fixtures/terminal.ts';
import { test } from '../fixtures/test.ts';
import { round } from '../fixtures/traffic.ts';

const MINUTES = 3.5;

test.use({ serverEnv: { SOCKET_TRACKING_FLUSH_MS: '1000' } });

test('the dashboard', async ({ page, server }) => {
  test.setTimeout((MINUTES + 1) * 60_000);
  const prometheus = await Prometheus.start(server);
  try {
    await open(page, server);
    // Busier and quieter times, as a day has them.
    const end = Date.now() + MINUTES * 60_000;
    for (let i = 0; Date.now() < end; i++) {
      await round(server, page);
      await pause(1_200 + 1_000 * Math.sin(i / 6));
    }
    writeFileSync(resolve(import.meta.dirname, '../../deploy/grafana/preview.svg'), await draw(dashboard, prometheus));
  } finally {
    await prometheus.stop();
  }
});
