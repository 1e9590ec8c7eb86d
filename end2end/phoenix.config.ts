// For `make test-phoenix`: a backend that takes a while to install and to start.
import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

export default defineConfig({ ...tests, workers: 1, testDir: 'phoenix', timeout: 60_000 });
