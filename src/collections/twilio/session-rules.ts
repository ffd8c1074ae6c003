import type { WriteContext, WriteRule } from '../../engine/definition/definition.ts';
import { fillAddress } from './proxy-address.ts';

type Draft = Record<string, unknown>;

/**
 * The changes of status a client may ask for. Twilio's error 80608 names open to closed, in-progress to closed and
 * closed to in-progress. Open to in-progress is the work of the first interaction; it is let through because in a
 * local copy that is how the interaction reaches the session.
 */
const NEXT: ReadonlyMap<unknown, readonly unknown[]> = new Map([
  ['open', ['in-progress', 'closed']],
  ['in-progress', ['closed']],
  ['closed', ['in-progress']],
]);

function close(draft: Draft, context: WriteContext): void {
  draft.date_ended = context.now;
  // The one reason that is known. What Twilio writes when a session expires is not public.
  draft.closed_reason = 'api';
}

function start(draft: Draft, context: WriteContext): void {
  draft.date_started ??= context.now;
}

function ruleCreate(draft: Draft, context: WriteContext): void {
  if (typeof draft.date_expiry === 'string' && draft.date_expiry <= context.now)
    context.refuse('FIELD_INTEGRITY_EXCEPTION', 'Twilio 80701: the expiry date lies in the past', ['date_expiry']);
  // The API takes any status on create; what it does then is not public. Ours are the dates such a session would have.
  if (draft.status === 'in-progress') start(draft, context);
  if (draft.status === 'closed') close(draft, context);
}

function ruleUpdate(draft: Draft, before: Readonly<Draft>, context: WriteContext): void {
  if (draft.status === before.status) {
    if (before.status === 'closed')
      context.refuse('FIELD_INTEGRITY_EXCEPTION', 'Twilio 80607: a closed session can only be reopened', ['status']);
    return;
  }
  if (!NEXT.get(before.status)?.includes(draft.status)) {
    context.refuse('FIELD_INTEGRITY_EXCEPTION', 'Twilio 80608: the status cannot change in this way', ['status']);
    return;
  }
  if (draft.status === 'closed') {
    close(draft, context);
    return;
  }
  start(draft, context);
  if (before.status === 'open') draft.date_last_interaction = context.now;
  draft.date_ended = null;
  draft.closed_reason = null;
}

/**
 * The life of a session: open, in progress from its first interaction, closed, perhaps reopened. Expiry is no write
 * and so not here; a session past its time stays as it is until someone closes it.
 */
export const ruleSession: WriteRule = (draft, before, context) => {
  if (before === undefined) ruleCreate(draft, context);
  else ruleUpdate(draft, before, context);
  fillAddress(draft, ['Services', draft.service_sid, 'Sessions', draft.sid], {
    interactions: 'Interactions',
    participants: 'Participants',
  });
};
