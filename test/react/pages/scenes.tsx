import { Activity, memo, StrictMode, Suspense, startTransition, use, useEffect, useLayoutEffect } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server.browser';
import { systemEnvironment } from '../../../src/index.ts';
import { useCount, useLiveQuery, useRecord } from '../../../src/react/hooks.ts';
import { soql } from '../../../src/soql/soql-tag.ts';
import { CHAT } from '../../instruments/session-database.ts';
import { Boundary, mount, openSessions, quiet, until } from './stage.tsx';

type Sessions = Awaited<ReturnType<typeof openSessions>>['sessions'];

/** How long each session idled, of those that idled at least so long. */
function Idle({ sessions, from = 0 }: { readonly sessions: Sessions; readonly from?: number }) {
  const rows = useLiveQuery(sessions, { where: { TimeIdle: { $gte: from } }, select: ['TimeIdle'] });
  return rows.map(({ TimeIdle }) => TimeIdle).join(' ');
}

/** Which row objects children are given, first and after a change, with the selection a new object in every reading. */
async function selections() {
  const { sessions, ids, openNow } = await openSessions(3);
  const given = new Map<string, Set<object>>();
  const Child = memo(function Child({ row }: { readonly row: { readonly Id: string } }) {
    given.set(row.Id, (given.get(row.Id) ?? new Set()).add(row));
    return null;
  });
  function Parent() {
    const rows = useLiveQuery(sessions, { select: ['Id', 'TimeIdle'] });
    return rows.map((row) => <Child key={row.Id} row={row} />);
  }
  const rowsGiven = () => ids.map((id) => given.get(id)?.size);
  const { unmount } = await mount(
    <StrictMode>
      <Parent />
    </StrictMode>,
  );
  const first = rowsGiven();
  await sessions.update({ Id: ids[1] ?? '', TimeIdle: 50 });
  await quiet();
  const updated = rowsGiven();
  // Moves the stamp of the record, yet nothing that is selected.
  await sessions.update({ Id: ids[2] ?? '', TimeInChats: 50 });
  await quiet();
  const unselected = rowsGiven();
  await unmount();
  return { first, updated, unselected, openAfter: openNow() };
}

/** The same query put to another database. */
async function otherDatabase() {
  const [one, other] = [await openSessions(2), await openSessions(3)];
  const { text, show, unmount } = await mount(<Idle sessions={one.sessions} />);
  const shown = [text()];
  await show(<Idle sessions={other.sessions} />);
  shown.push(text());
  const open = [one.openNow(), other.openNow()];
  await unmount();
  return { shown, open };
}

/** A window of a selection that is moved: which of its rows are rendered. */
async function movedWindow() {
  const { sessions, openNow } = await openSessions(10);
  let children: (number | null)[] = [];
  const Child = memo(function Child({ row }: { readonly row: { readonly TimeIdle: number | null } }) {
    children.push(row.TimeIdle);
    return null;
  });
  function Window({ offset }: { readonly offset: number }) {
    const rows = useLiveQuery(sessions, {
      select: ['Id', 'TimeIdle'],
      orderBy: [{ TimeIdle: 'asc' }],
      offset,
      limit: 4,
    });
    return rows.map((row) => <Child key={row.Id} row={row} />);
  }
  const { show, unmount } = await mount(<Window offset={0} />);
  children = [];
  await show(<Window offset={1} />);
  await show(<Window offset={3} />);
  const open = openNow();
  await unmount();
  return { children, open };
}

/** A write made when the component has been rendered and has not yet subscribed. */
async function meanwhile() {
  const { sessions } = await openSessions(1);
  function Writer() {
    useLayoutEffect(() => {
      void sessions.create({ ...CHAT, TimeIdle: 9 });
    }, []);
    return <Idle sessions={sessions} />;
  }
  const { text, unmount } = await mount(<Writer />);
  const shown = text();
  await unmount();
  return shown;
}

/** Each render's query with its rows, while the query changes, in urgent renders and in a transition. */
async function changedQuery() {
  const { sessions, openNow, openedEver } = await openSessions(4);
  const renders: string[] = [];
  function Wanted({ from }: { readonly from: number | null }) {
    const rows = useLiveQuery(sessions, from !== null && { where: { TimeIdle: { $gte: from } } });
    renders.push(`${from}: ${rows.map(({ TimeIdle }) => TimeIdle).join(' ')}`);
    return null;
  }
  const { root, show, unmount } = await mount(<Wanted from={null} />);
  const openForNothing = openNow();
  await show(<Wanted from={3} />);
  await show(<Wanted from={1} />);
  const opened = openedEver();
  await show(<Wanted from={1} />);
  const reopened = openedEver() - opened;
  startTransition(() => root.render(<Wanted from={2} />));
  await quiet();
  await show(<Wanted from={null} />);
  const openInTheEnd = openNow();
  await unmount();
  return { renders, openForNothing, reopened, openInTheEnd };
}

