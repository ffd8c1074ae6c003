import { describe, expect, test } from 'vitest';
import { readLines } from '../../src/replication/read-lines.ts';
import { cpuTimeOf } from '../instruments/cpu-time.ts';
import { collect, failureOf } from './serve.ts';

async function* split(bytes: Uint8Array, ...at: number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const to of [...at, bytes.length]) {
    yield bytes.slice(from, to);
    from = to;
  }
}
const linesOf = async (chunks: AsyncIterable<Uint8Array>) => (await collect(readLines(chunks))).flat();

describe('the lines of a text', () => {
  const text = '{"é":"€"}\r\n\n["😀",1]\r\n\r\n{"last":"ł"}';
  const lines = ['{"é":"€"}\r', '["😀",1]\r', '{"last":"ł"}'];
  const bytes = new TextEncoder().encode(text);

  test('are the same wherever its bytes are cut in two, three, or all apart', async () => {
    for (let i = 0; i <= bytes.length; i++) {
      expect(await linesOf(split(bytes, i))).toEqual(lines);
      for (let j = i; j <= bytes.length; j += 3) expect(await linesOf(split(bytes, i, j))).toEqual(lines);
    }
    expect(await linesOf(split(bytes, ...bytes.keys()))).toEqual(lines);
  });

  test('begin after a byte order mark', async () => {
    const marked = new Uint8Array([0xef, 0xbb, 0xbf, ...bytes]);
    for (let i = 0; i <= 5; i++) expect(await linesOf(split(marked, i))).toEqual(lines);
  });

  test('are refused where a byte is not UTF-8, or a character is cut off', async () => {
    expect((await failureOf(linesOf(split(new Uint8Array([0x5b, 0xff, 0x5d]))))).code).toBe('SYNC_MALFORMED');
    expect((await failureOf(linesOf(split(bytes.slice(0, 3))))).code).toBe('SYNC_MALFORMED');
  });

  test('a line of many parts costs what its length costs', async () => {
    const part = new Uint8Array(1_024).fill(0x61);
    const many = async function* () {
      for (let i = 0; i < 20_000; i++) yield part;
    };
    const read = async () => expect((await linesOf(many()))[0]?.length).toBe(20_480_000);
    expect(await cpuTimeOf(read)).toBeLessThan(5_000);
  });
});
