import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { Interrupted, Output, OutputClosed } from '../../src/cli/output.ts';
import { ShellError } from '../../src/cli/shell-error.ts';

const pause = async () => {};

test('no more is written than the stream has room for', async () => {
  const stream = new PassThrough({ highWaterMark: 10 });
  const output = new Output(stream, pause);
  let taken = 0;
  const writing = output.writeAll(
    (function* pieces() {
      for (; taken < 100; taken++) yield 'twelve bytes';
    })(),
  );
  await new Promise(setImmediate);
  expect(taken).toBeLessThan(3);
  stream.resume();
  await writing;
  expect(taken).toBe(100);
});

function failing(code: string): Writable {
  return new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error(code), { code }));
    },
  });
}

async function failureOf(stream: Writable): Promise<unknown> {
  const output = new Output(stream, pause);
  await output.write('a').catch(() => {});
  await new Promise(setImmediate);
  return output.write('b').catch((error: unknown) => error);
}

test('a reader that is gone and a disk that is full are told apart', async () => {
  expect(await failureOf(failing('EPIPE'))).toBeInstanceOf(OutputClosed);
  expect(await failureOf(failing('ENOSPC'))).toEqual(new ShellError('the output cannot be written to: ENOSPC'));
});

test('a reader that goes while room is waited for ends the wait', async () => {
  const stream = new PassThrough({ highWaterMark: 1 });
  const writing = new Output(stream, pause).write('more than there is room for');
  stream.destroy();
  await expect(writing).rejects.toBeInstanceOf(OutputClosed);
});

test('what is interrupted stays so until it is resumed', async () => {
  const output = new Output(new PassThrough(), pause);
  output.interrupt();
  expect(output.interruption.aborted).toBe(true);
  await expect(output.write('a')).rejects.toBeInstanceOf(Interrupted);
  output.resume();
  expect(output.interruption.aborted).toBe(false);
  await output.write('b');
});
