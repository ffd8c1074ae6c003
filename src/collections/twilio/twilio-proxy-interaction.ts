import { defineObject } from '../../engine/definition/define-object.ts';
import { fillAddress } from './proxy-address.ts';

const GIVEN = 'Create, Filter, Group, Nillable, Sort';
const SID = { type: 'string', properties: GIVEN, length: 34, caseSensitive: true } as const;

/**
 * The states of the call or message at one end. Calls and messages grow new ones now and then, so the list is not
 * restricted; it moves while the interaction lasts, so it can be updated.
 */
const RESOURCE_STATUS = {
  type: 'picklist',
  properties: 'Create, Filter, Group, Nillable, Sort, Update',
  caseSensitive: true,
  values: [
    'accepted',
    'answered',
    'busy',
    'canceled',
    'completed',
    'deleted',
    'delivered',
    'delivery-unknown',
    'failed',
    'in-progress',
    'initiated',
    'no-answer',
    'queued',
    'received',
    'receiving',
    'ringing',
    'scheduled',
    'sending',
    'sent',
    'undelivered',
    'unknown',
  ],
} as const;
const RESOURCE_TYPE = { type: 'string', properties: GIVEN, caseSensitive: true } as const;
const RESOURCE_URL = { type: 'url', properties: GIVEN, length: 2048 } as const;

/**
 * A call or message passed on in a session (Twilio Proxy v1, Interaction). Message interactions, which Twilio lists
 * beside these with the same sids and one field more, are kept here too: `participant_sid` tells them apart. The API
 * creates interactions itself; a local copy must be able to record them, so `create` is listed.
 */
export const TwilioProxyInteraction = /* @__PURE__ */ defineObject({
  name: 'TwilioProxyInteraction',
  label: 'Proxy Interaction',
  labelPlural: 'Proxy Interactions',
  description: 'A call or message between the participants of a session.',
  id: { kind: 'sid', prefix: 'KI' },
  system: 'minimal',
  roles: { id: 'sid', created: 'date_created', modified: 'date_updated' },
  text: 'verbatim',
  fields: {
    // Nillable as the API has it; the sid of a kept record is never null.
    sid: {
      type: 'id',
      properties: 'Defaulted on create, Filter, Group, idLookup, Nillable, Sort',
      length: 34,
      description: 'Names the interaction.',
    },
    session_sid: {
      type: 'reference',
      properties: GIVEN,
      length: 34,
      referenceTo: ['TwilioProxySession'],
      relationshipName: 'Session',
      childRelationshipName: 'Interactions',
      cascadeDelete: true,
      description: 'The session it took place in.',
    },
    service_sid: {
      type: 'reference',
      properties: GIVEN,
      length: 34,
      referenceTo: ['TwilioProxyService'],
      relationshipName: 'Service',
      description: 'The service of that session.',
    },
    account_sid: { ...SID, description: 'The account that created the interaction.' },
    participant_sid: {
      type: 'reference',
      properties: GIVEN,
      length: 34,
      referenceTo: ['TwilioProxyParticipant'],
      relationshipName: 'Participant',
      description: 'The participant a message interaction was sent to; null on other interactions.',
    },
    data: {
      type: 'string',
      properties: 'Create, Filter, Nillable, Sort',
      length: 32_000,
      caseSensitive: true,
      description: 'JSON text: the body of a message or the duration of a call.',
    },
    type: {
      type: 'picklist',
      properties: GIVEN,
      values: ['message', 'voice', 'unknown'],
      caseSensitive: true,
      description: 'What kind of interaction it is.',
    },
    inbound_participant_sid: {
      type: 'reference',
      properties: GIVEN,
      length: 34,
      referenceTo: ['TwilioProxyParticipant'],
      relationshipName: 'InboundParticipant',
      description: 'Who called or wrote.',
    },
    inbound_resource_sid: { ...SID, description: 'The call or message that came in.' },
    inbound_resource_status: { ...RESOURCE_STATUS, description: 'The state of what came in.' },
    inbound_resource_type: { ...RESOURCE_TYPE, description: 'Call or Message.' },
    inbound_resource_url: { ...RESOURCE_URL, description: 'The address of what came in.' },
    outbound_participant_sid: {
      type: 'reference',
      properties: GIVEN,
      length: 34,
      referenceTo: ['TwilioProxyParticipant'],
      relationshipName: 'OutboundParticipant',
      description: 'Who was called or written to.',
    },
    outbound_resource_sid: { ...SID, description: 'The call or message that went out.' },
    outbound_resource_status: { ...RESOURCE_STATUS, description: 'The state of what went out.' },
    outbound_resource_type: { ...RESOURCE_TYPE, description: 'Call or Message.' },
    outbound_resource_url: { ...RESOURCE_URL, description: 'The address of what went out.' },
    date_created: {
      type: 'dateTime',
      properties: 'Defaulted on create, Filter, Nillable, Sort',
      description: 'When the interaction was created.',
    },
    date_updated: {
      type: 'dateTime',
      properties: 'Defaulted on create, Filter, Nillable, Sort',
      description: 'When the interaction was last changed.',
    },
    url: {
      type: 'url',
      properties: 'Filter, Group, Nillable, Sort',
      description: 'The address of the interaction.',
      searchable: false,
    },
  },
  indexes: [['session_sid', 'date_created']],
  listKeys: ['interactions'],
  onWrite: (draft) =>
    fillAddress(draft, ['Services', draft.service_sid, 'Sessions', draft.session_sid, 'Interactions', draft.sid], {}),
});
