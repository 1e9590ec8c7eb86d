import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';

const root = resolve(import.meta.dirname, '../..');

test('an edited component changes in the open page', async ({ page }) => {
  const data = mkdtempSync(join(tmpdir(), 'aetherterm-dev-'));
  // A process group of its own, so that cargo-leptos, the server and the compilers end together.
  const dev = spawn(join(root, 'scripts/dev'), ['--auth', 'none', '--data-dir', data], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(dev, 'exit');
  const component = join(root, 'app/src/ui/dock.rs');
  const original = readFileSync(component, 'utf8');

  try {
    await page.goto(await startLine([dev.stdout, dev.stderr]));
    await expect(page.getByRole('tab', { name: 'Traces' })).toHaveCount(1);

    const edited = original.replace('Self::Monitor => Message::SocketMonitor', 'Self::Monitor => Message::Traces');
    expect(edited).not.toBe(original);
    writeFileSync(component, edited);
    await expect(page.getByRole('tab', { name: 'Traces' })).toHaveCount(2);
  } finally {
    writeFileSync(component, original);
    process.kill(-(dev.pid as number), 'SIGTERM');
    await exited;
    rmSync(data, { recursive: true, force: true });
  }
});

/** The address in the server's start line; everything said is shown, since the wait is long. */
function startLine(outputs: NodeJS.ReadableStream[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const listen = (chunk: Buffer) => {
      process.stdout.write(chunk);
      said += chunk;
      const url = /aetherterm listening on (\S+)/.exec(said)?.[1];
      if (url) resolve(url);
      // cargo-leptos would wait for the next edit.
      if (/^(aetherterm|error): /m.test(said)) reject(new Error('the server did not start'));
    };
    for (const output of outputs) {
      output.on('data', listen);
      output.on('end', () => reject(new Error('scripts/dev ended before the server listened')));
    }
  });
}
