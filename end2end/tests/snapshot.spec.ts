// Whoever attaches in the middle of a program sees what whoever watched it from the beginning sees: recorded programs are
// played in a real terminal of the real server, and the browser's emulator reads both the output and a snapshot.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Socket, io } from 'socket.io-client';
import { Emulator } from '../fixtures/emulator.ts';
import type { Server } from '../fixtures/server.ts';
import { expect, test } from '../fixtures/test.ts';

const recordings = resolve(import.meta.dirname, '../../server/tests/recordings');

/** In how many places each recording is cut. */
const CUTS = 12;

interface Frame {
  terminalId: string;
  data: Buffer;
  snapshot?: boolean;
}

/** A window at the terminal, and what it has been sent. */
class Viewer {
  snapshot = Buffer.alloc(0);
  output = Buffer.alloc(0);

  private constructor(readonly socket: Socket) {
    // What was sent before came from the attachment before.
    socket.on('terminal:attached', () => (this.snapshot = this.output = Buffer.alloc(0)));
    socket.on('terminal:output', ({ data, snapshot }: Frame) => {
      if (snapshot) this.snapshot = Buffer.concat([this.snapshot, data]);
      else this.output = Buffer.concat([this.output, data]);
    });
  }

  static connect(server: Server): Promise<Viewer> {
    const extraHeaders = { Authorization: `Bearer ${server.token}` };
    const socket = io(server.address('/'), { transports: ['websocket'], extraHeaders, forceNew: true });
    return new Promise((resolve, reject) => {
      socket.on('connect', () => resolve(new Viewer(socket))).on('connect_error', reject);
    });
  }

  /** Attaches anew; without an offset that gives a snapshot. Returns the offset at which output goes on. */
  async attach(terminalId: string, fromSeq?: number): Promise<number> {
    const answer = await this.socket.emitWithAck('terminal:attach', { terminalId, fromSeq });
    expect(answer).toMatchObject({ ok: true });
    return answer.seq;
  }
}

/** What the two emulators are to agree about, by what was sent to each. */
async function compare(watched: Uint8Array[], attached: Uint8Array[], [cols, rows]: Size, when: string): Promise<void> {
  const read = async (sent: Uint8Array[]) => {
    const emulator = new Emulator(cols, rows);
    for (const bytes of sent) await emulator.write(bytes);
    return { state: emulator.state(), answers: emulator.answers, behaviour: await emulator.behaviour() };
  };
  const [one, other] = await Promise.all([read(watched), read(attached)]);
  expect(other.state, when).toEqual(one.state);
  expect(other.behaviour, `margins and tab stops ${when}`).toEqual(one.behaviour);
  if (attached.length === 1) expect(other.answers, 'a snapshot asks nothing').toBe('');
}

type Size = [cols: number, rows: number];

/** Plays a file, and has a newcomer come in the middle of it again and again. */
async function check(server: Server, file: string, size: Size): Promise<void> {
  const [cols, rows] = size;
  const length = readFileSync(file).length;
  const [witness, newcomer] = await Promise.all([Viewer.connect(server), Viewer.connect(server)]);
  try {
    const { terminalId } = await witness.socket.emitWithAck('terminal:create', { cols, rows });
    const type = (data: string) => witness.socket.emitWithAck('terminal:input', { terminalId, data });
    // Plays as many bytes as it is told to. The marker is computed, so that its echo is not taken for it.
    const play = `stty raw -echo; exec 3<'${file}'; echo pl''ays; while read n; do dd bs=$n count=1 status=none <&3; done`;
    await type(`exec sh -c "${play.replaceAll('$', '\\$')}"\r`);
    await expect.poll(() => witness.output.toString('latin1')).toMatch(/plays\n/);
    await witness.attach(terminalId, 0);
    await expect.poll(() => witness.output.toString('latin1')).toMatch(/plays\n/);
    const played = async (bytes: number) => {
      const before = witness.output.length;
      await type(`${bytes}\n`);
      await expect.poll(() => witness.output.length).toBe(before + bytes);
    };

    const piece = Math.floor(length / (2 * CUTS));
    for (let n = 0; n < CUTS; n++) {
      await played(piece);
      const seq = await newcomer.attach(terminalId);
      // Live output comes after all of the snapshot.
      await played(piece);
      await expect.poll(() => newcomer.output.length).toBe(piece);

      const [before, after] = [witness.output.subarray(0, seq), witness.output.subarray(seq)];
      await compare([before], [newcomer.snapshot], size, `after ${seq} bytes`);
      await compare([before, after], [newcomer.snapshot, newcomer.output], size, `${piece} bytes later`);
    }
  } finally {
    witness.socket.disconnect();
    newcomer.socket.disconnect();
  }
}

for (const file of readdirSync(recordings)) {
  test(`a snapshot continues ${file}`, async ({ server }) => {
    const [, cols, rows] = /-(\d+)x(\d+)\.bin$/.exec(file)!.map(Number) as [number, ...Size];
    await check(server, join(recordings, file), [cols, rows]);
  });
}

test('a snapshot keeps title, margins and tab stops of both screens', async ({ server }) => {
  const stops = (...columns: number[]) => `\x1b[3g${columns.map((column) => `\x1b[1;${column}H\x1bH`).join('')}`;
  const lines = Array.from({ length: 20 }, (_, n) => `${n}\ta\tb\r\n`).join('');
  const shell = `\x1b]2;a shell\x07${stops(5, 21)}\x1b[4;9r\x1b[4H${lines}`;
  const program = `\x1b[?1049h\x1b]2;a program\x07${stops(11, 12, 40)}\x1b[2;20r\x1b[?6h\x1b[2H${lines}`;
  const file = join(server.home, 'played');
  writeFileSync(file, `${shell}${program}\x1b[r${stops(3)}${lines}\x1b[?1049l${lines}${program}`);
  await check(server, file, [50, 24]);
});
