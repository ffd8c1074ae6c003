/** What RxDB is told of a record, with the four indexes. */

import { NUMBER_FIELDS, TEXT_FIELDS } from './fields.mjs';

const text = TEXT_FIELDS.map((name) => [name, { type: 'string', maxLength: 24 }]);
const numbers = NUMBER_FIELDS.map((name) => [name, { type: ['integer', 'null'] }]);
const assigned = { type: 'integer', minimum: 0, maximum: 1_000, multipleOf: 1 };

export const RXDB_SCHEMA = {
  version: 0,
  primaryKey: 'Id',
  type: 'object',
  properties: { ...Object.fromEntries([...text, ...numbers]), ChatReqAssigned: assigned },
  required: ['Id', 'AgentId', 'LoginTime', 'ChatReqAssigned'],
  indexes: ['AgentId', 'LoginTime', ['AgentId', 'LoginTime'], 'ChatReqAssigned'],
};
