/** What a SOQL text says, and where: plain data. Names stand as they are written; nothing has been looked up. */

/** `Name`, `Owner.Name`, `device.category`. */
export interface FieldPath {
  readonly kind: 'path';
  readonly names: readonly string[];
  /** Where it begins, in characters from the start of the text; so in every node. */
  readonly at: number;
}

/** A function by its name in capitals. `argument` is absent in `COUNT()` alone. */
export interface FunctionCall {
  readonly kind: 'call';
  readonly name: string;
  readonly argument: Expression | undefined;
  readonly at: number;
}

export type Expression = FieldPath | FunctionCall;

export type Literal =
  /** In a LIKE the text is a pattern: `%` and `_` with a backslash before them are those characters themselves. */
  | { readonly kind: 'string'; readonly value: string; readonly at: number }
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly at: number }
  | { readonly kind: 'null'; readonly at: number }
  | { readonly kind: 'date'; readonly value: string; readonly at: number }
  | { readonly kind: 'dateTime'; readonly value: string; readonly at: number }
  /** `TODAY`, or `LAST_N_DAYS:7` with its number in `n`. */
  | { readonly kind: 'dateLiteral'; readonly name: string; readonly n: number | undefined; readonly at: number };

/** `:name`, a value given beside the text. */
export interface Bind {
  readonly kind: 'bind';
  readonly name: string;
  readonly at: number;
}

export type Operand =
  | Literal
  | Bind
  | { readonly kind: 'list'; readonly items: readonly (Literal | Bind)[]; readonly at: number }
  | { readonly kind: 'subquery'; readonly query: SoqlQuery; readonly at: number };

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'IN' | 'NOT IN' | 'INCLUDES' | 'EXCLUDES';

export interface Comparison {
  readonly kind: 'comparison';
  readonly left: Expression;
  readonly operator: Operator;
  readonly right: Operand;
  readonly at: number;
}

export type SoqlCondition =
  | Comparison
  | { readonly kind: 'and' | 'or'; readonly parts: readonly SoqlCondition[]; readonly at: number }
  | { readonly kind: 'not'; readonly part: SoqlCondition; readonly at: number };

export interface TypeOf {
  readonly kind: 'typeof';
  readonly relationship: FieldPath;
  readonly when: readonly { readonly object: string; readonly fields: readonly FieldPath[]; readonly at: number }[];
  readonly otherwise: readonly FieldPath[];
  readonly at: number;
}

export type SelectItem =
  | {
      readonly kind: 'expression';
      readonly expression: Expression;
      readonly alias: string | undefined;
      readonly at: number;
    }
  | { readonly kind: 'subquery'; readonly query: SoqlQuery; readonly at: number }
  | TypeOf
  | { readonly kind: 'fields'; readonly which: 'ALL' | 'STANDARD' | 'CUSTOM'; readonly at: number };

export interface OrderItem {
  readonly expression: Expression;
  readonly descending: boolean;
  /** Undefined where the text leaves it open. */
  readonly nulls: 'first' | 'last' | undefined;
  readonly at: number;
}

export interface GroupBy {
  readonly kind: 'plain' | 'rollup' | 'cube';
  readonly items: readonly Expression[];
  readonly at: number;
}

/** A count of rows: a number in the text, or a bind. */
export type RowCount = { readonly kind: 'number'; readonly value: number; readonly at: number } | Bind;

export interface SoqlQuery {
  readonly select: readonly SelectItem[];
  /** The object, or in a child subquery the relationship, with what it is a relationship of where that is written. */
  readonly from: {
    readonly name: string;
    readonly parent: string | undefined;
    readonly alias: string | undefined;
    readonly at: number;
  };
  /** Further aliases: `FROM Contact c, c.Account a`. */
  readonly relations: readonly { readonly path: FieldPath; readonly alias: string }[];
  readonly scope: string | undefined;
  readonly where: SoqlCondition | undefined;
  readonly mode: 'SECURITY_ENFORCED' | 'USER_MODE' | 'SYSTEM_MODE' | undefined;
  readonly groupBy: GroupBy | undefined;
  readonly having: SoqlCondition | undefined;
  readonly orderBy: readonly OrderItem[];
  readonly limit: RowCount | undefined;
  readonly offset: RowCount | undefined;
  readonly forView: boolean;
  readonly forReference: boolean;
  readonly forUpdate: boolean;
  readonly allRows: boolean;
  readonly at: number;
}
