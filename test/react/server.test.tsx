import type { ReactNode } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { useCount, useLiveQuery, useRecord } from '../../src/react/hooks.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { openWatched } from '../instruments/open-watched.ts';
import { CHAT, errorOf, idOf } from '../instruments/session-database.ts';

async function openDesk() {
  const watched = openWatched({ env: createFakeEnvironment() });
  const sessions = watched.db.LiveAgentSession;
  const made = await sessions.create([3, 5, 8].map((TimeIdle) => ({ ...CHAT, TimeIdle })));
  return { ...watched, sessions, ids: made.map(idOf) };
}

/** What a server makes of a component. */
function render(useText: () => ReactNode): string {
  function Page() {
    return useText();
  }
  return renderToString(<Page />);
}

describe('on a server', () => {
  test('the rows of the moment are rendered, and no live query stays open', async () => {
    const { db, sessions, openNow } = await openDesk();
    const useIdle = () =>
      useLiveQuery(sessions, { where: { TimeIdle: { $gt: 3 } } })
        .map(({ TimeIdle }) => TimeIdle)
        .join(' ');
    expect(render(useIdle)).toBe('5 8');
    await sessions.create({ ...CHAT, TimeIdle: 9 });
    expect(render(useIdle)).toBe('5 8 9');
    expect(render(() => useLiveQuery(db, 'SELECT Id FROM LiveAgentSession').length)).toBe('4');
    expect(openNow()).toBe(0);
  });

  test('no query gives no rows and is not even read', async () => {
    const { sessions, openedEver } = await openDesk();
    for (const query of [null, undefined, false] as const)
      expect(render(() => useLiveQuery(sessions, query).length)).toBe('0');
    expect(render(() => `${useRecord(sessions, null)} ${useRecord(sessions, undefined)}`)).toBe('undefined undefined');
    expect(openedEver()).toBe(0);
  });

  test('a record is the one that get gives, by 15 characters of its id too', async () => {
    const { sessions, ids } = await openDesk();
    const [id = '', other = ''] = ids;
    expect(render(() => String(useRecord(sessions, id) === sessions.get(id)))).toBe('true');
    expect(render(() => useRecord(sessions, id.slice(0, 15))?.TimeIdle)).toBe('3');
    await sessions.delete(other);
    expect(render(() => String(useRecord(sessions, other)))).toBe('undefined');
    expect(render(() => String(useRecord(sessions, 'nonsense')))).toBe('undefined');
    expect(render(() => String(useRecord(sessions, '0055g00000ABcdeAAD')))).toBe('undefined');
  });

  test('a count is of all records or of those that fit, and 0 of none', async () => {
    const { db, sessions } = await openDesk();
    expect(render(() => useCount(sessions))).toBe('3');
    expect(render(() => useCount(sessions, { TimeIdle: { $gte: 5 } }))).toBe('2');
    expect(render(() => useCount(db.SOSSession))).toBe('0');
  });

  test('what is wrong with a query is thrown by the rendering', async () => {
    const { db, sessions } = await openDesk();
    const codeOf = async (useText: () => ReactNode) => (await errorOf(() => render(useText))).code;
    expect(await codeOf(() => useCount(sessions, { Nope: 1 } as never))).toBe('INVALID_FIELD');
    expect(await codeOf(() => useLiveQuery(db, 'SELECT').length)).toBe('MALFORMED_QUERY');
    const signal = new AbortController().signal;
    expect(await codeOf(() => useLiveQuery(sessions, {}, { signal } as object).length)).toBe('INVALID_OPTION');
    expect(await codeOf(() => useLiveQuery(sessions, {}, { deliver: 'never' } as never).length)).toBe('INVALID_OPTION');
    await db.close();
    expect(await codeOf(() => useCount(sessions))).toBe('DATABASE_CLOSED');
  });
});
