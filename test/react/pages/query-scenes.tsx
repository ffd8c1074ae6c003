import { memo, StrictMode, startTransition, useEffect, useLayoutEffect } from 'react';
import { systemEnvironment } from '../../../src/index.ts';
import { useCount, useLiveQuery } from '../../../src/react/hooks.ts';
import { soql } from '../../../src/soql/soql-tag.ts';
import { CHAT } from '../../instruments/session-database.ts';
import { Idle, mount, openSessions, quiet, until } from './stage.tsx';

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

export const queryScenes = { selections, otherDatabase, movedWindow, meanwhile, changedQuery, tearing, frames, texts };
