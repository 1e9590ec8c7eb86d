// The official Socket.IO clients drive a shell by the protocol alone: no page, no code of ours on their side.
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Socket, io } from 'socket.io-client';
import { expect, test } from '../fixtures/test.ts';

// As in a container, where one process is all there is.
test.use({ serverArgs: ['--pty-host', 'in-process'] });

const python = process.env.AETHERTERM_TEST_PYTHON ?? resolve(import.meta.dirname, '../../target/tools/python/bin/python');

const connect = (url: string, token: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = io(url, { transports: ['websocket'], extraHeaders: { Authorization: `Bearer ${token}` }, forceNew: true });
    socket.on('connect', () => resolve(socket)).on('connect_error', reject);
  });

test('the JavaScript client drives a shell', async ({ server }) => {
  const socket = await connect(server.address('/'), server.token);
  try {
    let output = '';
    socket.on('terminal:output', (frame: { data: Buffer }) => (output += frame.data.toString('utf8')));
    const ready = await socket.emitWithAck('session:init', { client: { name: 'test', version: '1' } });
    expect(ready).toMatchObject({ ok: true, clientId: expect.any(String), workspace: { sessions: [{ tabs: [{}] }] } });

    const created = await socket.emitWithAck('terminal:create', { cols: 80, rows: 24, _requestId: 'mine' });
    expect(created).toMatchObject({ ok: true, _requestId: 'mine', status: 'ready', cols: 80, rows: 24 });
    const { terminalId } = created;

    const typed = await socket.emitWithAck('terminal:input', { terminalId, data: 'echo answer $((6*7))\r' });
    expect(typed).toEqual({ ok: true, terminalId, bytes: 21 });
    await expect.poll(() => output).toMatch(/answer 42\b/);

    const closed = new Promise((resolve) => socket.on('terminal:closed', resolve));
    await socket.emitWithAck('terminal:input', { terminalId, data: Buffer.from('exit 3\r') });
    expect(await closed).toMatchObject({ terminalId, exitCode: 3, reason: 'exited' });
  } finally {
    socket.disconnect();
  }
});

test('a client of before there were panes drives a shell by the names it knows', async ({ server }) => {
  const socket = await connect(server.address('/'), server.token);
  try {
    let output = '';
    socket.on('shell:output', ({ session, data }: { session: string; data: string }) => {
      expect(session).toBe('old');
      output += data;
    });
    const ready = new Promise((resolve) => socket.on('terminal_ready', resolve));
    const closed = new Promise((resolve) => socket.on('terminal_closed', resolve));
    // It asks for no acks.
    socket.emit('create_terminal', { session: 'old', path: '/tmp' });
    expect(await ready).toMatchObject({ session: 'old', status: 'ready' });
    socket.emit('terminal_resize', { session: 'old', cols: 100, rows: 30 });
    socket.emit('terminal_input', { session: 'old', data: 'echo at $PWD sized $(stty size) 端末\r' });
    await expect.poll(() => output).toMatch(/at \/tmp sized 30 100 端末/);
    socket.emit('terminal_input', { session: 'old', data: 'exit\r' });
    expect(await closed).toMatchObject({ session: 'old' });
  } finally {
    socket.disconnect();
  }
});

test('every refusal names what was wrong and the connection stays', async ({ server }) => {
  const socket = await connect(server.address('/'), server.token);
  try {
    const refused = async (event: string, ...payload: unknown[]) => (await socket.emitWithAck(event, ...payload)).error;
    expect(await refused('no:such:event', {})).toMatchObject({ code: 'unknown_event' });
    expect(await refused('terminal:create', { cols: 'wide', rows: 24 })).toMatchObject({ code: 'invalid_payload', field: 'cols' });
    expect(await refused('terminal:create', [1, 2])).toMatchObject({ code: 'invalid_payload' });
    expect(await refused('terminal:input', { terminalId: 't1', data: 'x' })).toMatchObject({ code: 'not_found', field: 'terminalId' });
    expect(await refused('terminal:input', { terminalId: 't1', data: 'x'.repeat(1_300_000) })).toMatchObject({ code: 'too_large' });
    expect(socket.connected).toBe(true);
  } finally {
    socket.disconnect();
  }
});

test('a client without a credential is refused before a socket exists', async ({ server }) => {
  await expect(connect(server.address('/'), 'wrong')).rejects.toThrow();
});

test('the Python client drives a shell', async ({ server }) => {
  const drive = join(import.meta.dirname, '../clients/drive.py');
  const { stdout } = await promisify(execFile)(python, [drive, server.address('/'), server.token]);
  expect(stdout.trim()).toBe('answer 42');
});
