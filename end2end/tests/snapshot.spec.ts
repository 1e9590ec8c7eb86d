// Whoever attaches in the middle of a program sees what whoever watched it from the beginning sees: recorded programs are
// played in a real terminal of the real server, and the browser's emulator reads both the output and a snapshot.
import { readFileSync, readdirSync } from 'node:fs';
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

for (const file of readdirSync(recordings)) {
  test(`a snapshot continues ${file}`, async ({ server }) => {
    const [, cols, rows] = /-(\d+)x(\d+)\.bin$/.exec(file)!.map(Number) as [number, number, number];
    const length = readFileSync(join(recordings, file)).length;
    const [witness, newcomer] = await Promise.all([Viewer.connect(server), Viewer.connect(server)]);
    try {
      const { terminalId } = await witness.socket.emitWithAck('terminal:create', { cols, rows });
      const type = (data: string) => witness.socket.emitWithAck('terminal:input', { terminalId, data });
      // Plays as many bytes as it is told to. The marker is computed, so that its echo is not taken for it.
      const play = `stty raw -echo; exec 3<'${join(recordings, file)}'; echo pl''ays; while read n; do dd bs=$n count=1 status=none <&3; done`;
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

        const [watched, attached] = [new Emulator(cols, rows), new Emulator(cols, rows)];
        await watched.write(witness.output.subarray(0, seq));
        await attached.write(newcomer.snapshot);
        expect(attached.answers, 'a snapshot asks nothing').toBe('');
        expect(attached.state(), `after ${seq} bytes`).toEqual(watched.state());
        await Promise.all([watched.write(witness.output.subarray(seq)), attached.write(newcomer.output)]);
        expect(attached.state(), `${piece} bytes later`).toEqual(watched.state());
      }
    } finally {
      witness.socket.disconnect();
      newcomer.socket.disconnect();
    }
  });
}
