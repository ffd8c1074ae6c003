import { expect, test } from 'vitest';
import { Mistake } from '../../../src/board/flags.ts';
import { readServe, SERVE_HELP } from '../../../src/cli/serve/serve-options.ts';

const read = (words: string, variables = {}) => readServe(words.split(' ').filter(Boolean), variables);

test('without flags it serves all session objects, in memory, on this machine', () => {
  const options = read('');
  expect(options).toMatchObject({ store: { kind: 'memory' }, port: 4000, host: '127.0.0.1', origins: [] });
  expect(options?.objects).toHaveLength(20);
  expect(options?.objects).toContain('LiveAgentSession');
});

test('flags are taken', () => {
  expect(
    read(
      '--data ./d --port 0 --host ::1 --token-file t --origin https://a.example --origin http://b:8 --objects Case,User',
    ),
  ).toEqual({
    store: { kind: 'folder', path: './d' },
    port: 0,
    host: '::1',
    tokenFile: 't',
    origins: ['https://a.example', 'http://b:8'],
    objects: ['Case', 'User'],
  });
});

test('a database may be named where no list of processes shows it; a folder that is given counts more', () => {
  const variables = { SOJOURN_DATABASE: 'postgres://u:p@h/d' };
  expect(read('', variables)?.store).toEqual({ kind: 'postgres', url: 'postgres://u:p@h/d' });
  expect(read('--data d', variables)?.store).toEqual({ kind: 'folder', path: 'd' });
});

test('help names every flag', () => {
  expect(read('--port x --help')).toBeUndefined();
  for (const flag of 'data database port host token-file origin objects help'.split(' '))
    expect(SERVE_HELP).toContain(`--${flag}`);
});

test.each([
  ['--data d --database postgres://h/d', '--data and --database are both given'],
  ['--database mysql://user:secret@h/d', '--database takes an address as postgres://'],
  ['--port 65536', '--port takes a whole number from 0 to 65,535'],
  ['--origin https://a.example/', '--origin takes an origin'],
  ['--origin *', '--origin takes an origin'],
  ['--objects Case,SyncVersion', "there is no 'SyncVersion'"],
  ['more', "Unexpected argument 'more'"],
])('%j is a mistake that is named, without what is secret in it', (words, message) => {
  expect(() => read(words)).toThrow(Mistake);
  expect(() => read(words)).toThrow(message);
  expect(() => read(words)).not.toThrow('secret');
});
