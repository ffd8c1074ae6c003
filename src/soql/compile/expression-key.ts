import type { Expression } from '../parse/ast.ts';

/** An expression as a text that equal ones share: names are not told apart by case. */
export function expressionKey(expression: Expression): string {
  if (expression.kind === 'path') return expression.names.join('.').toLowerCase();
  const { name, argument } = expression;
  return `${name}(${argument === undefined ? '' : expressionKey(argument)})`;
}