function busyFor(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Many components that show one number, rendered in pieces with writes between: the numbers of each frame shown. */
async function tearing() {
  const { sessions } = await openSessions(1);
  const frames: string[][] = [];
  let rendered = 0;
  let renderedBefore = 0;
  function Slow() {
    const count = useCount(sessions);
    rendered++;
    // Runs when React next lets go of the thread, which it does after so long a piece.
    if (rendered === 3)
      queueMicrotask(() => {
        renderedBefore = rendered;
        void sessions.create(CHAT);
      });
    busyFor(8);
    return <i>{count}</i>;
  }
  function Parts({ shown }: { readonly shown: boolean }) {
    useLayoutEffect(() => {
      if (shown) frames.push([...document.querySelectorAll('i')].map(({ textContent }) => textContent));
    });
    return shown && Array.from({ length: 12 }, (_, at) => <Slow key={`part ${at}`} />);
  }
  const { root, unmount } = await mount(<Parts shown={false} />);
  startTransition(() => root.render(<Parts shown={true} />));
  await until(() => frames.length > 0);
  await quiet();
  const last = [...document.querySelectorAll('i')].map(({ textContent }) => textContent);
  await unmount();
  return { renderedBefore, frames: frames.map((frame) => [...new Set(frame)]), last: [...new Set(last)] };
}

/** What an error boundary is given by queries that are wrong, first and after a right one. */
async function mistakes() {
  const { db, sessions, openNow } = await openSessions(1);
  const wrong = { where: { Nope: 1 } } as never;
  function Asks({ query }: { readonly query: object }) {
    return `${useLiveQuery(sessions, query as never).length} found`;
  }
  function AsksText({ text }: { readonly text: string }) {
    return `${useLiveQuery(db, text).length} found`;
  }
  function Misspells() {
    return `${useLiveQuery(sessions, {}, { deliverr: 'frame' } as never).length} found`;
  }
  function Names({ id }: { readonly id: string }) {
    return useRecord(sessions, id) === undefined ? 'none' : 'one';
  }
  const caught = async (element: React.ReactNode) => {
    const { text, unmount } = await mount(<Boundary>{element}</Boundary>);
    const shown = text();
    await unmount();
    return shown;
  };
  const later = await mount(
    <Boundary>
      <Asks query={{}} />
    </Boundary>,
  );
  await later.show(
    <Boundary>
      <Asks query={wrong} />
    </Boundary>,
  );
  const changed = later.text();
  await later.unmount();
  return {
    field: await caught(<Asks query={wrong} />),
    text: await caught(<AsksText text="SELECT Id FROM" />),
    viewed: await caught(<AsksText text="SELECT Id FROM LiveAgentSession FOR VIEW" />),
    option: await caught(<Misspells />),
    id: await caught(<Names id="no id at all" />),
    changed,
    openAfter: openNow(),
  };
}

/** A database closed under a mounted component, which is then rendered, hidden and shown again. */
async function closed() {
  const { db, sessions, ids, openNow } = await openSessions(3);
  function All({ mode = 'visible', from = 1 }: { readonly mode?: 'visible' | 'hidden'; readonly from?: number }) {
    return (
      <StrictMode>
        <Boundary>
          <Activity mode={mode}>
            <Idle sessions={sessions} from={from} />
            {` of ${useCount(sessions)}, `}
            {useRecord(sessions, ids[2])?.TimeIdle}
          </Activity>
        </Boundary>
      </StrictMode>
    );
  }
  const { text, show, unmount } = await mount(<All />);
  await db.close();
  await quiet();
  const shown = [text()];
  await show(<All />);
  shown.push(text());
  await show(<All mode="hidden" />);
  await show(<All />);
  shown.push(text());
  await show(<All from={2} />);
  shown.push(text());
  await unmount();
  return { shown, openAfter: openNow() };
}

/** Hidden by Activity, written to, and shown again; the children rendered when it comes back. */
async function hidden() {
  const { sessions, ids, openNow } = await openSessions(3);
  let children: string[] = [];
  const Child = memo(function Child({
    row,
  }: {
    readonly row: { readonly Id: string; readonly TimeIdle: number | null };
  }) {
    children.push(`${row.TimeIdle}`);
    return <>{row.TimeIdle} </>;
  });
  function List() {
    const rows = useLiveQuery(sessions, { select: ['Id', 'TimeIdle'] });
    return rows.map((row) => <Child key={row.Id} row={row} />);
  }
  const at = (mode: 'visible' | 'hidden') => (
    <Activity mode={mode}>
      <List />
    </Activity>
  );
  const { text, show, unmount } = await mount(at('visible'));
  await show(at('hidden'));
  const openHidden = openNow();
  await sessions.update({ Id: ids[1] ?? '', TimeIdle: 70 });
  children = [];
  await show(at('visible'));
  const shownAgain = { text: text(), children, open: openNow() };
  await sessions.delete(ids[0] ?? '');
  await quiet();
  const afterDelete = text();
  await unmount();
  return { openHidden, shownAgain, afterDelete, openAfter: openNow() };
}

/** A component that asks and then waits for something else; and one that never gets what it waits for. */
async function suspended() {
  const { sessions, openNow } = await openSessions(2);
  function Waits({ wait }: { readonly wait: Promise<string> }) {
    const count = useCount(sessions);
    return `${use(wait)} ${count}`;
  }
  let arrive = (_: string) => {};
  const wait = new Promise<string>((resolve) => {
    arrive = resolve;
  });
  const first = await mount(
    <Suspense fallback="waiting">
      <Waits wait={wait} />
    </Suspense>,
  );
  const waiting = { text: first.text(), open: openNow() };
  await sessions.create(CHAT);
  arrive('come:');
  // React lets no fallback flash by, and shows what has come only a moment later.
  await until(() => first.text() !== 'waiting');
  await quiet();
  const come = { text: first.text(), open: openNow() };
  await sessions.create(CHAT);
  await quiet();
  const later = first.text();
  // Once shown, it waits anew: what was shown is kept, hidden, and so is its live query.
  const never = new Promise<string>(() => {});
  await first.show(
    <Suspense fallback="waiting">
      <Waits wait={never} />
    </Suspense>,
  );
  await first.unmount();
  const openAfterFirst = openNow();
  const second = await mount(null);
  startTransition(() =>
    second.root.render(
      <Suspense fallback="waiting">
        <Waits wait={never} />
      </Suspense>,
    ),
  );
  await quiet();
  await second.unmount();
  return { waiting, come, later, openAfterFirst, openAfterSecond: openNow() };
}

/** Fifty commits, each in a turn of its own but all within one frame, as hooks hear of them with each commit or by frame. */
async function frames() {
  const waiting = new Set<() => void>();
  const frame = (action: () => void) => {
    waiting.add(action);
    return () => waiting.delete(action);
  };
  const { sessions, ids } = await openSessions(1, { env: { ...systemEnvironment(), frame } });
  const renders = { commit: 0, frame: 0 };
  function Hears({ deliver }: { readonly deliver: 'commit' | 'frame' }) {
    const rows = useLiveQuery(sessions, {}, { deliver });
    useEffect(() => {
      renders[deliver] += rows.length;
    });
    return rows[0]?.TimeIdle;
  }
  const byCommit = await mount(<Hears deliver="commit" />);
  const byFrame = await mount(<Hears deliver="frame" />);
  Object.assign(renders, { commit: 0, frame: 0 });
  for (let turn = 1; turn <= 50; turn++) {
    await sessions.update({ Id: ids[0] ?? '', TimeIdle: turn });
    // React renders at the end of the turn, so that the next commit is another rendering.
    await new Promise<void>((resolve) => queueMicrotask(resolve));
  }
  await quiet();
  const undrawn = byFrame.text();
  for (const action of waiting) action();
  await quiet();
  const texts = [byCommit.text(), undrawn, byFrame.text()];
  await byCommit.unmount();
  await byFrame.unmount();
  return { ...renders, texts };
}

/** SOQL as text with binds and as a template, both written anew in each render. */
async function texts() {
  const { db, sessions, ids, openNow, openedEver } = await openSessions(4);
  function Both({ from }: { readonly from: number }) {
    const tagged = useLiveQuery(db, soql`SELECT TimeIdle FROM LiveAgentSession WHERE TimeIdle >= ${from}`);
    const bound = useLiveQuery(db, 'SELECT TimeIdle FROM LiveAgentSession WHERE TimeIdle >= :from', {
      binds: { from },
    });
    return `${tagged.map(({ TimeIdle }) => TimeIdle).join(' ')}, ${bound.map(({ TimeIdle }) => TimeIdle).join(' ')}`;
  }
  const { text, show, unmount } = await mount(<Both from={2} />);
  const shown = [text()];
  const opened = openedEver();
  await show(<Both from={2} />);
  const reopened = openedEver() - opened;
  await sessions.update({ Id: ids[0] ?? '', TimeIdle: 8 });
  await quiet();
  shown.push(text());
  await show(<Both from={3} />);
  shown.push(text());
  const open = openNow();
  await unmount();
  return { shown, reopened, open, openAfter: openNow() };
}

/** A page that a server has rendered, brought to life. */
async function hydrated() {
  const { sessions, openNow } = await openSessions(3);
  const app = (
    <StrictMode>
      <Idle sessions={sessions} from={1} />
    </StrictMode>
  );
  const place = document.createElement('section');
  document.body.append(place);
  place.innerHTML = renderToString(app);
  const html = place.textContent;
  const openOnServer = openNow();
  const mismatches: string[] = [];
  const root = hydrateRoot(place, app, { onRecoverableError: (error) => mismatches.push(String(error)) });
  await quiet();
  const before = place.textContent;
  await sessions.create({ ...CHAT, TimeIdle: 5 });
  await quiet();
  const after = place.textContent;
  root.unmount();
  return { html, openOnServer, mismatches, before, after };
}

Object.assign(globalThis, {
  scenes: {
    selections,
    movedWindow,
    otherDatabase,
    meanwhile,
    changedQuery,
    tearing,
    mistakes,
    closed,
    hidden,
    suspended,
    frames,
    texts,
    hydrated,
  },
});
