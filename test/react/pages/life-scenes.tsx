import { Activity, memo, type ReactNode, StrictMode, Suspense, startTransition, use } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server.browser';
import { useCount, useLiveQuery, useRecord } from '../../../src/react/hooks.ts';
import { CHAT } from '../../instruments/session-database.ts';
import { Boundary, Idle, mount, openSessions, quiet, until } from './stage.tsx';

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
  const caught = async (element: ReactNode) => {
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

export const lifeScenes = { mistakes, closed, hidden, suspended, hydrated };
