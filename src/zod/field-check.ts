import type * as z from 'zod';
import type { FieldDefinition, ObjectDefinition } from '../engine/definition/define-object.ts';
import { systemEnvironment } from '../engine/ground/environment.ts';
import type { Issue } from '../engine/ground/errors.ts';
import { createIdFormat, type IdFormat } from '../engine/ground/ids.ts';
import { createValueCheck, type ValueCheck } from '../engine/record/check-value.ts';

function createFormat({ id }: ObjectDefinition): IdFormat {
  // A schema makes no ids, so nothing is ever asked of the environment.
  return createIdFormat(id.kind, id.prefix ?? '', systemEnvironment());
}

/**
 * The engine's own check of each field, so that a schema and a write cannot disagree. `others`: the objects that
 * references may point to; a reference to one that is not among them takes whatever has the form of an id.
 */
export function createFieldChecks(
  definition: ObjectDefinition,
  others: readonly ObjectDefinition[],
): (field: FieldDefinition) => ValueCheck {
  const own = createFormat(definition);
  const formats = new Map(others.map((other) => [other.name, createFormat(other)]));
  formats.set(definition.name, own);
  const text = definition.spec.text ?? 'trimmed';
  return (field) => {
    if (field.name === definition.roles.id)
      return createValueCheck({ ...field, type: 'id' }, { idFormats: () => [own], text });
    const idFormats = (names: readonly string[]) =>
      names.every((name) => formats.has(name)) ? names.flatMap((name) => formats.get(name) ?? []) : undefined;
    return createValueCheck(field, { idFormats, text });
  };
}

/** The stored form of a value; what is wrong with it becomes the schema's issues, under the engine's codes. */
export function runCheck(check: ValueCheck, value: unknown, context: z.core.$RefinementCtx): unknown {
  const issues: Issue[] = [];
  const stored = check(value, issues);
  // No value is put beside an issue: like the engine's own, these errors end up in logs.
  for (const { message, statusCode } of issues)
    context.addIssue({ code: 'custom', message, params: { statusCode }, input: undefined });
  return stored;
}
