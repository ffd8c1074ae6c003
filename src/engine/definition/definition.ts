/**
 * What a session object is, as plain data. The words are Salesforce's: a field's `properties` are written exactly as
 * its object reference prints them (`'Create, Filter, Group, Nillable, Sort, Update'`), and everything else follows
 * from them: validation, describe, query errors, indexes, TypeScript types and zod schemas.
 */

/** The closed list of field types. `object`, `list` and `map` nest; the others hold one scalar or null. */
export const FIELD_TYPES = [
  'id',
  'reference',
  'string',
  'textarea',
  'url',
  'email',
  'phone',
  'encryptedstring',
  'picklist',
  'multipicklist',
  'boolean',
  'int',
  'double',
  'dateTime',
  'date',
  'anyType',
  'object',
  'list',
  'map',
] as const;

export type FieldType = (typeof FIELD_TYPES)[number];

/** The calls an object can list (Object Reference, "Supported Calls"). */
export const CALLS = [
  'create',
  'delete',
  'describeLayout',
  'describeSObjects',
  'getDeleted',
  'getUpdated',
  'query',
  'retrieve',
  'search',
  'undelete',
  'update',
  'upsert',
] as const;

export type Call = (typeof CALLS)[number];

/** The property words a field can list (Object Reference, "API Field Properties"). */
export const PROPERTIES = [
  'Autonumber',
  'Create',
  'Defaulted on create',
  'Filter',
  'Group',
  'idLookup',
  'Nillable',
  'Restricted picklist',
  'Sort',
  'Unique',
  'Update',
] as const;

/** Written when a field names no properties: an ordinary field of a user's own object. */
export type DefaultProperties = 'Create, Filter, Group, Nillable, Sort, Update';

/** Written when a field of several picked values names none: it can be neither sorted nor grouped by. */
export type DefaultPickedProperties = 'Create, Filter, Nillable, Update';

const DEFAULT_PROPERTIES: DefaultProperties = 'Create, Filter, Group, Nillable, Sort, Update';
const DEFAULT_PICKED_PROPERTIES: DefaultPickedProperties = 'Create, Filter, Nillable, Update';

/** The words of a field's properties. */
export function readProperties({ type, properties }: Pick<FieldSpec, 'type' | 'properties'>): ReadonlySet<string> {
  const absent = type === 'multipicklist' ? DEFAULT_PICKED_PROPERTIES : DEFAULT_PROPERTIES;
  return new Set((properties ?? absent).split(',').map((word) => word.trim()));
}

/** One field as its author writes it. */
export interface FieldSpec {
  readonly type: FieldType;
  /** Comma-separated words of {@link PROPERTIES}; {@link DefaultProperties} when absent. */
  readonly properties?: string;
  readonly label?: string;
  readonly description?: string;
  /** The most characters of a text field. Defaults: string 255, url 255, textarea 32,000, reference 18. */
  readonly length?: number;
  /** The most digits of an int: 9 unless given; 10 lets the whole range of 32 bits in. */
  readonly digits?: number;
  /** The values of a picklist. Others are refused only where the properties say `Restricted picklist`. */
  readonly values?: readonly string[];
  /** The objects a reference may point to. */
  readonly referenceTo?: readonly string[];
  /** The name of the way up from a reference: `Owner` of `OwnerId`. */
  readonly relationshipName?: string;
  /** The name of the way down, as the parent sees it: `Histories`. */
  readonly childRelationshipName?: string;
  /** Whether deleting the parent takes this record with it. */
  readonly cascadeDelete?: boolean;
  /** Whether text compares by exact case. Ids and references always do. Default false, as in Salesforce. */
  readonly caseSensitive?: boolean;
  /** Whether the field can be the key of an upsert. */
  readonly externalId?: boolean;
  /** The form of an autonumber: literal text around one `{000}`, which gives the least number of digits. */
  readonly displayFormat?: string;
  /** The value a record gets when none is given on create (with `Defaulted on create`). */
  readonly defaultValue?: string | number | boolean;
  /** Accepted on input and never kept, such as SOSSession.IpAddress, which Salesforce leaves blank for privacy. */
  readonly alwaysBlank?: boolean;
  /** false: search does not look into this text, such as the address that an API gives a record. Default true. */
  readonly searchable?: boolean;
  /** For `object`: the nested fields. */
  readonly fields?: Readonly<Record<string, FieldSpec>>;
  /** For `list` and `map`: what one element is. */
  readonly of?: FieldSpec;
  /** The API or SDK version that brought the field, where that is later than the object's. */
  readonly since?: string;
  /** Whether the vendor's present model always sends it. Told by describe, not enforced: payloads in the wild differ. */
  readonly requiredInModel?: boolean;
}

