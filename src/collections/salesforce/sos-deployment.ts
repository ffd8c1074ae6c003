import { defineObject } from '../../engine/definition/define-object.ts';
import { SALESFORCE_FIELDS } from '../../engine/definition/system-fields.ts';

/**
 * The settings with which an app offers SOS calls (Object Reference, SOSDeployment; API 34.0). Neither deletable nor
 * searchable. Lengths and the last three fields are those of a real describe.
 */
export const SOSDeployment = /* @__PURE__ */ defineObject({
  name: 'SOSDeployment',
  label: 'SOS Deployment',
  labelPlural: 'SOS Deployments',
  description: 'How SOS calls are offered in a mobile app.',
  since: '34.0',
  id: { kind: 'salesforce', prefix: '0NW' },
  roles: { name: 'MasterLabel' },
  calls: ['create', 'describeSObjects', 'query', 'retrieve', 'update', 'upsert'],
  fields: {
    Id: { ...SALESFORCE_FIELDS.Id, label: 'SOS Deployment ID' },
    DeveloperName: {
      type: 'string',
      properties: 'Create, Filter, Group, Sort, Update',
      label: 'Developer Name',
      length: 80,
      // Unique in an org. A local copy may hold the deployments of several orgs.
      description: 'The name of the deployment in the API.',
    },
    Language: {
      type: 'picklist',
      properties: 'Create, Defaulted on create, Filter, Group, Nillable, Restricted picklist, Sort, Update',
      length: 40,
      // biome-ignore format: one language a line would say no more
      values: [
        'en_US', 'de', 'es', 'fr', 'it', 'ja', 'sv', 'ko', 'zh_TW', 'zh_CN', 'pt_BR', 'nl_NL', 'da', 'th', 'fi', 'ru',
        'es_MX', 'no', 'hu', 'pl', 'cs', 'tr', 'in', 'ro', 'vi', 'uk', 'iw', 'el', 'bg', 'en_GB', 'ar', 'sk', 'pt_PT',
        'hr', 'sl',
      ],
      defaultValue: 'en_US',
      description: 'The language of the deployment.',
    },
    MasterLabel: {
      type: 'string',
      properties: 'Create, Filter, Group, Sort, Update',
      label: 'Master Label',
      length: 80,
      description: 'The name of the deployment.',
    },
    OptionsIsBackwardFacingCameraEnabled: {
      type: 'boolean',
      properties: 'Create, Filter, Update',
      label: 'Backward-Facing Camera Enabled',
      description: 'Whether customers may show what the back camera sees.',
    },
    OptionsIsEnabled: {
      type: 'boolean',
      properties: 'Create, Filter, Update',
      label: 'Enabled',
      description: 'Whether customers can ask for new calls.',
    },
    OptionsIsVoiceOnlyMode: {
      type: 'boolean',
      properties: 'Create, Filter, Update',
      label: 'Voice Only Mode',
      description: 'Whether calls are without video.',
    },
    QueueId: {
      type: 'reference',
      properties: 'Create, Filter, Group, Sort, Update',
      label: 'Queue ID',
      referenceTo: ['Group'],
      relationshipName: 'Queue',
      description: 'The queue that takes the calls.',
    },
    OptionsIsSessionRecordingEnabled: {
      type: 'boolean',
      // The property words of the last three are not public; an org without recording has never set them.
      properties: 'Create, Defaulted on create, Filter, Update',
      label: 'Session Recording Enabled',
      defaultValue: false,
      description: 'Whether calls are recorded.',
    },
    RecordingStorageType: {
      type: 'picklist',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Session Recording Storage Provider',
      values: ['s3'],
      description: 'Where recordings are kept.',
    },
    RecordingStorageBucket: {
      type: 'string',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Session Recording Storage Provider Bucket',
      length: 128,
      description: 'The bucket recordings are kept in.',
    },
  },
  listKeys: ['records'],
});
