const words = (text: string) => text.split(' ');

export const DATE_FUNCTIONS = words(
  'CALENDAR_MONTH( CALENDAR_QUARTER( CALENDAR_YEAR( DAY_IN_MONTH( DAY_IN_WEEK( DAY_IN_YEAR( DAY_ONLY( FISCAL_MONTH( ' +
    'FISCAL_QUARTER( FISCAL_YEAR( HOUR_IN_DAY( WEEK_IN_MONTH( WEEK_IN_YEAR(',
);

export const AGGREGATES = words('AVG( COUNT( COUNT_DISTINCT( MAX( MIN( SUM(');

export const SELECT_WORDS = [...AGGREGATES, ...words('FIELDS( FORMAT( GROUPING( TYPEOF toLabel('), ...DATE_FUNCTIONS];

/** What may follow when a clause is complete, clause by clause. */
const TAIL = ['LIMIT', 'OFFSET', 'FOR VIEW', 'FOR REFERENCE', 'ALL ROWS'];
export const AFTER_FROM = ['USING SCOPE', 'WHERE', 'WITH', 'GROUP BY', 'ORDER BY', ...TAIL];
export const AFTER_CONDITION = ['AND', 'OR', 'WITH', 'GROUP BY', 'ORDER BY', ...TAIL];
export const AFTER_HAVING = ['AND', 'OR', 'ORDER BY', ...TAIL];
export const AFTER_GROUP = ['HAVING', 'ORDER BY', ...TAIL];
export const AFTER_ORDER = ['ASC', 'DESC', 'NULLS FIRST', 'NULLS LAST', ...TAIL];
export const AFTER_LIMIT = TAIL.slice(1);

export const OPERATORS = ['LIKE', 'IN', 'NOT IN', 'INCLUDES', 'EXCLUDES'];
export const GROUP_WORDS = ['ROLLUP(', 'CUBE(', ...DATE_FUNCTIONS];
export const SCOPES = words('EVERYTHING MINE MINE_AND_MY_GROUPS TEAM DELEGATED MRU');
export const MODES = words('SECURITY_ENFORCED USER_MODE SYSTEM_MODE');
export const FIELD_SETS = ['ALL)', 'STANDARD)', 'CUSTOM)'];

const UNITS = words('WEEK MONTH QUARTER YEAR FISCAL_QUARTER FISCAL_YEAR');
export const DATE_LITERALS = [
  ...words('TODAY YESTERDAY TOMORROW LAST_90_DAYS NEXT_90_DAYS'),
  ...UNITS.flatMap((unit) => ['THIS', 'LAST', 'NEXT'].map((when) => `${when}_${unit}`)),
  ...['DAY', ...UNITS].flatMap((unit) => [`LAST_N_${unit}S:`, `NEXT_N_${unit}S:`, `N_${unit}S_AGO:`]),
];

export const SEARCH_GROUPS = words('ALL EMAIL NAME PHONE SIDEBAR').map((group) => `${group} FIELDS`);
