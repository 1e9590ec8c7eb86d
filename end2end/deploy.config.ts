// For `make test-deploy`: Prometheus needs some scrapes before a rate is a number.
import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

export default defineConfig({ ...tests, workers: 1, testDir: 'deploy', timeout: 120_000 });
