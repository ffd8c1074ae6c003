import type { Expression } from '../parse/ast.ts';

/** An expression as a text that equal ones share: names are not told apart by case, and aliases are what they stand for. */
export function expressionKey(expression: Expression, aliases: ReadonlyMap<string, readonly string[]>): string {
  if (expression.kind === 'path') {
    const [first = '', ...rest] = expression.names;
    const start = rest.length > 0 ? aliases.get(first.toLowerCase()) : undefined;
    return [...(start ?? [first]), ...rest].join('.').toLowerCase();
  }
  const { name, argument } = expression;
  return `${name}(${argument === undefined ? '' : expressionKey(argument, aliases)})`;
}
