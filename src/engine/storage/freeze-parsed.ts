/** Freezes JSON that was just parsed and that nobody else holds, as deep as it goes. */
export function freezeParsed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const nested of Object.values(value)) freezeParsed(nested);
  return Object.freeze(value);
}
