import { describe, expect, test } from 'vitest';
import {
  TwilioProxyInteraction,
  TwilioProxyParticipant,
  TwilioProxyService,
  TwilioProxySession,
} from '../../src/collections/catalog.ts';
import { NOW, runRule } from './read-fields.ts';

const EARLIER = '2026-02-01T00:00:00.000Z';
const LATER = '2026-03-01T00:00:00.000Z';
const session = {
  sid: 'KC00000000000000000000000000000001',
  service_sid: 'KSa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1',
  status: 'open',
  date_started: null,
  date_ended: null,
  date_expiry: null,
  date_last_interaction: null,
  closed_reason: null,
  url: null,
  links: null,
};
const running = { ...session, status: 'in-progress', date_started: EARLIER, date_last_interaction: EARLIER };
const closed = { ...running, status: 'closed', date_ended: EARLIER, closed_reason: 'api' };
const update = (before: Readonly<Record<string, unknown>>, changes: Readonly<Record<string, unknown>>) =>
  runRule(TwilioProxySession, { ...before, ...changes }, before);

describe('a Proxy session that is created', () => {
  test('is open, with no dates but those of the record', () => {
    const { draft, refusals } = runRule(TwilioProxySession, session);
    expect(refusals).toEqual([]);
    expect(draft).toMatchObject({
      date_started: null,
      date_ended: null,
      closed_reason: null,
      date_last_interaction: null,
    });
  });

  test('is refused where it would already have expired', () => {
    expect(runRule(TwilioProxySession, { ...session, date_expiry: EARLIER }).refusals).toEqual([
      expect.stringContaining('Twilio 80701'),
    ]);
    expect(runRule(TwilioProxySession, { ...session, date_expiry: LATER }).refusals).toEqual([]);
  });

  test('in another state has the dates of that state', () => {
    expect(runRule(TwilioProxySession, { ...session, status: 'in-progress' }).draft.date_started).toBe(NOW);
    expect(runRule(TwilioProxySession, { ...session, status: 'closed' }).draft).toMatchObject({
      date_ended: NOW,
      closed_reason: 'api',
      date_started: null,
    });
  });

  test('knows its address and those of what it holds', () => {
    const url = `https://proxy.twilio.com/v1/Services/${session.service_sid}/Sessions/${session.sid}`;
    expect(runRule(TwilioProxySession, session).draft).toMatchObject({
      url,
      links: { interactions: `${url}/Interactions`, participants: `${url}/Participants` },
    });
    expect(runRule(TwilioProxySession, { ...session, service_sid: null }).draft).toMatchObject({
      url: null,
      links: null,
    });
  });
});

describe('the state of a Proxy session', () => {
  test('goes in progress with the first interaction', () => {
    const { draft, refusals } = update(session, { status: 'in-progress' });
    expect(refusals).toEqual([]);
    expect(draft).toMatchObject({ date_started: NOW, date_last_interaction: NOW });
  });

  test('goes from open or in progress to closed, with the date and the reason', () => {
    expect(update(session, { status: 'closed' }).draft).toMatchObject({
      date_ended: NOW,
      closed_reason: 'api',
      date_started: null,
    });
    expect(update(running, { status: 'closed' }).draft).toMatchObject({ date_ended: NOW, date_started: EARLIER });
  });

  test('goes from closed back in progress, and only the traces of closing go', () => {
    const { draft, refusals } = update(closed, { status: 'in-progress', date_expiry: LATER });
    expect(refusals).toEqual([]);
    expect(draft).toMatchObject({
      date_ended: null,
      closed_reason: null,
      date_started: EARLIER,
      date_last_interaction: EARLIER,
      date_expiry: LATER,
    });
  });

  test('starts when a session that never started is reopened', () => {
    expect(update({ ...closed, date_started: null }, { status: 'in-progress' }).draft.date_started).toBe(NOW);
  });

  const illegal = [
    ['in-progress', 'open'],
    ['closed', 'open'],
    ['closed', 'failed'],
    ['open', 'unknown'],
    ['in-progress', 'failed'],
    ['failed', 'open'],
    ['unknown', 'closed'],
  ] as const;
  test.each(illegal)('cannot go from %s to %s', (from, to) => {
    const { draft, refusals } = update({ ...session, status: from }, { status: to });
    expect(refusals).toEqual([expect.stringContaining('Twilio 80608')]);
    expect(draft.date_ended).toBeNull();
  });

  test('closed admits no other change, not even closing again', () => {
    expect(update(closed, { ttl: 60 }).refusals).toEqual([expect.stringContaining('Twilio 80607')]);
    expect(update(closed, { status: 'closed' }).refusals).toEqual([expect.stringContaining('Twilio 80607')]);
  });

  test('stays what it is while other fields change', () => {
    const { draft, refusals } = update(running, { ttl: 60 });
    expect(refusals).toEqual([]);
    expect(draft).toMatchObject({ status: 'in-progress', date_started: EARLIER, ttl: 60 });
  });
});

test('the other resources know their addresses', () => {
  const place = { service_sid: 'KS1', session_sid: 'KC1', url: null, links: null };
  const root = 'https://proxy.twilio.com/v1/Services/KS1';
  expect(runRule(TwilioProxyService, { sid: 'KS1', url: null, links: null }).draft).toMatchObject({
    url: root,
    links: { sessions: `${root}/Sessions`, phone_numbers: `${root}/PhoneNumbers` },
  });
  expect(runRule(TwilioProxyParticipant, { ...place, sid: 'KP1' }).draft).toMatchObject({
    url: `${root}/Sessions/KC1/Participants/KP1`,
    links: { message_interactions: `${root}/Sessions/KC1/Participants/KP1/MessageInteractions` },
  });
  expect(runRule(TwilioProxyInteraction, { ...place, sid: 'KI1' }).draft.url).toBe(
    `${root}/Sessions/KC1/Interactions/KI1`,
  );
});
