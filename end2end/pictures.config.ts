// Takes the pictures of the README: `npm run pictures`, after `make build`.
import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

export default defineConfig({ ...tests, testDir: 'pictures' });
