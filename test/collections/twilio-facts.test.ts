import { describe, expect, test } from 'vitest';
import {
  TwilioProxyInteraction,
  TwilioProxyParticipant,
  TwilioProxyService,
  TwilioProxySession,
  twilio,
} from '../../src/collections/catalog.ts';
import type { ObjectDefinition } from '../../src/engine/definition/define-object.ts';
import { fieldOf, ownFieldNames } from './read-fields.ts';
import facts from './seed-facts/TwilioProxySession.json' with { type: 'json' };

/** The documentation calls nearly everything a string and tells the rest in the description. */
function typeOf(fact: { readonly name: string; readonly type: string; readonly description: string }): string {
  if (fact.name === 'sid') return 'id';
  if (fact.name === 'service_sid') return 'reference';
  if (fact.type === 'integer') return 'int';
  if (fact.description.includes('Format: date-time')) return 'dateTime';
  if (fact.description.includes('Format: uri-map')) return 'map';
  if (fact.description.includes('Format: uri')) return 'url';
  return fact.description.includes('Values:') ? 'picklist' : fact.type;
}

describe('TwilioProxySession against its documentation', () => {
  test('has the documented fields and no others', () => {
    expect([...ownFieldNames(TwilioProxySession)].sort()).toEqual(facts.fields.map((field) => field.name).sort());
    expect(TwilioProxySession.id).toEqual({ kind: 'sid', prefix: facts.sidPrefix });
  });

  test.each(facts.fields)('field $name has the documented type and may be null where documented', (fact) => {
    const field = fieldOf(TwilioProxySession, fact.name);
    expect(field.type).toBe(typeOf(fact));
    expect(field.nillable).toBe(fact.nullable);
  });

  test.each(Object.entries(facts.enums))('%s admits the documented values only', (name, values) => {
    const field = fieldOf(TwilioProxySession, name);
    expect(field.values).toEqual(values);
    expect(field.restrictedPicklist).toBe(true);
  });

  test('can be given and changed what the API lets a client give and change', () => {
    const names = (flag: 'createable' | 'updateable') =>
      TwilioProxySession.fields.filter((field) => field[flag]).map((field) => field.name);
    expect(names('updateable')).toEqual(['date_expiry', 'status', 'ttl']);
    expect(names('createable').sort()).toEqual(
      ['account_sid', 'date_expiry', 'mode', 'service_sid', 'status', 'ttl', 'unique_name'].sort(),
    );
  });

  test('has the documented defaults and a name that is unique in its service', () => {
    expect(fieldOf(TwilioProxySession, 'status').defaultValue).toBe('open');
    expect(fieldOf(TwilioProxySession, 'mode').defaultValue).toBe('voice-and-message');
    expect(fieldOf(TwilioProxySession, 'ttl').defaultValue).toBe(0);
    expect(fieldOf(TwilioProxySession, 'unique_name')).toMatchObject({ length: 191, caseSensitive: true });
    expect(TwilioProxySession.spec.unique).toEqual([['service_sid', 'unique_name']]);
  });
});

/** The fields of the other resources, written down from the API's description a second time. */
const FIELDS: readonly (readonly [ObjectDefinition, string, string])[] = [
  [
    TwilioProxyService,
    'KS',
    'sid unique_name account_sid chat_instance_sid callback_url default_ttl number_selection_behavior geo_match_level intercept_callback_url out_of_session_callback_url date_created date_updated url links',
  ],
  [
    TwilioProxyParticipant,
    'KP',
    'sid session_sid service_sid account_sid friendly_name identifier proxy_identifier proxy_identifier_sid date_deleted date_created date_updated url links',
  ],
  [
    TwilioProxyInteraction,
    'KI',
    'sid session_sid service_sid account_sid participant_sid data type inbound_participant_sid inbound_resource_sid inbound_resource_status inbound_resource_type inbound_resource_url outbound_participant_sid outbound_resource_sid outbound_resource_status outbound_resource_type outbound_resource_url date_created date_updated url',
  ],
];

test.each(FIELDS)('$name has the fields of the API', (definition, prefix, names) => {
  expect([...ownFieldNames(definition)].sort()).toEqual(names.split(' ').sort());
  expect(definition.id).toEqual({ kind: 'sid', prefix });
});

test('all resources play their parts by the names of the API', () => {
  for (const definition of twilio as readonly ObjectDefinition[]) {
    expect(definition.roles).toMatchObject({ id: 'sid', created: 'date_created', modified: 'date_updated' });
    expect(definition.spec.text).toBe('verbatim');
  }
});

test('sessions fall with their service, participants and interactions with their session', () => {
  expect(fieldOf(TwilioProxySession, 'service_sid')).toMatchObject({
    referenceTo: ['TwilioProxyService'],
    childRelationshipName: 'Sessions',
    cascadeDelete: true,
  });
  for (const definition of [TwilioProxyParticipant, TwilioProxyInteraction] as readonly ObjectDefinition[])
    expect(fieldOf(definition, 'session_sid')).toMatchObject({
      referenceTo: ['TwilioProxySession'],
      cascadeDelete: true,
    });
});
