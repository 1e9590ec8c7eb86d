import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';

const root = resolve(import.meta.dirname, '../..');
const component = join(root, 'app/src/ui/dock.rs');

test('an edited component changes in the open page', async ({ page }) => {
  const data = mkdtempSync(join(tmpdir(), 'aetherterm-dev-'));
  // A process group of its own, so that cargo-leptos, the server and the compilers end together.
  const dev = spawn(join(root, 'scripts/dev'), ['--auth', 'none', '--pty-host', 'in-process', '--data-dir', data], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(dev, 'exit');
  const output = new Output([dev.stdout, dev.stderr]);
  const original = readFileSync(component, 'utf8');

  try {
    await page.goto(await output.startLine());
    await expect(page.getByRole('tab', { name: 'Traces' })).toHaveCount(1);

    const edited = original.replace('Self::Monitor => Message::SocketMonitor', 'Self::Monitor => Message::Traces');
    expect(edited).not.toBe(original);
    // cargo-leptos begins to watch some time after it has started the server: the file is saved until it says something.
    const quiet = output.text.length;
    await expect(() => {
      writeFileSync(component, edited);
      expect(output.text.length).toBeGreaterThan(quiet);
    }).toPass({ intervals: [2_000] });
    await expect(page.getByRole('tab', { name: 'Traces' })).toHaveCount(2);
  } finally {
    writeFileSync(component, original);
    process.kill(-(dev.pid as number), 'SIGTERM');
    await exited;
    rmSync(data, { recursive: true, force: true });
  }
});

/** What a program says, also shown as it comes, since the wait is long. */
class Output {
  text = '';
  private readonly heard = new EventEmitter();

  constructor(streams: NodeJS.ReadableStream[]) {
    for (const stream of streams) {
      stream.on('data', (chunk: Buffer) => {
        process.stdout.write(chunk);
        this.text += chunk;
        this.heard.emit('more');
      });
      stream.on('end', () => this.heard.emit('more', 'end'));
    }
  }

  /** The address in the server's start line. */
  async startLine(): Promise<string> {
    for (;;) {
      const url = /^aetherterm listening on (\S+)/m.exec(this.text)?.[1];
      if (url) return url;
      const [end] = await once(this.heard, 'more');
      // After a failure cargo-leptos would wait for the next edit.
      if (end || /^(aetherterm|error): /m.test(this.text)) throw new Error('the server did not start');
    }
  }
}
