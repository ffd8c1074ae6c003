import { defineObject } from '../../engine/definition/define-object.ts';
import { fillAddress } from './proxy-address.ts';

const CALLBACK = { type: 'url', properties: 'Create, Filter, Group, Nillable, Sort, Update', length: 2048 } as const;

/** A pool of numbers with its settings, to which sessions belong (Twilio Proxy v1, Service). */
export const TwilioProxyService = /* @__PURE__ */ defineObject({
  name: 'TwilioProxyService',
  label: 'Proxy Service',
  labelPlural: 'Proxy Services',
  description: 'A pool of numbers and the settings of its sessions.',
  id: { kind: 'sid', prefix: 'KS' },
  system: 'minimal',
  roles: { id: 'sid', created: 'date_created', modified: 'date_updated' },
  text: 'verbatim',
  fields: {
    // Nillable as the API has it; the sid of a kept record is never null.
    sid: {
      type: 'id',
      properties: 'Defaulted on create, Filter, Group, idLookup, Nillable, Sort',
      length: 34,
      description: 'Names the service.',
    },
    unique_name: {
      type: 'string',
      // The API calls it nullable in answers, yet no service can be created without one.
      properties: 'Create, Filter, Group, Sort, Update',
      length: 191,
      caseSensitive: true,
      description: 'A name of your own, unique in the account, without personal data.',
    },
    account_sid: {
      type: 'string',
      properties: 'Create, Filter, Group, Nillable, Sort',
      length: 34,
      caseSensitive: true,
      description: 'The account that created the service.',
    },
    chat_instance_sid: {
      type: 'string',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      length: 34,
      caseSensitive: true,
      description: 'The chat service that goes with this one.',
    },
    callback_url: { ...CALLBACK, description: 'Called when the status of an interaction changes.' },
    default_ttl: {
      type: 'int',
      properties: 'Create, Defaulted on create, Filter, Group, Sort, Update',
      digits: 10,
      defaultValue: 0,
      description: 'The ttl of sessions that are given none, in seconds; 0 for never.',
    },
    number_selection_behavior: {
      type: 'picklist',
      properties: 'Create, Defaulted on create, Filter, Group, Restricted picklist, Sort, Update',
      values: ['avoid-sticky', 'prefer-sticky'],
      caseSensitive: true,
      // No default is stated; the examples of the documentation show this one.
      defaultValue: 'prefer-sticky',
      description: 'Whether a participant is given the number used before, where there is one.',
    },
    geo_match_level: {
      type: 'picklist',
      properties: 'Create, Defaulted on create, Filter, Group, Restricted picklist, Sort, Update',
      // The API's description lists the first four, its prose country, area-code and extended-area-code.
      values: ['area-code', 'overlay', 'radius', 'country', 'extended-area-code'],
      caseSensitive: true,
      defaultValue: 'country',
      description: 'How near to the participant a number must be.',
    },
    intercept_callback_url: { ...CALLBACK, description: 'Called before each interaction; an answer of 403 blocks it.' },
    out_of_session_callback_url: {
      ...CALLBACK,
      description: 'Called when someone calls or writes outside any open session.',
    },
    date_created: {
      type: 'dateTime',
      properties: 'Defaulted on create, Filter, Nillable, Sort',
      description: 'When the service was created.',
    },
    date_updated: {
      type: 'dateTime',
      properties: 'Defaulted on create, Filter, Nillable, Sort',
      description: 'When the service was last changed.',
    },
    url: {
      type: 'url',
      properties: 'Filter, Group, Nillable, Sort',
      description: 'The address of the service.',
      searchable: false,
    },
    links: {
      type: 'map',
      properties: 'Filter, Nillable',
      of: { type: 'url' },
      description: 'The addresses of its sessions and phone numbers.',
    },
  },
  // Names are unique in an account, and one database may hold the services of several (a "default" in each).
  unique: [['account_sid', 'unique_name']],
  listKeys: ['services'],
  onWrite: (draft) =>
    fillAddress(draft, ['Services', draft.sid], { sessions: 'Sessions', phone_numbers: 'PhoneNumbers' }),
});
