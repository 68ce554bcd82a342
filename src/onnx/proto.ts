/**
 * ONNX models as protocol buffers: the messages of the public schema that this program writes and reads.
 *
 * Source: onnx.proto3 of the ONNX project (Apache-2.0), field numbers unchanged, unused fields left out.
 */
import protobuf from 'protobufjs';

const schema = `
syntax = "proto3";
package onnx;

message AttributeProto {
  string name = 1; float f = 2; int64 i = 3; bytes s = 4; TensorProto t = 5;
  repeated float floats = 7; repeated int64 ints = 8;
  enum AttributeType { UNDEFINED = 0; FLOAT = 1; INT = 2; STRING = 3; TENSOR = 4; GRAPH = 5; FLOATS = 6; INTS = 7; }
  AttributeType type = 20;
}
message NodeProto {
  repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4;
  repeated AttributeProto attribute = 5; string domain = 7;
}
message TensorProto { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
message TensorShapeProto {
  message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
  repeated Dimension dim = 1;
}
message TypeProto {
  message Tensor { int32 elem_type = 1; TensorShapeProto shape = 2; }
  oneof value { Tensor tensor_type = 1; }
}
message ValueInfoProto { string name = 1; TypeProto type = 2; }
message GraphProto {
  repeated NodeProto node = 1; string name = 2; repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12;
}
message OperatorSetIdProto { string domain = 1; int64 version = 2; }
message ModelProto {
  int64 ir_version = 1; string producer_name = 2; GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8;
}
`;

const modelType = protobuf.parse(schema, { keepCase: true }).root.lookupType('onnx.ModelProto');

export interface AttributeProto {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: TensorProto;
  ints?: number[];
}

export interface NodeProto {
  op_type: string;
  domain: string;
  name: string;
  input: string[];
  output: string[];
  attribute: AttributeProto[];
}

export interface TensorProto {
  name: string;
  dims: number[];
  data_type: number;
  raw_data: Uint8Array;
}

export interface ValueInfoProto {
  name: string;
  type: {
    tensor_type: {
      elem_type: number;
      shape: { dim: { dim_value?: number; dim_param?: string }[] };
    };
  };
}

export interface ModelProto {
  ir_version: number;
  producer_name: string;
  opset_import: { domain: string; version: number }[];
  graph: {
    name: string;
    node: NodeProto[];
    initializer: TensorProto[];
    input: ValueInfoProto[];
    output: ValueInfoProto[];
  };
}

/** A model as the bytes of an .onnx file. */
export const printModelProto = (model: ModelProto): Uint8Array =>
  modelType.encode(modelType.create(model)).finish();

/** The model in the bytes of an .onnx file; whole numbers come as numbers. Throws on bytes that are no message. */
export function parseModelProto(bytes: Uint8Array): ModelProto {
  return modelType.toObject(modelType.decode(bytes), {
    longs: Number,
    arrays: true,
    defaults: true,
  }) as ModelProto;
}