/** A compound index or unique key: field names, the equality ones first, the ordered one last. A string is one field. */
export type IndexSpec = string | readonly string[];

/** The form of an object's ids. */
export interface IdSpec {
  /** `salesforce` 15 or 18 characters with a key prefix; `uuid`; `sid` two letters and 32 hex digits; `text` any. */
  readonly kind: 'salesforce' | 'uuid' | 'sid' | 'text';
  /** The key prefix (`0HK`) or the SID's two letters (`KC`). */
  readonly prefix?: string;
}

/** Which field plays which part in the life of a record. The engine fills and reads these, by part, never by name. */
export interface Roles {
  readonly id: string;
  /** true once the record is in the recycle bin. */
  readonly deleted: string;
  /** The dateTime of the last change of any kind; what getUpdated and getDeleted go by. */
  readonly stamp: string;
  readonly created?: string;
  readonly createdBy?: string;
  readonly modified?: string;
  readonly modifiedBy?: string;
  readonly owner?: string;
  readonly viewed?: string;
  readonly referenced?: string;
  readonly name?: string;
}

/** What a write rule is told and may do. */
export interface WriteContext {
  /** The moment of the write, in the stored dateTime form. */
  readonly now: string;
  /** Refuses the write with an issue; several may be raised. */
  refuse(code: 'FIELD_INTEGRITY_EXCEPTION' | 'DUPLICATE_VALUE', message: string, fields: readonly string[]): void;
}

/**
 * An object's own rule, run on create and update after validation and before commit. It may assign any field of
 * `draft`, read-only ones too; it must be a pure function of its arguments. Import does not run it: what a vendor
 * sends is kept.
 */
export type WriteRule = (
  draft: Record<string, unknown>,
  before: Readonly<Record<string, unknown>> | undefined,
  context: WriteContext,
) => void;

/**
 * An object's own rule on what may be deleted by a call; what goes with a parent goes without being asked. Says
 * with what error a record is refused, or nothing.
 */
export type DeleteRule = (
  record: Readonly<Record<string, unknown>>,
) =>
  | { readonly code: 'INVALID_CROSS_REFERENCE_KEY' | 'FIELD_INTEGRITY_EXCEPTION'; readonly message: string }
  | undefined;

/**
 * Makes a stored record of one version a record of the next. It is handed all fields by their names of then, frozen, and gives
 * the fields of now; it must be a pure function of the record. Id, IsDeleted and the audit fields stay whatever it gives.
 */
