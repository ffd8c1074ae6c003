import type { ImportResult } from '../index.ts';
import type { CentreDatabase } from './centre-database.ts';
import type { Day } from './day.ts';
import { conversationRecord, pagesIn, visitRecord } from './genesys-records.ts';
import { genesysSession } from './payloads/genesys-session.ts';
import { salesforceQuery } from './payloads/salesforce-query.ts';
import { twilioSessionsPage } from './payloads/twilio-sessions-page.ts';
import { QUEUES } from './queues.ts';
import { deploymentRecord, groupRecord, loginRecord, sosRecord, userRecord } from './salesforce-records.ts';
import type { Login, Stay } from './stay.ts';
import { proxyRecord, serviceRecord } from './twilio-records.ts';

const BATCH = 4000;

/** Records of one object, as its vendor would send them. */
interface Shipment {
  readonly object: string;
  readonly import: (payload: unknown) => Promise<ImportResult>;
  readonly records: readonly unknown[];
}

export interface LoadRequest {
  readonly db: CentreDatabase;
  readonly day: Day;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  readonly onProgress: (done: number, total: number) => void;
}

function refuseProblems(object: string, { problems, problemCount }: ImportResult): void {
  const [first] = problems;
  if (first !== undefined)
    throw new Error(`${problemCount} rows of ${object} were not kept; row ${first.line}: ${first.reason}`);
}

/** What the project's samples hold: a page of each vendor's API, taken in as it came. */
async function importSamples(db: CentreDatabase): Promise<void> {
  refuseProblems('LiveAgentSession', await db.LiveAgentSession.import(salesforceQuery));
  refuseProblems('SOSSession', await db.SOSSession.import(salesforceQuery));
  refuseProblems('GenesysSession', await db.GenesysSession.import(genesysSession));
  refuseProblems('TwilioProxySession', await db.TwilioProxySession.import(twilioSessionsPage));
}

/** The queues, the deployments, the services and the agents of a day. */
export async function importSettings(db: CentreDatabase, { agents, midnightMs }: Day): Promise<void> {
  const sos = QUEUES.filter((queue) => queue.family === 'SOSSession');
  const proxies = QUEUES.filter((queue) => queue.family === 'TwilioProxySession');
  refuseProblems('Group', await db.Group.import(QUEUES.map((queue) => groupRecord(queue, midnightMs))));
  refuseProblems(
    'SOSDeployment',
    await db.SOSDeployment.import(sos.map((queue) => deploymentRecord(queue, midnightMs))),
  );
  refuseProblems(
    'TwilioProxyService',
    await db.TwilioProxyService.import(proxies.map((queue) => serviceRecord(queue, midnightMs))),
  );
  refuseProblems('User', await db.User.import(agents.map((agent) => userRecord(agent, midnightMs))));
}

/** Makes the record of a session, and notes its id with the session where something may still happen to it. */
function stayRecord(stay: Stay, openedAtMs: number): unknown {
  const { queue } = stay;
  if (queue === undefined) {
    stay.eventCount = pagesIn((stay.endedMs ?? openedAtMs) - stay.arrivedMs);
    const record = visitRecord(stay, openedAtMs);
    stay.recordId = record.id;
    return record;
  }
  if (queue.family === 'GenesysSession') {
    const record = conversationRecord(stay, queue);
    stay.recordId = record.id;
    return record;
  }
  if (queue.family === 'SOSSession') {
    const record = sosRecord(stay, queue);
    stay.recordId = record.Id;
    return record;
  }
  const record = proxyRecord(stay, queue);
  stay.recordId = record.sid;
  return record;
}

function loginToRecord(login: Login, openedAtMs: number): unknown {
  const record = loginRecord(login, openedAtMs);
  login.recordId = record.Id;
  return record;
}

/** The day in pieces of a few thousand records, made as they are asked for. */
function* shipDay(db: CentreDatabase, { logins, stays, openedAtMs }: Day): Generator<Shipment> {
  function* pieces<T>(
    object: string,
    importInto: Shipment['import'],
    items: readonly T[],
    toRecord: (item: T) => unknown,
  ) {
    for (let from = 0; from < items.length; from += BATCH)
      yield { object, import: importInto, records: items.slice(from, from + BATCH).map(toRecord) };
  }
  const ofFamily = (family: string) => stays.filter((stay) => (stay.queue?.family ?? 'GenesysSession') === family);
  const toRecord = (stay: Stay) => stayRecord(stay, openedAtMs);
  yield* pieces(
    'LiveAgentSession',
    (payload) => db.LiveAgentSession.import(payload),
    logins,
    (login) => loginToRecord(login, openedAtMs),
  );
  yield* pieces('SOSSession', (payload) => db.SOSSession.import(payload), ofFamily('SOSSession'), toRecord);
  yield* pieces('GenesysSession', (payload) => db.GenesysSession.import(payload), ofFamily('GenesysSession'), toRecord);
  yield* pieces(
    'TwilioProxySession',
    (payload) => db.TwilioProxySession.import(payload),
    ofFamily('TwilioProxySession'),
    toRecord,
  );
}

/** Fills the database with the samples and the day. Returns the milliseconds that the imports took. */
export async function loadDay({ db, day, elapsed, onProgress }: LoadRequest): Promise<number> {
  const total = day.logins.length + day.stays.length;
  let started = elapsed();
  await importSamples(db);
  await importSettings(db, day);
  let spentMs = elapsed() - started;
  let done = 0;
  onProgress(done, total);
  for (const shipment of shipDay(db, day)) {
    started = elapsed();
    refuseProblems(shipment.object, await shipment.import(shipment.records));
    spentMs += elapsed() - started;
    done += shipment.records.length;
    onProgress(done, total);
  }
  return spentMs;
}
