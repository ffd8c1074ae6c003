import { defineObject } from '../../engine/definition/define-object.ts';
import { ruleShare, ruleShareDelete, SHARE_CALLS, SHARE_FIELDS, SHARE_ROLES, SHARE_UNIQUE } from './share-fields.ts';

/** Who may see or edit a session besides its owner. Kept as data; the engine itself enforces no sharing. */
export const SOSSessionShare = /* @__PURE__ */ defineObject({
  name: 'SOSSessionShare',
  label: 'SOS Session Share',
  labelPlural: 'SOS Session Shares',
  description: 'Sharing entries of SOS sessions.',
  since: '34.0',
  // Not public; 02c by analogy with the sharing objects whose prefix is known.
  id: { kind: 'salesforce', prefix: '02c' },
  system: 'minimal',
  roles: SHARE_ROLES,
  calls: SHARE_CALLS,
  fields: {
    ...SHARE_FIELDS,
    ParentId: {
      type: 'reference',
      properties: 'Create, Filter, Group, Sort',
      label: 'Parent ID',
      referenceTo: ['SOSSession'],
      relationshipName: 'Parent',
      childRelationshipName: 'Shares',
      cascadeDelete: true,
      description: 'The session that is shared.',
    },
  },
  indexes: ['ParentId'],
  unique: SHARE_UNIQUE,
  onDuplicate: 'update',
  listKeys: ['records'],
  onWrite: ruleShare,
  onDelete: ruleShareDelete,
});
