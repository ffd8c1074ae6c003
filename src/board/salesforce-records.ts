import { iso, isoOrNull, secondsBetween } from './iso.ts';
import type { Queue } from './queues.ts';
import type { Agent, Login, Stay } from './stay.ts';

const FIRST_NAMES = [
  'Ada',
  'Ben',
  'Chloe',
  'Dev',
  'Elif',
  'Femi',
  'Gita',
  'Hugo',
  'Ines',
  'Jun',
  'Kofi',
  'Lena',
  'Mia',
];
const LAST_NAMES = ['Abe', 'Brandt', 'Costa', 'Diaz', 'Evans', 'Fischer', 'Gupta', 'Haas', 'Ito', 'Jansen', 'Kaya'];
const PHONES = ['iOS 18.3; iPhone16,1', 'iOS 17.7; iPhone14,5', 'Android 15; Pixel 9', 'Android 14; SM-S921B'];
const APP_VERSIONS = ['5.2.0', '5.1.3', '5.1.1'];

/** 15 characters; the engine adds the other three. `org` keeps these apart from the records of the sample payloads. */
function salesforceId(prefix: string, serial: number): string {
  return `${prefix}5g1${String(serial).padStart(9, '0')}`;
}

export function agentId(agent: Agent): string {
  return salesforceId('005', agent.serial);
}

function auditFields(createdMs: number, modifiedMs: number) {
  return { CreatedDate: iso(createdMs), LastModifiedDate: iso(modifiedMs), SystemModstamp: iso(modifiedMs) };
}

export function userRecord(agent: Agent, midnightMs: number) {
  const first = FIRST_NAMES[agent.serial % FIRST_NAMES.length] as string;
  const last = LAST_NAMES[Math.floor(agent.serial / FIRST_NAMES.length) % LAST_NAMES.length] as string;
  const name = `${first}.${last}${agent.serial}`.toLowerCase();
  return {
    Id: agentId(agent),
    ...auditFields(midnightMs, midnightMs),
    Username: `${name}@centre.example.com`,
    Email: `${name}@centre.example.com`,
    Alias: `a${agent.serial}`,
    FirstName: first,
    LastName: last,
    Name: `${first} ${last}`,
    Department: agent.queue.name,
    IsActive: true,
  };
}

export function groupRecord(queue: Queue, midnightMs: number) {
  const name = `${queue.name} ${queue.channel}`;
  return {
    Id: queue.groupId,
    ...auditFields(midnightMs, midnightMs),
    Name: name,
    DeveloperName: name.replace(/ /g, '_'),
    Type: 'Queue',
    DoesSendEmailToMembers: false,
    DoesIncludeBosses: false,
  };
}

export function deploymentRecord(queue: Queue, midnightMs: number) {
  return {
    Id: queue.key,
    ...auditFields(midnightMs, midnightMs),
    DeveloperName: queue.name.replace(/ /g, '_'),
    MasterLabel: queue.name,
    Language: 'en_US',
    OptionsIsEnabled: true,
    OptionsIsBackwardFacingCameraEnabled: true,
    OptionsIsVoiceOnlyMode: false,
    OptionsIsSessionRecordingEnabled: false,
    QueueId: queue.groupId,
  };
}

/** What an agent's login has come to by `nowMs`; the same fields at the opening and while it goes on. */
export function loginCounters(login: Login, nowMs: number) {
  const online = secondsBetween(login.fromMs, Math.min(nowMs, login.untilMs));
  const inChats = Math.min(online, Math.floor(login.talkMs / 1000));
  return {
    LogoutTime: iso(login.untilMs),
    ChatReqAssigned: login.engaged,
    ChatReqEngaged: login.engaged,
    TimeInChats: inChats,
    TimeInOnlineStatus: online,
    TimeIdle: online - inChats,
  };
}

/** The queue owns the login, so that a board can count who is online by queue. */
export function loginFields(login: Login) {
  return {
    OwnerId: login.agent.queue.groupId,
    AgentId: agentId(login.agent),
    LoginTime: iso(login.fromMs),
    LogoutTime: iso(login.untilMs),
  };
}

export function loginRecord(login: Login, openedAtMs: number) {
  const modifiedMs = Math.min(login.untilMs, openedAtMs);
  return {
    Id: salesforceId('0HK', login.serial),
    ...auditFields(login.fromMs, modifiedMs),
    ...loginFields(login),
    ...loginCounters(login, openedAtMs),
  };
}

/** A session belongs to its queue until an agent takes it; the rest is what the customer's app sends along. */
export function sosFields(stay: Stay, queue: Queue) {
  return {
    OwnerId: stay.login === undefined ? queue.groupId : agentId(stay.login.agent),
    DeploymentId: queue.key,
    AppVersion: APP_VERSIONS[stay.serial % APP_VERSIONS.length] as string,
    SosVersion: '2.11.1',
    SystemInfo: PHONES[stay.serial % PHONES.length] as string,
  };
}

/** A session as Salesforce would give it: durations that follow from the dates come with it. */
export function sosRecord(stay: Stay, queue: Queue) {
  const { arrivedMs, answeredMs, endedMs } = stay;
  const isOver = answeredMs !== undefined && endedMs !== undefined;
  return {
    Id: salesforceId('0NX', stay.serial),
    ...sosFields(stay, queue),
    ...auditFields(arrivedMs, endedMs ?? answeredMs ?? arrivedMs),
    StartTime: isoOrNull(answeredMs),
    EndTime: isoOrNull(endedMs),
    WaitDuration: answeredMs === undefined ? null : secondsBetween(arrivedMs, answeredMs),
    SessionDuration: isOver ? secondsBetween(answeredMs, endedMs) : null,
  };
}
