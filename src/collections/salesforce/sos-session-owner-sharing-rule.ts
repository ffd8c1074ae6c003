import { defineObject } from '../../engine/definition/define-object.ts';
import { OWNER_SHARING_RULE_CALLS, OWNER_SHARING_RULE_FIELDS } from './owner-sharing-rule-fields.ts';

/** A rule that shares the sessions owned by one group with another. Kept as data; the engine enforces no sharing. */
export const SOSSessionOwnerSharingRule = /* @__PURE__ */ defineObject({
  name: 'SOSSessionOwnerSharingRule',
  label: 'SOS Session Owner Sharing Rule',
  labelPlural: 'SOS Session Owner Sharing Rules',
  description: 'Owner-based sharing rules of SOS sessions.',
  since: '34.0',
  // Not public; 02c by analogy with the sharing objects whose prefix is known.
  id: { kind: 'salesforce', prefix: '02c' },
  calls: OWNER_SHARING_RULE_CALLS,
  fields: OWNER_SHARING_RULE_FIELDS,
  listKeys: ['records'],
});
