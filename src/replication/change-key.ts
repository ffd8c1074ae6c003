/** The id of a record's entry in the outbox, in quarantine and the like. */
export function changeKey(object: string, id: string): string {
  return `${object}:${id}`;
}
