/** What all objects are in which sync keeps its books, of a client or of a master: callers can look at them and no more. */
export const BOOK_OBJECT = {
  system: 'minimal',
  id: { kind: 'text' },
  roles: { id: 'Id' },
  calls: ['query'],
  text: 'verbatim',
} as const;
