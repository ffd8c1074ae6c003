import type { ObjectDefinition } from '../engine/definition/define-object.ts';
import { systemEnvironment } from '../engine/ground/environment.ts';
import { createIdFormat, type IdFormat, normalizeSalesforceId } from '../engine/ground/ids.ts';

/** What ids a field can hold: brings one to its canonical text, or tells that it is none by undefined. */
export type IdForm = (text: string) => string | undefined;

function createFormat({ id }: ObjectDefinition): IdFormat {
  // Nothing here makes ids, so nothing is ever asked of the environment.
  return createIdFormat(id.kind, id.prefix ?? '', systemEnvironment());
}

/** The ids of the objects themselves, by form and by key prefix. */
export function createIdForm(definitions: readonly ObjectDefinition[]): IdForm {
  const formats = definitions.map(createFormat);
  return (text) => {
    for (const format of formats) {
      const id = format.normalize(text);
      if (id !== undefined && format.owns(id)) return id;
    }
    return undefined;
  };
}

const OTHER_ID = /^[\w-]{20,64}$/;

/** Where an object that may be meant is not known, neither is its prefix: whatever has the form of an id will do. */
export const anyIdForm: IdForm = (text) => normalizeSalesforceId(text) ?? (OTHER_ID.test(text) ? text : undefined);
