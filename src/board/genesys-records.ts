import { iso, isoOrNull, secondsBetween } from './iso.ts';
import type { Channel, Queue } from './queues.ts';
import type { Login, Stay } from './stay.ts';

/** Conversations and visits go on until nothing has come for these times (one sample payload shows them). */
const IDLE_MS = 45_000;
const AWAY_MS = 60_000;
const PAGE_MS_MEAN = 40_000;

const CHANNELS: Partial<Record<Channel, 'Webchat' | 'Call'>> = { chat: 'Webchat', voice: 'Call' };
const PAGES = ['/', '/offers', '/shoes', '/shoes/red', '/basket', '/checkout', '/help', '/help/returns'];
const BROWSERS = [
  { family: 'Firefox', version: '135.0' },
  { family: 'Chrome', version: '134.0' },
  { family: 'Safari', version: '18.3' },
];

/** The places of the number that a UUID made from it shows. */
function uuid(block: string, serial: number): string {
  return `${block}-0000-4000-8000-${serial.toString(16).padStart(12, '0')}`;
}

function sessionId(stay: Stay): string {
  return uuid('5e551000', stay.serial);
}

/** The customer's side of a conversation, from its first moment. */
export function conversationFields(stay: Stay, queue: Queue) {
  return {
    type: 'conversation',
    customerId: uuid('c0570000', stay.serial),
    customerIdType: queue.channel === 'voice' ? 'phone' : 'cookie',
    originatingDirection: 'Inbound',
    conversationChannels: [{ type: CHANNELS[queue.channel] ?? 'Unknown' }],
    lastConnectedQueue: { id: queue.key },
    authenticated: stay.serial % 3 === 0,
    eventCount: stay.eventCount,
  } as const;
}

/** How an answer changes a conversation. The wait goes with it as an attribute: the model has no field for one. */
export function answerFields(login: Login, waitSeconds: number) {
  return {
    lastConnectedUser: { id: uuid('a9e17000', login.agent.serial) },
    lastAcdOutcome: 'Answered',
    attributes: { waitSeconds: { dataType: 'integer', value: String(waitSeconds) } },
  } as const;
}

/** How a conversation ends, answered or not. */
export function endFields(stay: Stay, endedMs: number) {
  return {
    endedDate: iso(endedMs),
    durationInSeconds: secondsBetween(stay.arrivedMs, endedMs),
    ...(stay.answeredMs === undefined
      ? ({ lastAcdOutcome: 'Abandon' } as const)
      : ({ lastUserDisconnectType: stay.serial % 2 === 0 ? 'Client' : 'Endpoint' } as const)),
  };
}

export function conversationRecord(stay: Stay, queue: Queue) {
  const { arrivedMs, answeredMs, endedMs, login } = stay;
  return {
    id: sessionId(stay),
    ...conversationFields(stay, queue),
    createdDate: iso(arrivedMs),
    SystemModstamp: iso(endedMs ?? answeredMs ?? arrivedMs),
    ...(login === undefined || answeredMs === undefined
      ? {}
      : answerFields(login, secondsBetween(arrivedMs, answeredMs))),
    ...(endedMs === undefined ? {} : endFields(stay, endedMs)),
  };
}

/** A visit to the web site, from its first page. */
export function visitFields(stay: Stay) {
  return {
    type: 'web',
    customerId: uuid('c0570000', stay.serial),
    customerIdType: 'cookie',
    browser: BROWSERS[stay.serial % BROWSERS.length],
    authenticated: false,
  };
}

/** Where a visit stands after so many pages. */
export function pageFields(stay: Stay, atMs: number) {
  const path = PAGES[(stay.serial + stay.eventCount) % PAGES.length] as string;
  return {
    eventCount: stay.eventCount,
    pageviewCount: stay.eventCount,
    durationInSeconds: secondsBetween(stay.arrivedMs, atMs),
    lastPage: { url: `https://shop.example.com${path}`, hostname: 'shop.example.com', pathname: path },
    idleDate: iso(atMs + IDLE_MS),
    awayDate: iso(atMs + AWAY_MS),
  };
}

/** How many pages a visit of some length has seen. */
export function pagesIn(visitMs: number): number {
  return 1 + Math.floor(visitMs / PAGE_MS_MEAN);
}

export function visitRecord(stay: Stay, openedAtMs: number) {
  const atMs = stay.endedMs ?? openedAtMs;
  return {
    id: sessionId(stay),
    ...visitFields(stay),
    ...pageFields(stay, atMs),
    createdDate: iso(stay.arrivedMs),
    SystemModstamp: iso(atMs),
    endedDate: isoOrNull(stay.endedMs),
  };
}
