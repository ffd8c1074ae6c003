import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPEN_MS, type OpenBrowser, type OpenPage, openBrowser } from '../instruments/open-browser.ts';

let browser: OpenBrowser;
let opened: OpenPage;

beforeAll(async () => {
  browser = await openBrowser();
  opened = await browser.openPage('test/react/pages/scenes.tsx');
  await opened.page.waitForFunction('globalThis.scenes !== undefined');
}, OPEN_MS);
afterAll(() => browser?.close());

/** Has a scene of the page played, and gives what it saw. */
const play = (scene: string) => opened.page.evaluate<Record<string, unknown>>(`scenes.${scene}()`);

describe('a query with a selection in StrictMode', () => {
  test('gives a child one row object until what is selected changes', async () => {
    expect(await play('selections')).toEqual({
      first: [1, 1, 1],
      updated: [1, 2, 1],
      unselected: [1, 2, 1],
      openAfter: 0,
    });
  });
});

describe('a changed query', () => {
  test('shows its own rows in the very render, and an equal one is not opened anew', async () => {
    expect(await play('changedQuery')).toEqual({
      renders: ['null: ', '3: 3', '1: 1 2 3', '1: 1 2 3', '2: 2 3', 'null: '],
      openForNothing: 0,
      reopened: 0,
      openInTheEnd: 0,
    });
  });

  test('that moves its window renders the rows that come into it alone', async () => {
    expect(await play('movedWindow')).toEqual({ children: [4, 5, 6], open: 1 });
  });

  test('is also one that is put to another database', async () => {
    expect(await play('otherDatabase')).toEqual({ shown: ['0 1', '0 1 2'], open: [0, 1] });
  });

  test('of SOQL goes by its text and its values, wherever they are written', async () => {
    expect(await play('texts')).toEqual({
      shown: ['2 3, 2 3', '8 2 3, 8 2 3', '8 3, 8 3'],
      reopened: 0,
      open: 2,
      openAfter: 0,
    });
  });
});

describe('a write', () => {
  test('between render and subscription is not lost', async () => {
    expect(await play('meanwhile')).toBe('0 9');
  });

  test('into a rendering in pieces tears no frame', async () => {
    expect(await play('tearing')).toEqual({ renderedBefore: 3, frames: [['2']], last: ['2'] });
  });

  test('of fifty in a frame is rendered once by a query that is delivered by frame', async () => {
    expect(await play('frames')).toEqual({ commit: 50, frame: 1, texts: ['50', '0', '50'] });
  });
});

describe('a mistake', () => {
  test('is thrown in render, for an error boundary to catch, and leaves nothing open', async () => {
    expect(await play('mistakes')).toEqual({
      field: 'INVALID_FIELD',
      text: 'MALFORMED_QUERY',
      viewed: 'MALFORMED_QUERY',
      option: 'INVALID_OPTION',
      id: 'none',
      changed: 'INVALID_FIELD',
      openAfter: 0,
    });
  });
});

describe('a component', () => {
  test('keeps its last rows when the database is closed, and can ask nothing else of it', async () => {
    const last = '1 2 of 3, 2';
    expect(await play('closed')).toEqual({ shown: [last, last, last, 'DATABASE_CLOSED'], openAfter: 0 });
  });

  test('that is hidden lets go of its query, and renders what has changed when it is shown again', async () => {
    expect(await play('hidden')).toEqual({
      openHidden: 0,
      shownAgain: { text: '0 70 2 ', children: ['70'], open: 1 },
      afterDelete: '70 2 ',
      openAfter: 0,
    });
  });

  test('that waits opens nothing, and begins with what is so when it is shown', async () => {
    expect(await play('suspended')).toEqual({
      waiting: { text: 'waiting', open: 0 },
      come: { text: 'come: 3', open: 1 },
      later: 'come: 4',
      openAfterFirst: 0,
      openAfterSecond: 0,
    });
  });

  test('that a server has rendered goes on from its rows', async () => {
    expect(await play('hydrated')).toEqual({
      html: '1 2',
      openOnServer: 0,
      mismatches: [],
      before: '1 2',
      after: '1 2 5',
    });
  });
});

test('nothing was complained of', () => {
  expect(opened.complaints).toEqual([]);
});
