/** Owns: the element types of files. */

/** As safetensors name them; BOOL is a byte, 0 or 1. */
export type NumberType =
  | "F64"
  | "F32"
  | "F16"
  | "BF16"
  | "I64"
  | "I32"
  | "I16"
  | "I8"
  | "U64"
  | "U32"
  | "U16"
  | "U8"
  | "BOOL";

/** Bytes of one element. */
export function widthOf(type: NumberType): number {
  return type === "BOOL" ? 1 : Number(/\d+$/.exec(type)?.[0]) / 8;
}
