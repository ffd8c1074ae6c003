import type { Operand, SoqlCondition, SoqlQuery } from './ast.ts';

function isOfClock(operand: Operand): boolean {
  if (operand.kind === 'list') return operand.items.some(isOfClock);
  return operand.kind === 'subquery' ? namesClock(operand.query) : operand.kind === 'dateLiteral';
}

function asksClock(condition: SoqlCondition | undefined): boolean {
  if (condition === undefined) return false;
  if (condition.kind === 'comparison') return isOfClock(condition.right);
  return condition.kind === 'not' ? asksClock(condition.part) : condition.parts.some(asksClock);
}

/** Whether a query says something else tomorrow: it has a date literal somewhere. */
export function namesClock(query: SoqlQuery): boolean {
  const children = query.select.some((item) => item.kind === 'subquery' && namesClock(item.query));
  return children || asksClock(query.where) || asksClock(query.having);
}
