import { defineObject } from '../../engine/definition/define-object.ts';
import { OWNER_SHARING_RULE_CALLS, OWNER_SHARING_RULE_FIELDS } from './owner-sharing-rule-fields.ts';

/** A rule that shares the sessions owned by one group with another. Kept as data; the engine enforces no sharing. */
export const LiveAgentSessionOwnerSharingRule = /* @__PURE__ */ defineObject({
  name: 'LiveAgentSessionOwnerSharingRule',
  label: 'Chat Session Owner Sharing Rule',
  labelPlural: 'Chat Session Owner Sharing Rules',
  description: 'Owner-based sharing rules of chat sessions.',
  since: '28.0',
  // Not public; 02c by analogy with the sharing objects whose prefix is known.
  id: { kind: 'salesforce', prefix: '02c' },
  calls: OWNER_SHARING_RULE_CALLS,
  fields: OWNER_SHARING_RULE_FIELDS,
  listKeys: ['records'],
});
