/** The table of the stores that speak SQL. */

import { NUMBER_FIELDS, TEXT_FIELDS } from '../peers/parts/fields.mjs';

export const FIELDS = [...TEXT_FIELDS, ...NUMBER_FIELDS];

// In quotes, as PostgreSQL would write the names small.
export const typedColumns = (idType) =>
  [
    ...TEXT_FIELDS.map((name) => `"${name}" ${name === 'Id' ? idType : 'TEXT'}`),
    ...NUMBER_FIELDS.map((name) => `"${name}" INTEGER`),
  ].join(', ');

export const INDEXES = `
  CREATE INDEX IF NOT EXISTS by_agent ON sessions ("AgentId");
  CREATE INDEX IF NOT EXISTS by_login ON sessions ("LoginTime");
  CREATE INDEX IF NOT EXISTS by_agent_and_login ON sessions ("AgentId", "LoginTime");
  CREATE INDEX IF NOT EXISTS by_assigned ON sessions ("ChatReqAssigned");
`;
