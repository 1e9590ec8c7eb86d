// For `make test-deploy`: Prometheus needs some scrapes before a rate is a number.
import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

export default defineConfig({ ...tests, testDir: 'deploy', timeout: 120_000 });
