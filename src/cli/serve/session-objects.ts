import { genesys, salesforce, twilio } from '../../collections/catalog.ts';

/** What a server serves: the session objects of all vendors, with what belongs to them. */
export const SESSION_OBJECTS = [...salesforce, ...genesys, ...twilio] as const;

export const SESSION_OBJECT_NAMES: readonly string[] = SESSION_OBJECTS.map(({ name }) => name);
