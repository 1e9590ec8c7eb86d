import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

// The same order as scripts/tools/chromium; with none of them Playwright uses the build it downloaded.
const chromium = [process.env.CHROMIUM, '/usr/bin/chromium'].find((path) => path && existsSync(path));

export default defineConfig({
  testDir: 'tests',
  // Each test has a server of its own. On two cores the two stand in each other's way a little; together they are done sooner.
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: !!process.env.CI,
  reporter: [['list'], ['./fixtures/tally.ts']],
  use: {
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: chromium,
      // Containers forbid Chromium's sandbox and have no GPU; the rest keeps it from calling home.
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
