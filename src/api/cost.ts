/**
 * What an operation may call for, before it runs: objects, page sizes multiplied along each path, and
 * a price for each search or extraction. Depth, aliases and length do not bound this: three nested
 * pages of 100 are a short operation and a million objects.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getOperationAST,
  getVariableValues,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionNode,
} from 'graphql';
import { maxPageSize } from './page.ts';

/** Price of a field besides the objects it returns, in objects. */
const prices: Readonly<Record<string, number>> = {
  'Query.extract': 5_000,
  'Query.searchDocuments': 500,
  'Query.hybridDocuments': 1_000,
  'Query.similarMentions': 500,
  'Query.mentionsOfType': 1_000,
  'Query.previewEntityType': 5_000,
  'Query.mentionCounts': 1_000,
  'Query.surfaceForms': 200,
  'Query.compareMentions': 2_000,
  'Query.coOccurrences': 2_000,
  'SearchExplanation.passing': 500,
  'MentionExplanation.nearestAccepted': 200,
  'Mutation.ingestSampleDocuments': 5_000,
  'Mutation.importVocabulary': 5_000,
};

/** An operation with its variables as they came. */
export interface PricedOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | null | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

interface Walk extends PricedOperation {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Costs of fragments done: each is walked once, however often it is spread. */
  readonly known: Map<string, number>;
}

/** How many objects a field with these arguments may return: its page, or one for each thing given. */
function pageSize(args: Readonly<Record<string, unknown>>): number {
  const { first, ids, input } = args;
  // A larger page is refused by its resolver, with the code that says so.
  if (typeof first === 'number') return Math.min(Math.max(1, first), maxPageSize);
  if (Array.isArray(ids)) return ids.length;
  const documents = (input as { documents?: unknown } | undefined)?.documents;
  return Array.isArray(documents) ? documents.length : 1;
}

/** The arguments as the resolver will get them; none when they are wrong, which execution reports. */
function argumentsOf(
  walk: Walk,
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
): Record<string, unknown> {
  try {
    return getArgumentValues(field, node, walk.variables);
  } catch {
    return {};
  }
}

function costOfField(walk: Walk, parent: GraphQLCompositeType, node: FieldNode): number {
  if (!isObjectType(parent) && !isInterfaceType(parent)) return 0;
  const field = parent.getFields()[node.name.value];
  if (field === undefined) return 0;
  const price = prices[`${parent.name}.${node.name.value}`] ?? 0;
  const type = getNamedType(field.type);
  if (!isCompositeType(type) || node.selectionSet === undefined) return price;
  const below = costOfSelections(walk, type, node.selectionSet.selections);
  return price + 1 + pageSize(argumentsOf(walk, field, node)) * below;
}

function costOfFragment(walk: Walk, name: string): number {
  const known = walk.known.get(name);
  if (known !== undefined) return known;
  const fragment = walk.fragments.get(name);
  const type = fragment && walk.schema.getType(fragment.typeCondition.name.value);
  if (fragment === undefined || !isCompositeType(type)) return 0;
  const cost = costOfSelections(walk, type, fragment.selectionSet.selections);
  walk.known.set(name, cost);
  return cost;
}

function costOfSelection(walk: Walk, parent: GraphQLCompositeType, node: SelectionNode): number {
  if (node.kind === Kind.FIELD) return costOfField(walk, parent, node);
  if (node.kind === Kind.FRAGMENT_SPREAD) return costOfFragment(walk, node.name.value);
  const type = node.typeCondition ? walk.schema.getType(node.typeCondition.name.value) : parent;
  return isCompositeType(type) ? costOfSelections(walk, type, node.selectionSet.selections) : 0;
}

function costOfSelections(
  walk: Walk,
  parent: GraphQLCompositeType,
  selections: readonly SelectionNode[],
): number {
  return selections.reduce((sum, node) => sum + costOfSelection(walk, parent, node), 0);
}

/**
 * The cost of a validated operation.
 *
 * Units: objects. Introspection is free.
 * Cost:  one visit a node of the document.
 */
export function operationCost(operation: PricedOperation): number {
  const { schema, document, operationName } = operation;
  const root = getOperationAST(document, operationName);
  const type = root && schema.getRootType(root.operation);
  if (!root || !type) return 0;
  const { coerced } = getVariableValues(schema, root.variableDefinitions ?? [], {
    ...operation.variables,
  });
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  const walk: Walk = {
    ...operation,
    // Wrong variables are reported by execution, which then runs nothing.
    variables: coerced ?? {},
    fragments: new Map(fragments.map((node) => [node.name.value, node])),
    known: new Map(),
  };
  return costOfSelections(walk, type, root.selectionSet.selections);
}
