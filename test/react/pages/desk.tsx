import { memo, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import type { LiveAgentSession } from '../../../src/collections/catalog.ts';
import type { RecordOf } from '../../../src/index.ts';
import { useCount, useLiveQuery, useRecord } from '../../../src/react/hooks.ts';
import { CHAT } from '../../instruments/session-database.ts';
import type { Desk } from '../desk.ts';
import { openSessions, quiet } from './stage.tsx';

const SESSION_COUNT = 2000;

const { db, sessions, ids, openNow, openedEver } = await openSessions(SESSION_COUNT);
const renders = { rows: new Set<string>(), list: 0, count: 0, record: 0 };
const controls = { setFloor: (_: number) => {}, setWatched: (_: string | null) => {} };

const Row = memo(function Row({ session }: { readonly session: RecordOf<typeof LiveAgentSession> }) {
  renders.rows.add(session.Id);
  return (
    <li id={session.Id}>
      {session.Name}: {session.TimeIdle} s idle, {session.TimeInChats ?? 0} s in chats
    </li>
  );
});

function List({ floor }: { readonly floor: number }) {
  renders.list++;
  const rows = useLiveQuery(sessions, {
    where: { TimeIdle: { $gte: floor } },
    orderBy: [{ TimeIdle: 'asc' }],
  });
  return (
    <ol id="list" data-floor={floor}>
      {rows.map((session) => (
        <Row key={session.Id} session={session} />
      ))}
    </ol>
  );
}

function Count() {
  renders.count++;
  return <output id="count">{useCount(sessions, { TimeIdle: { $gte: 1000 } })}</output>;
}

function Watched({ id }: { readonly id: string | null }) {
  renders.record++;
  const session = useRecord(sessions, id);
  return <output id="record">{session === undefined ? 'none' : `${session.TimeIdle} s idle`}</output>;
}

function App() {
  const [floor, setFloor] = useState(0);
  const [watched, setWatched] = useState<string | null>(null);
  Object.assign(controls, { setFloor, setWatched });
  return (
    <main>
      <h1>Sessions</h1>
      <p>
        Idle for 1000 s or more: <Count />. Watched: <Watched id={watched} />.
      </p>
      <List floor={floor} />
    </main>
  );
}

const root = createRoot(document.getElementById('root') as HTMLElement);
root.render(
  <StrictMode>
    <App />
  </StrictMode>,
);
await quiet();

const idOf = (idle: number) => ids[idle] ?? '';
const after = async (work: unknown) => {
  await work;
  await quiet();
};

const desk: Desk = {
  idOf,
  create: (idle) => after(sessions.create({ ...CHAT, TimeIdle: idle })),
  update: (idle, to) => after(sessions.update({ Id: idOf(idle), TimeIdle: to })),
  delete: (id) => after(sessions.delete(id)),
  undelete: (id) => after(sessions.undelete(id)),
  transact: (from, to, created) =>
    after(
      db.transaction((tx) => {
        for (let idle = from; idle < to; idle++) tx.LiveAgentSession.update({ Id: idOf(idle), TimeInChats: 7 });
        tx.LiveAgentSession.create({ ...CHAT, TimeIdle: created });
      }),
    ),
  setFloor: (floor) => after(controls.setFloor(floor)),
  watch: (id) => after(controls.setWatched(id)),
  unmount: () => after(root.unmount()),
  openNow,
  openedEver,
  takeRenders: () => {
    const taken = { ...renders, rows: [...renders.rows] };
    renders.rows.clear();
    Object.assign(renders, { list: 0, count: 0, record: 0 });
    return taken;
  },
};
Object.assign(globalThis, { desk });
