/**
 * schema.graphql with what resolves it.
 */
import { readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { GraphQLDateTime, GraphQLJSON, GraphQLJSONObject, GraphQLSafeInt } from 'graphql-scalars';
import type { Resolvers } from '../generated/graphql.ts';

const scalars = {
  DateTime: GraphQLDateTime,
  JSON: GraphQLJSON,
  JSONObject: GraphQLJSONObject,
  SafeInt: GraphQLSafeInt,
};

const definitions = new URL('../../schema.graphql', import.meta.url);

/** The schema; a resolver of something that it does not have is refused. */
export function createSchema(resolvers: Resolvers): GraphQLSchema {
  return makeExecutableSchema({
    typeDefs: readFileSync(definitions, 'utf8'),
    resolvers: { ...resolvers, ...scalars },
    inheritResolversFromInterfaces: false,
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
}
