import type { CentreDatabase } from './centre-database.ts';
import type { Day } from './day.ts';
import { iso, secondsBetween } from './iso.ts';
import { importSettings } from './load-day.ts';
import { makeWrite } from './make-write.ts';
import { type Write, writesFor } from './traffic.ts';

/** Ends every session that was under way when the board stopped: whoever was on a line has been cut off. */
async function endOpenSessions(db: CentreDatabase, nowMs: number): Promise<void> {
  const now = iso(nowMs);
  const calls = db.SOSSession.find({ where: { EndTime: null }, select: ['Id'] });
  await db.SOSSession.update(calls.map(({ Id }) => ({ Id, EndTime: now })));
  const journeys = db.GenesysSession.find({ where: { endedDate: null } });
  await db.GenesysSession.update(
    journeys.map(({ id, type, createdDate, lastAcdOutcome }) => ({
      id,
      endedDate: now,
      durationInSeconds: secondsBetween(createdDate === null ? nowMs : Date.parse(createdDate), nowMs),
      ...(type === 'conversation' && lastAcdOutcome === null && { lastAcdOutcome: 'Abandon' as const }),
    })),
  );
  const proxies = db.TwilioProxySession.find({ where: { status: { $in: ['open', 'in-progress'] } }, select: ['sid'] });
  await db.TwilioProxySession.update(proxies.map(({ sid }) => ({ sid, status: 'closed' as const })));
  const logins = db.LiveAgentSession.find({
    where: { LogoutTime: { $gt: now }, LoginTime: { $lte: now } },
    select: ['Id'],
  });
  await db.LiveAgentSession.update(logins.map(({ Id }) => ({ Id, LogoutTime: now })));
}

/** Sessions whose writes are on their way at a time: those of one turn are kept in one write of the storage. */
const TOGETHER = 500;

/**
 * Goes on with a day that was kept: what was under way is ended, a fresh shift logs in, and its customers call. `onProgress`
 * hears how many of those have.
 */
export async function resumeDay(
  db: CentreDatabase,
  day: Day,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const nowMs = day.openedAtMs;
  await endOpenSessions(db, nowMs);
  await importSettings(db, day);
  // Every session that there ever was is held, so that their count is a number that none of them has.
  day.centre.numberFrom(db.SOSSession.size + db.GenesysSession.size + db.TwilioProxySession.size);
  const logins = day.logins.filter((login) => login.untilMs > nowMs);
  const stays = day.stays.filter((stay) => stay.endedMs === undefined);
  const total = logins.length + stays.length;
  let done = 0;
  const makeAll = async <T>(items: readonly T[], writesOf: (item: T) => readonly Write[]) => {
    for (let from = 0; from < items.length; from += TOGETHER) {
      const some = items.slice(from, from + TOGETHER);
      await Promise.all(
        some.map(async (item) => {
          // One after another, as the later ones name what the first has made.
          for (const write of writesOf(item)) await makeWrite(db, write);
        }),
      );
      done += some.length;
      onProgress(done, total);
    }
  };
  await makeAll(logins, (login) => writesFor({ kind: 'logged-in', atMs: nowMs, login }));
  await makeAll(stays, (stay) => [
    ...writesFor({ kind: 'arrived', atMs: nowMs, stay }),
    ...(stay.login === undefined ? [] : writesFor({ kind: 'answered', atMs: nowMs, stay, overtime: false })),
  ]);
}
