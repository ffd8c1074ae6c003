import type { CentreDatabase } from './centre-database.ts';
import type { Day } from './day.ts';
import { iso, secondsBetween } from './iso.ts';
import { importSettings } from './load-day.ts';
import { makeWrite } from './make-write.ts';
import { writesFor } from './traffic.ts';

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

/** Goes on with a day that was kept: what was under way is ended, a fresh shift logs in, and its customers call. */
export async function resumeDay(db: CentreDatabase, day: Day): Promise<void> {
  const nowMs = day.openedAtMs;
  await endOpenSessions(db, nowMs);
  await importSettings(db, day);
  // Every session that there ever was is held, so that their count is a number that none of them has.
  day.centre.numberFrom(db.SOSSession.size + db.GenesysSession.size + db.TwilioProxySession.size);
  for (const login of day.logins) {
    if (login.untilMs <= nowMs) continue;
    for (const write of writesFor({ kind: 'logged-in', atMs: nowMs, login })) await makeWrite(db, write);
  }
  for (const stay of day.stays) {
    if (stay.endedMs !== undefined) continue;
    for (const write of writesFor({ kind: 'arrived', atMs: nowMs, stay })) await makeWrite(db, write);
    if (stay.login === undefined) continue;
    const answered = { kind: 'answered', atMs: nowMs, stay, overtime: false } as const;
    for (const write of writesFor(answered)) await makeWrite(db, write);
  }
}
