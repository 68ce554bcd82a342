import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLEnumType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { errorCodes } from '../../src/core/errors.ts';
import type { DroppedTextReason } from '../../src/formats/source-document.ts';
import type { DropReason } from '../../src/ner/extractor.ts';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));

const types = Object.values(schema.getTypeMap()).filter(
  ({ name, astNode }) => !name.startsWith('__') && astNode !== undefined,
);

/** Every described thing of the schema by its path, with its description. */
function descriptions(): [string, string | null | undefined][] {
  return types.flatMap((type) => [
    [type.name, type.description] as [string, string | null | undefined],
    ...(isEnumType(type)
      ? type
          .getValues()
          .map((v): [string, string | null | undefined] => [
            `${type.name}.${v.name}`,
            v.description,
          ])
      : []),
    ...(isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)
      ? Object.values(type.getFields()).flatMap((field) => [
          [`${type.name}.${field.name}`, field.description] as [string, string | null | undefined],
          ...('args' in field
            ? field.args.map((arg: GraphQLArgument): [string, string | null | undefined] => [
                `${type.name}.${field.name}(${arg.name})`,
                arg.description,
              ])
            : []),
        ])
      : []),
  ]);
}

describe('schema.graphql', () => {
  it('describes every type, field, argument and enum value in sentences', () => {
    const undescribed = descriptions().filter(([, text]) => !/^[A-Z`].*\.$/s.test(text ?? ''));

    expect(descriptions().length).toBeGreaterThan(250);
    expect(undescribed.filter(([, text]) => !/^score - threshold/.test(text ?? ''))).toEqual([]);
  });

  it('names a unit for every offset, length, time, count of characters and vector size', () => {
    const unit = /UTF-16|unit|second|millisecond|counts|numbers|cut at/;
    const measured = descriptions().filter(([path]) =>
      /\.(start|end|length|characters\w*|\w*Seconds|\w+Ms|\w*VectorSize)$/.test(path),
    );

    const without = measured.filter(
      ([path, text]) => !unit.test(text ?? '') && !hasUnitArgument(path),
    );

    expect(measured.length).toBeGreaterThan(15);
    expect(without).toEqual([]);
  });

  it('has the error codes of the table, each described', () => {
    const codes = schema.getType('ErrorCode') as GraphQLEnumType;

    const names = codes.getValues().map(({ name }) => name);

    expect(names.toSorted()).toEqual(errorCodes.toSorted());
  });

  it('has every reason for which something is not read', () => {
    const all: Readonly<Record<DropReason | DroppedTextReason, true>> = {
      CONTROL_CHARACTER: true,
      INVISIBLE_CHARACTER: true,
      COMBINING_MARK: true,
      UNASSIGNED_CHARACTER: true,
      NOT_TOKENIZED: true,
      RUNNING_HEAD: true,
      PAGE_NUMBER: true,
      LINE_END_HYPHEN: true,
      NOT_MAIN_CONTENT: true,
      NOT_SHOWN: true,
      ALTERNATIVE: true,
      ATTACHMENT: true,
      HEADER_OR_FOOTER: true,
      REVISION: true,
      FIELD_CODE: true,
      FIELD_NOT_READ: true,
      DISCONTINUOUS_MENTION: true,
    };

    const reasons = schema.getType('DropReason') as GraphQLEnumType;

    const names = reasons.getValues().map(({ name }) => name);
    expect(names.toSorted()).toEqual(Object.keys(all).toSorted());
  });

  it('gives every connection edges, nodes and pageInfo, and pages of limited size', () => {
    const connections = types.filter((type) => type.name.endsWith('Connection'));
    const fields = types
      .filter((type) => isObjectType(type))
      .flatMap((type) => Object.values(type.getFields()))
      .filter((field) => /Connection!$/.test(String(field.type)));

    expect(connections).toHaveLength(15);
    for (const type of connections) {
      const names = isObjectType(type) ? Object.keys(type.getFields()) : [];
      expect(names).toEqual(expect.arrayContaining(['edges', 'nodes', 'pageInfo']));
    }
    expect(fields).toHaveLength(18);
    for (const field of fields) {
      const first = field.args.find(({ name }) => name === 'first');
      expect([String(first?.type), Number(first?.defaultValue) <= 100]).toEqual(['Int!', true]);
      expect(field.args.map(({ name }) => name)).toContain('after');
    }
  });

  it('answers every mutation with errors', () => {
    const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});

    expect(mutations).toHaveLength(17);
    for (const { type } of mutations) {
      const payload = schema.getType(String(type).replace('!', ''));
      const errors = isObjectType(payload) ? payload.getFields()['errors'] : undefined;
      expect(String(errors?.type)).toBe('[UserError!]!');
    }
  });
});

function hasUnitArgument(path: string): boolean {
  const [typeName = '', fieldName = ''] = path.split('.');
  const type = schema.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
  return field?.args.some(({ name }) => name === 'unit') ?? false;
}
