/**
 * Owns: given parameters. A `.json` file holds them by name, nested by shape (`{ "h.W": [[0, 1], [0, 1]], … }`); any other
 * is safetensors, as `adjoint train` writes it.
 */

import { elementCount, type Parameter, type Shape } from "@adjoint/ir";
import type { Normalisation } from "@adjoint/runtime";
import type { Begin, Predictor } from "../emitted-model.ts";
import { Failure } from "../failure.ts";
import { readBytes, readText } from "../files.ts";
import type { Io } from "../io.ts";
import { formatCount } from "../view/numbers.ts";
import { suggestion } from "../view/suggestion.ts";
import { isRecord, parseJson } from "./json.ts";
import { quote } from "./values.ts";

export type ParameterValues = ReadonlyMap<string, Float64Array>;

/** A network with the parameters of a file. @throws Failure naming the parameter; FileError for a safetensors file */
export async function beginWithParameters(
  io: Io,
  path: string,
  parameters: readonly Parameter[],
  begin: Begin,
): Promise<Predictor> {
  if (!isJson(path)) return begin({ parameters: await readBytes(io, path) });
  const values = parseParameters(path, await readText(io, path), parameters);
  const net = begin({});
  for (const [name, numbers] of values) net.parameters[name]?.values.set(numbers);
  return net;
}

/** What a network computes with, without the network. */
export interface GivenParameters {
  readonly values: ParameterValues;
  readonly normalisation: Normalisation;
}

/** Parameters by name, without a network. @throws Failure */
export async function readParameterFile(
  io: Io,
  path: string,
  parameters: readonly Parameter[],
  begin: () => Promise<Begin>,
): Promise<GivenParameters> {
  if (!isJson(path)) return parametersOf(await beginWithParameters(io, path, parameters, await begin()));
  return { values: parseParameters(path, await readText(io, path), parameters), normalisation: new Map() };
}

/** A copy of a network's parameters. */
export function parametersOf({ parameters, normalisation }: Predictor): GivenParameters {
  const values = Object.entries(parameters).map(([name, tensor]) => [name, Float64Array.from(tensor.values)] as const);
  return { values: new Map(values), normalisation };
}

/** @throws Failure `refused-parameters`: every parameter must be there, of its shape and finite, and nothing else. */
export function parseParameters(file: string, text: string, parameters: readonly Parameter[]): ParameterValues {
  const data = parseJson(file, text);
  if (!isRecord(data)) {
    throw new Failure("refused-parameters", `${file} holds no object of parameters`, {
      help: ['write { "name": [[…], …], … }; adjoint summary lists names and shapes'],
    });
  }
  const known = parameters.map((parameter) => parameter.name);
  const details: string[] = [];
  const extra = Object.keys(data).filter((name) => !known.includes(name));
  for (const name of extra) details.push(`the model has no parameter ${quote(name)}`);
  const values = new Map<string, Float64Array>();
  for (const { name, shape } of parameters) {
    if (!Object.hasOwn(data, name)) {
      details.push(`${quote(name)}, ${describeShape(shape)}, is missing`);
      continue;
    }
    const numbers = new Float64Array(elementCount(shape));
    const problem = fill(numbers, 0, data[name], shape, name);
    if (problem === null) values.set(name, numbers);
    else details.push(problem);
  }
  if (details.length > 0) {
    const [first] = extra;
    throw new Failure("refused-parameters", `${file}: the parameters don't fit the model`, {
      details: details.length > 8 ? [...details.slice(0, 8), `… and ${formatCount(details.length - 8)} more`] : details,
      help: first === undefined ? [] : suggestion(first, known),
    });
  }
  return values;
}

/** Depth is that of the shape. Returns what is wrong, or null. */
function fill(into: Float64Array, start: number, value: unknown, shape: Shape, place: string): string | null {
  const [extent, ...inner] = shape;
  if (extent === undefined) {
    if (typeof value !== "number" || !Number.isFinite(value)) return `${place} is no finite number`;
    into[start] = value;
    return null;
  }
  if (!Array.isArray(value)) return `${place} is no list of ${extent}`;
  if (value.length !== extent) return `${place} is a list of ${value.length} where the model has ${extent}`;
  const size = elementCount(inner);
  for (const [k, part] of value.entries()) {
    const problem = fill(into, start + k * size, part, inner, `${place}[${k}]`);
    if (problem !== null) return problem;
  }
  return null;
}

function describeShape(shape: Shape): string {
  return shape.length === 0 ? "one number" : `of shape [${shape.join(", ")}]`;
}

function isJson(path: string): boolean {
  return /\.json$/i.test(path);
}
