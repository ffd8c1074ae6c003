/** What all objects are in which the RxDB door keeps something: texts to the letter, an id of any form, and no audit fields. */
export const KEPT_OBJECT = { system: 'minimal', id: { kind: 'text' }, roles: { id: 'Id' }, text: 'verbatim' } as const;
