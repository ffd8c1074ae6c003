import { iso, isoOrNull } from './iso.ts';
import type { Queue } from './queues.ts';
import type { Stay } from './stay.ts';

const ACCOUNT_SID = 'AC0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const TTL_SECONDS = 7200;

function sessionSid(stay: Stay): string {
  return `KC5e551000${stay.serial.toString(16).padStart(24, '0')}`;
}

export function serviceRecord(queue: Queue, midnightMs: number) {
  return {
    sid: queue.key,
    account_sid: ACCOUNT_SID,
    unique_name: queue.name.toLowerCase(),
    default_ttl: TTL_SECONDS,
    date_created: iso(midnightMs),
    date_updated: iso(midnightMs),
  };
}

/** What whoever asks for a session gives. Its dates are the engine's, by the rules of its status. */
export function proxyFields(stay: Stay, queue: Queue) {
  return {
    service_sid: queue.key,
    account_sid: ACCOUNT_SID,
    unique_name: `${queue.name.toLowerCase()}-${stay.serial}`,
    mode: queue.channel === 'sms' ? 'message-only' : 'voice-only',
    ttl: TTL_SECONDS,
  } as const;
}

/** A session as Twilio would give it. */
export function proxyRecord(stay: Stay, queue: Queue) {
  const { arrivedMs, answeredMs, endedMs } = stay;
  return {
    sid: sessionSid(stay),
    ...proxyFields(stay, queue),
    status: endedMs !== undefined ? 'closed' : answeredMs !== undefined ? 'in-progress' : 'open',
    date_created: iso(arrivedMs),
    date_updated: iso(endedMs ?? answeredMs ?? arrivedMs),
    date_started: isoOrNull(answeredMs),
    date_last_interaction: isoOrNull(endedMs ?? answeredMs),
    date_ended: isoOrNull(endedMs),
    closed_reason: endedMs === undefined ? null : 'api',
  };
}
