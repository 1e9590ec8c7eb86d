// Measures what telemetry costs the page: a part of `make bench`.
import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

export default defineConfig({ ...tests, workers: 1, testDir: 'bench', reporter: 'line', timeout: 120_000 });
