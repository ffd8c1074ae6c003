import { expect, test } from 'vitest';
import { type CentreDatabase, openCentreDatabase } from '../../src/board/centre-database.ts';
import { BoardClock } from '../../src/board/clock.ts';
import { createDay, type Day } from '../../src/board/day.ts';
import { loadDay } from '../../src/board/load-day.ts';
import { makeWrite } from '../../src/board/make-write.ts';
import { Metrics } from '../../src/board/metrics.ts';
import { QUEUES, type Queue } from '../../src/board/queues.ts';
import { Random } from '../../src/board/random.ts';
import { type Write, writesFor, writeWithin } from '../../src/board/traffic.ts';

const openedAtMs = Date.parse('2026-03-05T14:00:00Z');

interface Times {
  readonly arrived: string | null;
  readonly answered: boolean;
  readonly ended: boolean;
  readonly waitSeconds: number;
}

function secondsBetween(from: string | null, to: string | null): number {
  return Math.floor((Date.parse(to ?? '') - Date.parse(from ?? '')) / 1000);
}

/** The sessions of a queue read record by record, each vendor's in its own way, with no query but "all of them". */
function timesOf(db: CentreDatabase, queue: Queue): Times[] {
  if (queue.family === 'SOSSession')
    return db.SOSSession.find()
      .filter((session) => session.DeploymentId === queue.key)
      .map(({ CreatedDate, StartTime, EndTime }) => ({
        arrived: CreatedDate,
        answered: StartTime !== null,
        ended: EndTime !== null,
        waitSeconds: secondsBetween(CreatedDate, StartTime),
      }));
  if (queue.family === 'TwilioProxySession')
    return db.TwilioProxySession.find()
      .filter((session) => session.service_sid === queue.key)
      .map(({ date_created, date_started, status }) => ({
        arrived: date_created,
        answered: date_started !== null,
        ended: status === 'closed',
        waitSeconds: secondsBetween(date_created, date_started),
      }));
  return db.GenesysSession.find()
    .filter((session) => session.lastConnectedQueue?.id === queue.key)
    .map(({ createdDate, lastConnectedUser, endedDate, attributes }) => ({
      arrived: createdDate,
      answered: lastConnectedUser !== null,
      ended: endedDate !== null,
      waitSeconds: Number(attributes?.waitSeconds?.value),
    }));
}

function figuresOf(db: CentreDatabase, queue: Queue, nowMs: number) {
  const times = timesOf(db, queue);
  const answered = times.filter((time) => time.answered);
  const waiting = times.filter((time) => !time.answered && !time.ended);
  const oldest = waiting.map((time) => Date.parse(time.arrived ?? ''));
  const logins = db.LiveAgentSession.find().filter((login) => login.OwnerId === queue.groupId);
  return {
    name: queue.name,
    channel: queue.channel,
    online: logins.filter((login) => Date.parse(login.LoginTime) <= nowMs && Date.parse(login.LogoutTime) > nowMs)
      .length,
    waiting: waiting.length,
    oldestMs: oldest.length === 0 ? undefined : Math.min(...oldest),
    inSession: answered.filter((time) => !time.ended).length,
    answered: answered.length,
    inTime: answered.filter((time) => time.waitSeconds <= 20).length,
    lost: times.filter((time) => !time.answered && time.ended).length,
    handled: answered.filter((time) => time.ended).length,
  };
}

async function openDay(seed: number, sessions: number, clock: BoardClock): Promise<{ db: CentreDatabase; day: Day }> {
  const day = createDay({ seed, sessions, openedAtMs });
  const random = new Random(seed);
  const pause = async () => {};
  const db = await openCentreDatabase({
    now: clock.now,
    elapsed: () => 0,
    pause,
    random: (bytes) => random.fill(bytes),
  });
  await loadDay({ db, day, elapsed: () => 0, onProgress: () => {} });
  return { db, day };
}

test('figures are those of the records at the opening and all along an hour of traffic', async () => {
  const clock = new BoardClock(openedAtMs);
  const { db, day } = await openDay(6, 3000, clock);
  const metrics = new Metrics(db, day.midnightMs, openedAtMs);
  const random = new Random(1);
  const kinds = new Set<string>();
  for (let minute = 0; minute <= 60; minute++) {
    const nowMs = openedAtMs + minute * 60_000;
    clock.moveTo(nowMs);
    const writes: Write[] = [];
    day.centre.step(nowMs, 10_000, (happening) => {
      kinds.add(happening.kind);
      writes.push(...writesFor(happening));
    });
    for (let i = 0; i < 20; i++) {
      const within = writeWithin(day.centre, random, nowMs);
      if (within !== undefined) writes.push(within);
    }
    for (const write of writes) await makeWrite(db, write);
    metrics.moveTo(nowMs);
    if (minute % 10 === 0) expect(metrics.read()).toEqual(QUEUES.map((queue) => figuresOf(db, queue, nowMs)));
  }
  expect([...kinds].sort()).toEqual(['answered', 'arrived', 'ended', 'left', 'logged-in']);
  metrics.close();
  await db.close();
});

test('the day in the database is the day that was made up', async () => {
  const { db, day } = await openDay(2, 1500, new BoardClock(openedAtMs));
  for (const queue of QUEUES) {
    const stays = day.stays.filter((stay) => stay.queue === queue);
    const times = timesOf(db, queue);
    expect(times.length).toBe(stays.length);
    expect(times.filter((time) => time.answered).length).toBe(
      stays.filter((stay) => stay.answeredMs !== undefined).length,
    );
    expect(times.filter((time) => time.ended).length).toBe(stays.filter((stay) => stay.endedMs !== undefined).length);
  }
  const visits = day.stays.filter((stay) => stay.queue === undefined);
  // The sample of a Genesys session is a visit too.
  expect(db.GenesysSession.count({ where: { type: 'web' } })).toBe(visits.length + 1);
  expect(db.User.size).toBe(day.agents.length);
  await db.close();
});

test('what is said of a session by write is what the record then says', async () => {
  const clock = new BoardClock(openedAtMs);
  const { db, day } = await openDay(3, 1500, clock);
  for (let second = 1; second <= 900; second++) {
    clock.moveTo(openedAtMs + second * 1000);
    const writes: Write[] = [];
    day.centre.step(clock.now(), 10_000, (happening) => writes.push(...writesFor(happening)));
    for (const write of writes) await makeWrite(db, write);
  }
  const since = { $gte: '2026-03-05T14:00:01Z' } as const;
  const videos = db.SOSSession.find({
    where: { CreatedDate: since, EndTime: { $ne: null }, StartTime: { $ne: null } },
  });
  expect(videos.length).toBeGreaterThan(0);
  for (const video of videos) {
    expect(video.WaitDuration).toBe(secondsBetween(video.CreatedDate, video.StartTime));
    expect(video.SessionDuration).toBe(secondsBetween(video.StartTime, video.EndTime));
    expect(video.OwnerId.startsWith('005')).toBe(true);
  }
  const service_sid = QUEUES.find((queue) => queue.name === 'Delivery')?.key ?? '';
  const messages = db.TwilioProxySession.find({ where: { service_sid, date_created: since, status: 'closed' } });
  expect(messages.length).toBeGreaterThan(0);
  for (const message of messages) {
    expect(message.date_ended).not.toBeNull();
    expect(message.unique_name).toMatch(/^delivery-\d+$/);
  }
  await db.close();
});
