// For `make test-dev`: a first debug build of both halves takes minutes, and so may the second.
import { defineConfig } from '@playwright/test';
import base from './playwright.config.ts';

export default defineConfig(base, { workers: 1, testDir: 'dev', timeout: 30 * 60_000, expect: { timeout: 10 * 60_000 } });
