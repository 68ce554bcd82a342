/**
 * How large an operation may be, the same over HTTP and WebSocket: length in tokens while parsing;
 * depth, aliases and directives while validating; cost before running.
 */
import { ApolloArmor } from '@escape.tech/graphql-armor';
import type { GraphQLError, ValidationContext, ValidationRule } from 'graphql';
import { appError } from '../core/errors.ts';
import { operationCost, type PricedOperation } from './cost.ts';
import { requestError } from './errors.ts';

/** The limits of an operation; the settings of the same names say what each is for. */
export interface OperationLimits {
  readonly maxTokens: number;
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  readonly maxCost: number;
}

const tooComplex = (what: string, max: number, value: number | string): GraphQLError =>
  requestError(appError('OPERATION_TOO_COMPLEX', { what, max, value }));

/** Options of a rule that reports our error in place of its own. */
function reporting(what: string, max: number) {
  const report = (context: ValidationContext | null, error: GraphQLError): void => {
    const found = /found (\d+)/.exec(error.message)?.[1];
    context?.reportError(tooComplex(what, max, found ?? 'more'));
  };
  return { n: max, onReject: [report], propagateOnRejection: false };
}

/** Validation rules besides those of the GraphQL specification. */
export function limitRules(limits: OperationLimits): readonly ValidationRule[] {
  const armor = new ApolloArmor({
    maxDepth: { ...reporting('depth', limits.maxDepth), flattenFragments: true },
    maxAliases: reporting('number of aliases', limits.maxAliases),
    maxDirectives: reporting('number of directives', limits.maxDirectives),
    // Length is limited while parsing, and cost.ts knows page sizes, which armor's cost does not.
    maxTokens: { enabled: false },
    costLimit: { enabled: false },
    blockFieldSuggestion: { enabled: false },
  });
  return armor.protect().validationRules;
}

/** The operation's cost, and the reason to refuse it (OPERATION_TOO_COMPLEX) or null. */
export function checkCost(
  operation: PricedOperation,
  maxCost: number,
): { cost: number; refusal: GraphQLError | null } {
  const cost = operationCost(operation);
  return { cost, refusal: cost > maxCost ? tooComplex('cost', maxCost, cost) : null };
}
