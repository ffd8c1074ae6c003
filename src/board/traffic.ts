import type { GenesysSession, LiveAgentSession, SOSSession, TwilioProxySession } from '../collections/catalog.ts';
import type { Collection } from '../engine/collection.ts';
import type { CreateOf, IdFieldOf, UpdateOf } from '../engine/definition/infer.ts';
import type { Centre } from './centre.ts';
import { answerFields, conversationFields, endFields, pageFields, visitFields } from './genesys-records.ts';
import { iso, secondsBetween } from './iso.ts';
import type { Queue } from './queues.ts';
import type { Random } from './random.ts';
import { agentId, loginCounters, loginFields, sosFields } from './salesforce-records.ts';
import type { Happening, Login, Stay } from './stay.ts';
import { proxyFields } from './twilio-records.ts';

/** The four session objects by name. */
export interface SessionSpecs {
  readonly SOSSession: (typeof SOSSession)['spec'];
  readonly LiveAgentSession: (typeof LiveAgentSession)['spec'];
  readonly GenesysSession: (typeof GenesysSession)['spec'];
  readonly TwilioProxySession: (typeof TwilioProxySession)['spec'];
}

export type SessionObject = keyof SessionSpecs;

/** Their collections; a database that was opened with the four has these. */
export type SessionCollections = { readonly [N in SessionObject]: Collection<SessionSpecs[N]> };

/** A write to one of the four, and whose record it is. */
export type WriteTo<N extends SessionObject> =
  | {
      readonly verb: 'create';
      readonly object: N;
      readonly record: CreateOf<SessionSpecs[N]>;
      readonly of: Stay | Login;
    }
  | {
      readonly verb: 'update';
      readonly object: N;
      readonly record: Omit<UpdateOf<SessionSpecs[N]>, IdFieldOf<SessionSpecs[N]>>;
      readonly of: Stay | Login;
    };

/**
 * One write to make. The record's id is not in it: it is that of the stay or login it is `of`, where whoever makes a
 * create puts it down.
 */
export type Write = { [N in SessionObject]: WriteTo<N> }[SessionObject];

function arrival(stay: Stay, nowMs: number): Write {
  const { queue } = stay;
  if (queue === undefined)
    return {
      verb: 'create',
      object: 'GenesysSession',
      record: { ...visitFields(stay), ...pageFields(stay, nowMs) },
      of: stay,
    };
  switch (queue.family) {
    case 'SOSSession':
      return { verb: 'create', object: 'SOSSession', record: sosFields(stay, queue), of: stay };
    case 'GenesysSession':
      return { verb: 'create', object: 'GenesysSession', record: conversationFields(stay, queue), of: stay };
    case 'TwilioProxySession':
      return { verb: 'create', object: 'TwilioProxySession', record: proxyFields(stay, queue), of: stay };
  }
}

function answer(stay: Stay, login: Login, queue: Queue, nowMs: number): Write {
  switch (queue.family) {
    case 'SOSSession':
      return {
        verb: 'update',
        object: 'SOSSession',
        record: { OwnerId: agentId(login.agent), StartTime: iso(nowMs) },
        of: stay,
      };
    case 'GenesysSession': {
      const record = answerFields(login, secondsBetween(stay.arrivedMs, nowMs));
      return { verb: 'update', object: 'GenesysSession', record, of: stay };
    }
    case 'TwilioProxySession':
      return { verb: 'update', object: 'TwilioProxySession', record: { status: 'in-progress' }, of: stay };
  }
}

function end(stay: Stay, nowMs: number): Write {
  const family = stay.queue?.family ?? 'GenesysSession';
  switch (family) {
    case 'SOSSession':
      return { verb: 'update', object: 'SOSSession', record: { EndTime: iso(nowMs) }, of: stay };
    case 'GenesysSession':
      return { verb: 'update', object: 'GenesysSession', record: endFields(stay, nowMs), of: stay };
    case 'TwilioProxySession':
      return { verb: 'update', object: 'TwilioProxySession', record: { status: 'closed' }, of: stay };
  }
}

function counters(login: Login, nowMs: number): Write {
  return { verb: 'update', object: 'LiveAgentSession', record: loginCounters(login, nowMs), of: login };
}

/** The writes by which the database learns of something that has come about. */
export function writesFor(happening: Happening): Write[] {
  const { atMs } = happening;
  if (happening.kind === 'logged-in') {
    const { login } = happening;
    return [{ verb: 'create', object: 'LiveAgentSession', record: loginFields(login), of: login }];
  }
  const { stay } = happening;
  const { login, queue } = stay;
  switch (happening.kind) {
    case 'arrived':
      return [arrival(stay, atMs)];
    case 'answered':
      if (login === undefined || queue === undefined) return [];
      // Counters say when the agent will log out, which counts as online until then.
      return happening.overtime
        ? [answer(stay, login, queue, atMs), counters(login, atMs)]
        : [answer(stay, login, queue, atMs)];
    case 'left':
      return [end(stay, atMs)];
    case 'ended':
      return login === undefined ? [end(stay, atMs)] : [end(stay, atMs), counters(login, atMs)];
  }
}

/**
 * What goes on between beginnings and ends: a page viewed, a message, an agent's time running on. Undefined when whoever
 * was drawn has nothing to tell.
 */
export function writeWithin(centre: Centre, random: Random, nowMs: number): Write | undefined {
  const stay = centre.open[random.below(centre.open.length)];
  if (stay === undefined || (stay.queue !== undefined && stay.login === undefined)) {
    const login = centre.drawLogin(random, nowMs);
    return login === undefined ? undefined : counters(login, nowMs);
  }
  if (stay.queue === undefined) {
    stay.eventCount++;
    return { verb: 'update', object: 'GenesysSession', record: pageFields(stay, nowMs), of: stay };
  }
  if (stay.queue.family === 'GenesysSession' && random.next() < 0.5) {
    stay.eventCount++;
    const record = { eventCount: stay.eventCount, durationInSeconds: secondsBetween(stay.arrivedMs, nowMs) };
    return { verb: 'update', object: 'GenesysSession', record, of: stay };
  }
  return stay.login === undefined ? undefined : counters(stay.login, nowMs);
}