export type Migration = (record: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** A change of a commit that has not come true yet: no `before` is a create, no `after` a purge, both an edit. */
export interface OpenChange {
  readonly object: string;
  readonly id: string;
  readonly before: Readonly<Record<string, unknown>> | undefined;
  readonly after: Readonly<Record<string, unknown>> | undefined;
}

/** What an object is, as far as those need to know it who keep book of its changes. An `ObjectDefinition` is one. */
export interface BookedObject {
  readonly roles: Roles;
  readonly fields: readonly { readonly name: string; readonly autoNumber: boolean }[];
}

/** A commit that is about to come true, as an object's `onCommit` is shown it. */
export interface OpenCommit {
  /** All that it changes, of all objects, one change a record. */
  readonly changes: readonly OpenChange[];
  /** The number that it will have. */
  readonly sequence: number;
  /** Its moment, in the stored dateTime form. */
  readonly now: string;
  /** Who makes it, where that is not a caller: sync names itself here. */
  readonly source: string | undefined;
  /** What an object is; undefined where the database has no such object. */
  object(name: string): BookedObject | undefined;
  /** The record of an id as the commit leaves it, deleted ones too. */
  find(object: string, id: string): Readonly<Record<string, unknown>> | undefined;
  /** All records of an object in use, in the order of their creation. */
  all(object: string): Iterable<Readonly<Record<string, unknown>>>;
  /** Sets fields of a record, or makes it, in the same commit. Values are trusted, and no rule runs. */
  put(object: string, id: string, values: Readonly<Record<string, unknown>>): void;
  /** Takes a record away for good, in the same commit; nothing where there is none. */
  remove(object: string, id: string): void;
}

/**
 * Keeps book of the commits of a database: called with each just before it comes true, it may add to it. It is not called for
 * what a storage or another tab hands over, which is whole already. It must be synchronous; what it throws takes the commit back.
 */
export type CommitRule = (commit: OpenCommit) => void;

/** A part of a layout: fields under a heading, row by row. */
export interface LayoutSectionSpec {
  readonly heading: string;
  /** 1 or 2; 2 when absent. */
  readonly columns?: 1 | 2;
  readonly fields: readonly string[];
}

/** An object as its author writes it. */
export interface ObjectSpec {
  readonly name: string;
  readonly label?: string;
  readonly labelPlural?: string;
  readonly description?: string;
  /**
   * Which form of the object this is, from 1, the default: raised whenever stored records no longer fit. New fields need no
   * new version.
   */
  readonly version?: number;
  /** By version: what makes stored records of the version before records of it. Absent where nothing is to be done. */
  readonly migrations?: Readonly<Record<number, Migration>>;
  /** The first Salesforce API version that has the object; a database opened with an older one is without it. */
  readonly since?: string;
  /** Absent: a Salesforce id with a prefix made of the object's name. */
  readonly id?: IdSpec;
  /** `salesforce` (default) adds Id, IsDeleted and the audit fields; `minimal` adds IsDeleted and SystemModstamp. */
  readonly system?: 'salesforce' | 'minimal';
  /** Overrides of the roles that the system fields play; `minimal` must name at least `id`. */
  readonly roles?: Partial<Roles>;
  /** All calls when absent. */
  readonly calls?: readonly Call[];
  /** `trimmed` (default): text loses outer blanks and empty text is null, as in Salesforce. `verbatim`: kept as given. */
  readonly text?: 'trimmed' | 'verbatim';
  readonly fields: Readonly<Record<string, FieldSpec>>;
  /** Indexes kept from the start. */
  readonly indexes?: readonly IndexSpec[];
  /** Keys that no two records in use may share; a key with a null in it is free. */
  readonly unique?: readonly IndexSpec[];
  /** What a create comes to whose unique keys another record has: an error (default), or an update of that record. */
  readonly onDuplicate?: 'refuse' | 'update';
  /** The object that takes a row for each change of a tracked field, and the fields tracked (20 at most). */
  readonly history?: { readonly object: string; readonly parentField: string; readonly fields: readonly string[] };
  /** The object that takes a feed item for each create and each change of a tracked field. */
  readonly feed?: { readonly object: string; readonly parentField: string; readonly fields: readonly string[] };
  /** Where a payload of this object's API keeps its records: `records`, `entities`, `sessions`. */
  readonly listKeys?: readonly string[];
  /** How the object is laid out (describeLayout); derived from its fields when absent. */
  readonly layout?: { readonly sections: readonly LayoutSectionSpec[] };
  readonly onWrite?: WriteRule;
  readonly onDelete?: DeleteRule;
  /** Has this object keep book of all commits of its database, in records of its own. */
  readonly onCommit?: CommitRule;
}
