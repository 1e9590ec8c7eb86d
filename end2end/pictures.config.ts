// Takes the pictures of the README: `npm run pictures`, after `make build`.
import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

// Typed as fast as a person types, which takes longer than a test does.
export default defineConfig({ ...tests, workers: 1, testDir: 'pictures', timeout: 60_000 });
