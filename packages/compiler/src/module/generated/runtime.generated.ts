/** Owns: the runtime's text, generated from packages/runtime/src by test/module/runtime-text.test.ts (vitest -u). */

import type { Language } from "../structures.ts";

/** A top-level declaration: its text and the other declarations it uses. */
export interface RuntimeDeclaration {
  readonly name: string;
  readonly text: string;
  readonly uses: readonly string[];
}

/** In each language, in an order in which they can stand. */
export const runtime: Readonly<Record<Language, readonly RuntimeDeclaration[]>> = {
  ts: [
    {
      "name": "Signal",
      "text": "/** What ends a run early: an `AbortSignal`, or anything like it. */\ninterface Signal {\n  readonly aborted: boolean;\n}",
      "uses": []
    },
    {
      "name": "Evaluation",
      "text": "interface Evaluation<Metrics> {\n  /** Mean over the examples. */\n  readonly loss: number;\n  /** Each the mean over the examples. */\n  readonly metrics: Metrics;\n}",
      "uses": []
    },
    {
      "name": "EpochReport",
      "text": "/** What is known after an epoch. */\ninterface EpochReport<Metrics> {\n  /** Epochs completed since the parameters were drawn, this one included. */\n  readonly epoch: number;\n  /** At which epoch this run will end. */\n  readonly epochs: number;\n  /** Steps taken since the parameters were drawn. */\n  readonly step: number;\n  /** In the epoch. */\n  readonly examples: number;\n  /** Mean over the epoch's examples, each measured just before the step that learns from it. */\n  readonly loss: number;\n  /** Measured on the training data after the epoch's last step. */\n  readonly metrics: Metrics;\n  /** Measured on the data given for it after the epoch's last step; null without any. */\n  readonly validation: Evaluation<Metrics> | null;\n  /** Epochs completed at the run's best report so far; null where `best` and `patience` ask for none. */\n  readonly best: number | null;\n}",
      "uses": [
        "Evaluation"
      ]
    },
    {
      "name": "RandomSource",
      "text": "/** Random numbers that a seed decides, in the order in which they are asked for. */\ninterface RandomSource {\n  /** Uniform on [0, 1). */\n  uniform(): number;\n  /** Standard normal. */\n  normal(): number;\n}",
      "uses": []
    },
    {
      "name": "Augment",
      "text": "/**\n * Makes of an example what is learnt from in its place: gets its members as flat numbers in the data's own units, and\n * returns those that are others. Pure but for what it draws, so that runs repeat.\n */\ntype Augment<Data> = (\n  example: { readonly [Port in keyof Data]: Float64Array },\n  random: RandomSource,\n) => { readonly [Port in keyof Data]?: ArrayLike<number> | number };",
      "uses": [
        "RandomSource"
      ]
    },
    {
      "name": "ThreadWorker",
      "text": "/** What there is of a browser's `Worker`. */\ninterface ThreadWorker {\n  postMessage(message: unknown): void;\n  terminate(): void;\n  addEventListener(type: \"message\" | \"error\", listener: () => void): void;\n}",
      "uses": []
    },
    {
      "name": "TrainOptions",
      "text": "/** How a run goes; what is left out is as the model declares it. */\ninterface TrainOptions<Data extends object = object, Metrics = object> {\n  /** How many epochs to add; one under way that was interrupted counts as the first. */\n  readonly epochs?: number;\n  /** The epoch at which to end, counted since the parameters were drawn, instead of `epochs`: for a resumed run. */\n  readonly until?: number;\n  /** Examples per step; the last step of an epoch takes what is left. */\n  readonly batch?: number;\n  /**\n   * How many threads share the work of a batch (1 if left out), at most as many as the module was compiled for. Runs of the\n   * same number are the same, bit for bit.\n   */\n  readonly threads?: number;\n  /**\n   * Makes a worker whose code calls the module's `serve`, for pages that may not start one from a text:\n   * `() => new Worker(new URL(\"./worker.js\", import.meta.url), { type: \"module\" })`.\n   */\n  readonly worker?: () => ThreadWorker;\n  /** Whether each epoch visits the examples in an order drawn from the seed; otherwise in the given one. */\n  readonly shuffle?: boolean;\n  /** Once aborted, the run ends after the step under way, without a report; training again goes on from there. */\n  readonly signal?: Signal;\n  /** Epochs between two reports (1 if left out); the last epoch is reported in any case. */\n  readonly every?: number;\n  /** Data to measure for each report, not to learn from. */\n  readonly validation?: Data;\n  /** What each visit to an example learns from in its place; what is measured is not augmented. */\n  readonly augment?: Augment<Data>;\n  /** Keeps the parameters of the best report, for `restoreBest`. */\n  readonly best?: boolean;\n  /** Ends the run once so many epochs have gone by without a better report, and keeps the best. */\n  readonly patience?: number;\n  /** What is to become small: the validation's loss if left out, without validation the loss. */\n  readonly monitor?: (report: EpochReport<Metrics>) => number;\n  /** By how much it has to be smaller to count as better (0 if left out). */\n  readonly minDelta?: number;\n}",
      "uses": [
        "Augment",
        "EpochReport",
        "Signal",
        "ThreadWorker"
      ]
    },
    {
      "name": "Floats",
      "text": "/** The element types in which a network computes. */\ntype Floats = Float64Array | Float32Array;",
      "uses": []
    },
    {
      "name": "NumericArray",
      "text": "/** Flat numbers in row-major order, of any element type that holds them. */\ntype NumericArray =\n  | Float64Array\n  | Float32Array\n  | Int8Array\n  | Uint8Array\n  | Uint8ClampedArray\n  | Int16Array\n  | Uint16Array\n  | Int32Array\n  | Uint32Array;",
      "uses": []
    },
    {
      "name": "Extents",
      "text": "type Extents = readonly number[];",
      "uses": []
    },
    {
      "name": "Nested",
      "text": "/** Nested arrays of a rank: `number`, `readonly number[]`, `readonly (readonly number[])[]`, … */\ntype Nested<Shape extends Extents> = Shape extends readonly [number, ...infer Rest extends Extents]\n  ? readonly Nested<Rest>[]\n  : number;",
      "uses": [
        "Extents"
      ]
    },
    {
      "name": "Example",
      "text": "/**\n * One example's worth of a tensor: nested arrays, or flat row-major numbers. A tensor of one element may be that number.\n * Lengths are checked when the data are read.\n */\ntype Example<Shape extends Extents> =\n  | Nested<Shape>\n  | (Shape extends readonly [] ? never : NumericArray | readonly number[])\n  | (Shape extends readonly 1[] ? number : never);",
      "uses": [
        "Extents",
        "Nested",
        "NumericArray"
      ]
    },
    {
      "name": "Examples",
      "text": "/** Any number of examples: a list of them, or all of them in one flat array, one after another. */\ntype Examples<Shape extends Extents> = readonly Example<Shape>[] | NumericArray;",
      "uses": [
        "Example",
        "Extents",
        "NumericArray"
      ]
    },
    {
      "name": "Tensor",
      "text": "/** A tensor whose elements lie in `values` in row-major order. */\nclass Tensor<Shape extends Extents = Extents, Values extends Floats = Float64Array> {\n  readonly shape: Shape;\n  /** Where the elements lie: what is written here is written into the tensor. */\n  readonly values: Values;\n\n  constructor(values: Values, shape: Shape) {\n    this.values = values;\n    this.shape = shape;\n  }\n\n  /** The element at one index per axis. @throws {RangeError} outside the tensor. */\n  at(...index: { readonly [Axis in keyof Shape]: number }): number {\n    return this.values[flatIndex(this.shape, index)] ?? Number.NaN;\n  }\n}",
      "uses": [
        "Extents",
        "Floats",
        "flatIndex"
      ]
    },
    {
      "name": "tensor",
      "text": "/** A view of `shape` on the elements of `values` from `offset` on. */\nfunction tensor<const Shape extends Extents, Values extends Floats>(\n  values: Values,\n  shape: Shape,\n): Tensor<Shape, Values> {\n  return new Tensor(values, shape);\n}",
      "uses": [
        "Extents",
        "Floats",
        "Tensor"
      ]
    },
    {
      "name": "sizeOf",
      "text": "function sizeOf(shape: Extents): number {\n  return shape.reduce((product, extent) => product * extent, 1);\n}",
      "uses": [
        "Extents"
      ]
    },
    {
      "name": "divide",
      "text": "function divide(values: Floats, divisor: number): void {\n  for (let k = 0; k < values.length; k++) values[k] = (values[k] ?? 0) / divisor;\n}",
      "uses": [
        "Floats"
      ]
    },
    {
      "name": "flatIndex",
      "text": "/** Row-major position of an index. @throws {RangeError} outside the shape. */\nfunction flatIndex(shape: Extents, index: Extents): number {\n  let position = 0;\n  for (const [axis, extent] of shape.entries()) {\n    const i = index[axis];\n    if (i === undefined || !Number.isInteger(i) || i < 0 || i >= extent) {\n      throw new RangeError(`[${index.join(\", \")}] lies outside a tensor of shape [${shape.join(\", \")}]`);\n    }\n    position = position * extent + i;\n  }\n  return position;\n}",
      "uses": [
        "Extents"
      ]
    },
    {
      "name": "ModelTypes",
      "text": "/** The types a model's class is made of; the emitted module states them exactly. */\ninterface ModelTypes {\n  /** The arrays in which it computes. */\n  readonly floats: Floats;\n  /** One example's inputs, by name. */\n  readonly inputs: object;\n  /** The inputs of any number of examples, by name. */\n  readonly examples: object;\n  /** The inputs and targets of any number of examples, by name. */\n  readonly data: object;\n  readonly outputs: object;\n  /** Views of parameters, by name. */\n  readonly parameters: object;\n  /** Views of the cotangents of the parameters that are trained, by name. */\n  readonly gradients: object;\n  readonly metrics: object;\n}",
      "uses": [
        "Floats"
      ]
    },
    {
      "name": "Port",
      "text": "/** An input or target of one example. */\ninterface Port {\n  readonly name: string;\n  readonly shape: readonly number[];\n  /** Null for real numbers; k where each number is one of the classes 0 … k − 1. */\n  readonly classes: number | null;\n}",
      "uses": []
    },
    {
      "name": "Slot",
      "text": "/** A stretch of a flat array with a name. */\ninterface Slot {\n  readonly name: string;\n  readonly shape: readonly number[];\n  readonly offset: number;\n}",
      "uses": []
    },
    {
      "name": "Columns",
      "text": "/**\n * Examples as the emitted functions read them: one flat array per port, inputs before targets, each in declared order, of\n * any type of numbers: bytes stay bytes.\n */\ntype Columns = readonly NumericArray[];",
      "uses": [
        "NumericArray"
      ]
    },
    {
      "name": "PredictorDefinition",
      "text": "interface PredictorDefinition<T extends ModelTypes> {\n  readonly model: string;\n  readonly inputs: readonly Port[];\n  /** Ascending and contiguous from 0: the layout of the flat parameters, trained ones first. */\n  readonly parameters: readonly Slot[];\n  readonly outputSize: number;\n  readonly seed: number;\n  /** Zeros; for a use, the array that the functions work on if they can work on one only. */\n  readonly allocate: (length: number, use?: \"parameters\" | \"gradient\" | \"state\") => T[\"floats\"];\n  readonly initialize: (p: T[\"floats\"], seed: number) => void;\n  /** Writes the outputs of example n into `out`, from `n * outputSize` on. `seed` decides what is drawn, here and below. */\n  readonly forward: (p: T[\"floats\"], columns: Columns, out: T[\"floats\"], n: number, seed: number) => void;\n  /** The same for all examples at once, where they see each other or that is faster. */\n  readonly forwardAll?: (p: T[\"floats\"], columns: Columns, out: T[\"floats\"], count: number, seed: number) => void;\n  readonly readParameters: (p: T[\"floats\"]) => T[\"parameters\"];\n  readonly readOutputs: (out: T[\"floats\"], n: number) => T[\"outputs\"];\n}",
      "uses": [
        "Columns",
        "ModelTypes",
        "Port",
        "Slot"
      ]
    },
    {
      "name": "DifferentiableDefinition",
      "text": "interface DifferentiableDefinition<T extends ModelTypes> extends PredictorDefinition<T> {\n  readonly targets: readonly Port[];\n  /** Length of a gradient: the numbers that are trained, and behind them states that a batch decides. */\n  readonly trained: number;\n  readonly metricCount: number;\n  /** Numbers that `evaluate` writes, if there is a `finish`: else the metrics themselves. */\n  readonly measureCount?: number;\n  /** Returns the loss of example n and writes its measures. */\n  readonly evaluate: (p: T[\"floats\"], columns: Columns, measures: T[\"floats\"], n: number, seed: number) => number;\n  /** Writes the metrics of `examples` examples, whose measures add up to `sums`. Without it they are the measures' means. */\n  readonly finish?: (sums: Float64Array, examples: number, metrics: T[\"floats\"]) => void;\n  /** Adds ∂loss/∂parameters of example n into `grad`; returns its loss. */\n  readonly gradient: (p: T[\"floats\"], columns: Columns, grad: T[\"floats\"], n: number, seed: number) => number;\n  /** The same for all examples at once, where they see each other or that is faster: the sum of their losses, and of each metric into `sums`. */\n  readonly evaluateAll?: (p: T[\"floats\"], columns: Columns, sums: Float64Array, count: number, seed: number) => number;\n  /** Writes the mean over all examples of ∂loss/∂parameters into `grad`, which is zero before; returns the sum of their losses. */\n  readonly gradientAll?: (p: T[\"floats\"], columns: Columns, grad: T[\"floats\"], count: number, seed: number) => number;\n  readonly readGradients: (grad: T[\"floats\"]) => T[\"gradients\"];\n  readonly readMetrics: (metrics: T[\"floats\"]) => T[\"metrics\"];\n}",
      "uses": [
        "Columns",
        "ModelTypes",
        "Port",
        "PredictorDefinition"
      ]
    },
    {
      "name": "TrainableDefinition",
      "text": "interface TrainableDefinition<T extends ModelTypes> extends DifferentiableDefinition<T> {\n  readonly optimizer: string;\n  /** The optimizer's memory: ascending and contiguous from 0. */\n  readonly state: readonly Slot[];\n  readonly defaults: { readonly epochs: number; readonly batch: number; readonly shuffle: boolean };\n  readonly initializeState: (state: T[\"floats\"]) => void;\n  /** Step t = 1, 2, … with the sum of the gradients of `examples` examples, which it clears. */\n  readonly update: (p: T[\"floats\"], grad: T[\"floats\"], state: T[\"floats\"], t: number, examples: number) => void;\n  /** Whether steps draw: then each epoch has a seed of its own. */\n  readonly draws?: true;\n  /** From now until the function it returns is called, batches of these columns are shared by so many threads. */\n  readonly recruit?: (\n    threads: number,\n    columns: Columns,\n    batch: number,\n    worker: (() => ThreadWorker) | null,\n  ) => Promise<() => void>;\n  /** Whether `step` takes batches of any size, or single examples only. */\n  readonly batches: boolean;\n  /**\n   * Steps t, t + 1, …, each with the mean gradient of the next `batch` of the examples order[first], …, order[end − 1]\n   * (without an order, first, …, end − 1), the last with what is left of them; returns `total` and the loss of each\n   * example before its step, added in this order. `grad` is zero before and after.\n   */\n  readonly step: (\n    p: T[\"floats\"],\n    columns: Columns,\n    grad: T[\"floats\"],\n    state: T[\"floats\"],\n    t: number,\n    batch: number,\n    first: number,\n    end: number,\n    order: Uint32Array | null,\n    total: number,\n    seed: number,\n  ) => number;\n}",
      "uses": [
        "Columns",
        "DifferentiableDefinition",
        "ModelTypes",
        "Slot",
        "ThreadWorker"
      ]
    },
    {
      "name": "AdjointError",
      "text": "class AdjointError<Code extends string> extends Error {\n  override readonly name: string = \"AdjointError\";\n  /** Stable: programs may depend on it. */\n  readonly code: Code;\n  /** What would put it right, one sentence. */\n  readonly remedy: string;\n\n  constructor(code: Code, message: string, remedy: string) {\n    super(`${message} ${remedy}`);\n    this.code = code;\n    this.remedy = remedy;\n  }\n}",
      "uses": []
    },
    {
      "name": "DataErrorCode",
      "text": "type DataErrorCode =\n  | \"missing-column\"\n  | \"extra-column\"\n  | \"wrong-shape\"\n  | \"not-a-number\"\n  | \"not-finite\"\n  | \"class-not-whole\"\n  | \"class-out-of-range\"\n  | \"empty\"\n  | \"unequal-lengths\";",
      "uses": []
    },
    {
      "name": "DataError",
      "text": "/** Data that a network refuses. */\nclass DataError extends AdjointError<DataErrorCode> {\n  override readonly name = \"DataError\";\n  /** The input or target concerned. */\n  readonly port: string;\n  /** The example concerned, counted from 0; null where it is no single one. */\n  readonly example: number | null;\n\n  constructor(code: DataErrorCode, port: string, example: number | null, message: string, remedy: string) {\n    super(code, message, remedy);\n    this.port = port;\n    this.example = example;\n  }\n}",
      "uses": [
        "AdjointError",
        "DataErrorCode"
      ]
    },
    {
      "name": "FileErrorCode",
      "text": "type FileErrorCode =\n  | \"cut-short\"\n  | \"header-too-large\"\n  | \"bad-header\"\n  | \"duplicate-name\"\n  | \"bad-type\"\n  | \"bad-layout\"\n  | \"damaged\"\n  | \"missing-tensor\"\n  | \"extra-tensor\"\n  | \"wrong-type\"\n  | \"wrong-shape\"\n  | \"other-model\"\n  | \"not-a-checkpoint\";",
      "uses": []
    },
    {
      "name": "FileError",
      "text": "/** Bytes that are no safetensors file, or not one of this network. */\nclass FileError extends AdjointError<FileErrorCode> {\n  override readonly name = \"FileError\";\n}",
      "uses": [
        "AdjointError",
        "FileErrorCode"
      ]
    },
    {
      "name": "RunErrorCode",
      "text": "type RunErrorCode =\n  | \"no-wasm\"\n  | \"no-threads\"\n  | \"bad-option\"\n  | \"already-training\"\n  | \"other-data\"\n  | \"other-batch\"\n  | \"other-order\"\n  | \"no-best\";",
      "uses": []
    },
    {
      "name": "RunError",
      "text": "/** A run that cannot be started as asked. */\nclass RunError extends AdjointError<RunErrorCode> {\n  override readonly name = \"RunError\";\n}",
      "uses": [
        "AdjointError",
        "RunErrorCode"
      ]
    },
    {
      "name": "Dataset",
      "text": "interface Dataset {\n  /** Number of examples, at least 1. */\n  readonly count: number;\n  /** One per port, in the order of the ports. A caller's own flat array is used where it lies. */\n  readonly columns: Columns;\n}",
      "uses": [
        "Columns"
      ]
    },
    {
      "name": "readDataset",
      "text": "/**\n * Reads any number of examples of every port from an object with a member for each.\n * @throws {DataError} naming the port, the example (counted from 0) and the remedy.\n */\nfunction readDataset(ports: readonly Port[], data: object): Dataset {\n  const supplied = membersOf(ports, data);\n  const columns = ports.map((port, k) => readColumn(port, supplied[k]));\n  const [firstPort, firstColumn] = [ports[0], columns[0]];\n  if (firstPort === undefined || firstColumn === undefined) return { count: 1, columns };\n  const count = firstColumn.length / sizeOf(firstPort.shape);\n  for (const [k, port] of ports.entries()) {\n    const other = (columns[k]?.length ?? 0) / sizeOf(port.shape);\n    if (other === 0) {\n      throw new DataError(\"empty\", port.name, null, `\\`${port.name}\\` has no examples.`, \"Supply at least one.\");\n    }\n    if (other !== count) {\n      throw new DataError(\n        \"unequal-lengths\",\n        port.name,\n        null,\n        `\\`${firstPort.name}\\` has ${examples(count)}, \\`${port.name}\\` has ${examples(other)}.`,\n        \"Supply as many of one as of the other.\",\n      );\n    }\n  }\n  return { count, columns };\n}",
      "uses": [
        "DataError",
        "Dataset",
        "Port",
        "examples",
        "membersOf",
        "readColumn",
        "sizeOf"
      ]
    },
    {
      "name": "fingerprintOf",
      "text": "/**\n * The number of examples and a hash of them, to tell data from others by accident, not by malice. The hash is MurmurHash3\n * (A. Appleby, public domain), 32 bits, over the numbers' bits as float64, whatever the type of the arrays.\n */\nfunction fingerprintOf({ count, columns }: Dataset): string {\n  let hash = 0;\n  const number = new Float64Array(1);\n  const words = new Uint32Array(number.buffer);\n  for (const column of columns) {\n    for (let k = 0; k < column.length; k++) {\n      number[0] = column[k] ?? 0;\n      for (let half = 0; half < 2; half++) {\n        const scrambled = Math.imul(words[half] ?? 0, 0xcc9e2d51);\n        hash ^= Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593);\n        hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;\n      }\n    }\n  }\n  return `${count} examples, ${(hash >>> 0).toString(16).padStart(8, \"0\")}`;\n}",
      "uses": [
        "Dataset"
      ]
    },
    {
      "name": "readExample",
      "text": "/** Reads one example of every port; a caller's own flat array is used where it lies. @throws {DataError} */\nfunction readExample(ports: readonly Port[], data: object): Columns {\n  const supplied = membersOf(ports, data);\n  return ports.map((port, k) => {\n    const [value, size] = [supplied[k], sizeOf(port.shape)];\n    if (isNumericArray(value) && value.length === size && admitsAll(port, value)) return value;\n    const column = new Float64Array(size);\n    readOne(port, value, column, 0, null);\n    return column;\n  });\n}",
      "uses": [
        "Columns",
        "Port",
        "admitsAll",
        "isNumericArray",
        "membersOf",
        "readOne",
        "sizeOf"
      ]
    },
    {
      "name": "membersOf",
      "text": "function membersOf(ports: readonly Port[], data: object): readonly unknown[] {\n  if (typeof data !== \"object\" || data === null) {\n    const names = listOf(ports);\n    throw new DataError(\n      \"missing-column\",\n      ports[0]?.name ?? \"\",\n      null,\n      \"The data are no object.\",\n      `Supply { ${names} }.`,\n    );\n  }\n  const members = new Map<string, unknown>(Object.entries(data));\n  const extra = [...members.keys()].find((name) => !ports.some((port) => port.name === name));\n  const missing = ports.find((port) => !members.has(port.name));\n  if (missing !== undefined) {\n    const hint = extra === undefined ? \"\" : ` (there is an unknown \\`${extra}\\`)`;\n    throw new DataError(\n      \"missing-column\",\n      missing.name,\n      null,\n      `\\`${missing.name}\\` is missing${hint}.`,\n      `Supply ${listOf(ports)}.`,\n    );\n  }\n  if (extra !== undefined) {\n    throw new DataError(\n      \"extra-column\",\n      extra,\n      null,\n      `\\`${extra}\\` is neither an input nor a target asked for here.`,\n      `Supply ${listOf(ports)} and nothing else.`,\n    );\n  }\n  return ports.map((port) => members.get(port.name));\n}",
      "uses": [
        "DataError",
        "Port",
        "listOf"
      ]
    },
    {
      "name": "readColumn",
      "text": "function readColumn(port: Port, value: unknown): NumericArray {\n  const size = sizeOf(port.shape);\n  if (isNumericArray(value)) {\n    if (value.length % size !== 0) {\n      throw new DataError(\n        \"wrong-shape\",\n        port.name,\n        null,\n        `\\`${port.name}\\` has ${numbers(value.length)}, which is no multiple of the ${size} of one example.`,\n        `Supply ${describe(port)} for each example, one after another.`,\n      );\n    }\n    if (admitsAll(port, value)) return value;\n    for (let k = 0; k < value.length; k++) {\n      if (!admits(port, value[k])) throw badNumber(port, value[k], Math.floor(k / size), k % size);\n    }\n    return value;\n  }\n  if (!Array.isArray(value)) {\n    throw new DataError(\n      \"wrong-shape\",\n      port.name,\n      null,\n      `\\`${port.name}\\` is ${kindOf(value)}, not a list of examples.`,\n      `Supply an array with ${describe(port)} for each example.`,\n    );\n  }\n  const column = new Float64Array(value.length * size);\n  for (let n = 0; n < value.length; n++) readOne(port, value[n], column, n * size, n);\n  return column;\n}",
      "uses": [
        "DataError",
        "NumericArray",
        "Port",
        "admits",
        "admitsAll",
        "badNumber",
        "describe",
        "isNumericArray",
        "kindOf",
        "numbers",
        "readOne",
        "sizeOf"
      ]
    },
    {
      "name": "readOne",
      "text": "/** Reads one example into `column` from `at` on; `example` is its number, null where there is only one. */\nfunction readOne(port: Port, value: unknown, column: Float64Array, at: number, example: number | null): void {\n  const size = sizeOf(port.shape);\n  if (isNumericArray(value) || (Array.isArray(value) && value.every((item) => typeof item === \"number\"))) {\n    // Flat and row-major, which for a vector is the only way there is.\n    if (value.length !== size) throw wrongShape(port, example, `has ${numbers(value.length)}`);\n    for (let k = 0; k < size; k++) column[at + k] = checkNumber(port, value[k], example, k);\n    return;\n  }\n  if (!Array.isArray(value) && size === 1 && port.shape.length <= 1) {\n    column[at] = checkNumber(port, value, example, 0);\n    return;\n  }\n  let written = 0;\n  // Recursion as deep as the port's rank, which the model fixes.\n  const descend = (item: unknown, axis: number): void => {\n    const extent = port.shape[axis];\n    if (extent === undefined) {\n      column[at + written] = checkNumber(port, item, example, written);\n      written++;\n      return;\n    }\n    if (!Array.isArray(item) && !isNumericArray(item))\n      throw wrongShape(port, example, `has ${kindOf(item)} at axis ${axis}`);\n    if (item.length !== extent) throw wrongShape(port, example, `has length ${item.length} along axis ${axis}`);\n    for (let k = 0; k < extent; k++) descend(item[k], axis + 1);\n  };\n  descend(value, 0);\n}",
      "uses": [
        "Port",
        "checkNumber",
        "isNumericArray",
        "kindOf",
        "numbers",
        "sizeOf",
        "wrongShape"
      ]
    },
    {
      "name": "wrongShape",
      "text": "function wrongShape(port: Port, example: number | null, finding: string): DataError {\n  const message = `\\`${port.name}\\`${ofExample(example)} ${finding}.`;\n  return new DataError(\"wrong-shape\", port.name, example, message, `Supply ${describe(port)} for each example.`);\n}",
      "uses": [
        "DataError",
        "Port",
        "describe",
        "ofExample"
      ]
    },
    {
      "name": "checkNumber",
      "text": "function checkNumber(port: Port, value: unknown, example: number | null, element: number): number {\n  if (admits(port, value)) return value;\n  throw badNumber(port, value, example, element);\n}",
      "uses": [
        "Port",
        "admits",
        "badNumber"
      ]
    },
    {
      "name": "admits",
      "text": "function admits({ classes }: Port, value: unknown): value is number {\n  if (typeof value !== \"number\") return false;\n  return classes === null ? Number.isFinite(value) : Number.isInteger(value) && value >= 0 && value < classes;\n}",
      "uses": [
        "Port"
      ]
    },
    {
      "name": "admitsAll",
      "text": "/**\n * Whether real numbers are finite, all of them; of classes nothing is known. The engine looks for three numbers faster than\n * a loop over all does, and without having to compile one.\n */\nfunction admitsAll({ classes }: Port, values: NumericArray): boolean {\n  return classes === null && ![Number.NaN, Infinity, -Infinity].some((bad) => values.includes(bad));\n}",
      "uses": [
        "NumericArray",
        "Port"
      ]
    },
    {
      "name": "badNumber",
      "text": "/** The refusal of a value that the port does not admit. */\nfunction badNumber(port: Port, value: unknown, example: number | null, element: number): DataError {\n  const place = `\\`${port.name}\\`${elementName(port, element)}${ofExample(example)}`;\n  if (typeof value !== \"number\") {\n    const remedy = \"Supply a number; text has to be converted before.\";\n    return new DataError(\"not-a-number\", port.name, example, `${place} is ${kindOf(value)}.`, remedy);\n  }\n  if (!Number.isFinite(value)) {\n    const remedy = \"Leave the example out or fill in the value.\";\n    return new DataError(\"not-finite\", port.name, example, `${place} is ${value}.`, remedy);\n  }\n  const remedy = `Supply a class, a whole number from 0 to ${(port.classes ?? 0) - 1}.`;\n  const code = Number.isInteger(value) ? \"class-out-of-range\" : \"class-not-whole\";\n  return new DataError(code, port.name, example, `${place} is ${value}.`, remedy);\n}",
      "uses": [
        "DataError",
        "Port",
        "elementName",
        "kindOf",
        "ofExample"
      ]
    },
    {
      "name": "isNumericArray",
      "text": "function isNumericArray(value: unknown): value is NumericArray {\n  return (\n    ArrayBuffer.isView(value) &&\n    !(value instanceof DataView) &&\n    !(value instanceof BigInt64Array) &&\n    !(value instanceof BigUint64Array)\n  );\n}",
      "uses": [
        "NumericArray"
      ]
    },
    {
      "name": "elementName",
      "text": "function elementName(port: Port, element: number): string {\n  if (port.shape.length === 0) return \"\";\n  const index: number[] = [];\n  let rest = element;\n  for (const extent of port.shape.toReversed()) {\n    index.unshift(rest % extent);\n    rest = Math.floor(rest / extent);\n  }\n  return `[${index.join(\", \")}]`;\n}",
      "uses": [
        "Port"
      ]
    },
    {
      "name": "ofExample",
      "text": "function ofExample(example: number | null): string {\n  return example === null ? \"\" : ` of example ${example}`;\n}",
      "uses": []
    },
    {
      "name": "describe",
      "text": "function describe(port: Port): string {\n  const what = port.classes === null ? \"number\" : \"class\";\n  if (port.shape.length === 0) return `one ${what}`;\n  return `${port.shape.join(\" × \")} ${sizeOf(port.shape) === 1 ? what : what === \"class\" ? \"classes\" : \"numbers\"}`;\n}",
      "uses": [
        "Port",
        "sizeOf"
      ]
    },
    {
      "name": "examples",
      "text": "function examples(count: number): string {\n  return count === 1 ? \"1 example\" : `${count} examples`;\n}",
      "uses": []
    },
    {
      "name": "numbers",
      "text": "function numbers(count: number): string {\n  return count === 1 ? \"1 number\" : `${count} numbers`;\n}",
      "uses": []
    },
    {
      "name": "listOf",
      "text": "function listOf(ports: readonly Port[]): string {\n  return ports.map((port) => `\\`${port.name}\\``).join(\", \");\n}",
      "uses": [
        "Port"
      ]
    },
    {
      "name": "kindOf",
      "text": "function kindOf(value: unknown): string {\n  if (value === null) return \"null\";\n  if (value === undefined) return \"missing\";\n  if (Array.isArray(value)) return \"an array\";\n  if (typeof value === \"string\") return `the text ${JSON.stringify(value.slice(0, 40))}`;\n  if (typeof value === \"number\") return `the number ${value}`;\n  return typeof value === \"object\" ? \"an object\" : `a ${typeof value}`;\n}",
      "uses": []
    },
    {
      "name": "NormalisationKind",
      "text": "/** `standard`: mean 0 and standard deviation 1; `range`: from 0 to 1. Over the examples, for each element of an input. */\ntype NormalisationKind = \"standard\" | \"range\";",
      "uses": []
    },
    {
      "name": "Scaling",
      "text": "/** Of one input, row-major as its elements. */\ninterface Scaling {\n  readonly shift: Float64Array;\n  readonly scale: Float64Array;\n}",
      "uses": []
    },
    {
      "name": "Normalisation",
      "text": "/** By input; what is not there is taken as it is. */\ntype Normalisation = Map<string, Scaling>;",
      "uses": [
        "Scaling"
      ]
    },
    {
      "name": "fitNormalisation",
      "text": "/**\n * The scaling of every input of real numbers that the data have. An element that is the same in all examples becomes 0.\n * @throws {DataError} @throws {RunError} for an unknown kind, or data without such an input.\n */\nfunction fitNormalisation(ports: readonly Port[], data: object, kind: NormalisationKind): Normalisation {\n  if (kind !== \"standard\" && kind !== \"range\") {\n    throw new RunError(\"bad-option\", `The normalisation is ${JSON.stringify(kind)}.`, \"Use `standard` or `range`.\");\n  }\n  const chosen = ports.filter(({ name, classes }) => classes === null && Object.hasOwn(data, name));\n  if (chosen.length === 0) {\n    throw new RunError(\"bad-option\", \"The data have no input of real numbers to normalise.\", \"Supply one.\");\n  }\n  const members = new Map<string, unknown>(Object.entries(data));\n  const supplied = Object.fromEntries(chosen.map(({ name }) => [name, members.get(name)]));\n  const { columns, count } = readDataset(chosen, supplied);\n  return new Map(\n    chosen.map(({ name, shape }, k) => {\n      const [column, size] = [columns[k] ?? new Float64Array(), sizeOf(shape)];\n      return [name, kind === \"standard\" ? fitStandard(column, count, size) : fitRange(column, size)];\n    }),\n  );\n}",
      "uses": [
        "Normalisation",
        "NormalisationKind",
        "Port",
        "RunError",
        "fitRange",
        "fitStandard",
        "readDataset",
        "sizeOf"
      ]
    },
    {
      "name": "fitStandard",
      "text": "/** shift = mean, scale = 1 / √(mean of the squared distances from it). */\nfunction fitStandard(column: NumericArray, count: number, size: number): Scaling {\n  const [shift, scale] = [new Float64Array(size), new Float64Array(size)];\n  for (let k = 0; k < column.length; k++) shift[k % size] = (shift[k % size] ?? 0) + (column[k] ?? 0) / count;\n  for (let k = 0; k < column.length; k++) {\n    scale[k % size] = (scale[k % size] ?? 0) + ((column[k] ?? 0) - (shift[k % size] ?? 0)) ** 2 / count;\n  }\n  return { shift, scale: scale.map((variance) => inverse(Math.sqrt(variance))) };\n}",
      "uses": [
        "NumericArray",
        "Scaling",
        "inverse"
      ]
    },
    {
      "name": "fitRange",
      "text": "/** shift = least, scale = 1 / (greatest − least). */\nfunction fitRange(column: NumericArray, size: number): Scaling {\n  const [least, greatest] = [new Float64Array(column.slice(0, size)), new Float64Array(column.slice(0, size))];\n  for (let k = size; k < column.length; k++) {\n    const value = column[k] ?? 0;\n    least[k % size] = Math.min(least[k % size] ?? value, value);\n    greatest[k % size] = Math.max(greatest[k % size] ?? value, value);\n  }\n  return { shift: least, scale: greatest.map((value, k) => inverse(value - (least[k] ?? value))) };\n}",
      "uses": [
        "NumericArray",
        "Scaling",
        "inverse"
      ]
    },
    {
      "name": "inverse",
      "text": "/** 1 / x; 1 where that is too large for a float64, as for 0. */\nfunction inverse(x: number): number {\n  return Number.isFinite(1 / x) ? 1 / x : 1;\n}",
      "uses": []
    },
    {
      "name": "readNormalised",
      "text": "/** {@link readDataset}, as the network takes it. A caller's own arrays stay as they are. @throws {DataError} */\nfunction readNormalised(ports: readonly Port[], data: object, normalisation: Normalisation): Dataset {\n  const { columns, count } = readDataset(ports, data);\n  return { columns: normalise(ports, columns, normalisation), count };\n}",
      "uses": [
        "Dataset",
        "Normalisation",
        "Port",
        "normalise",
        "readDataset"
      ]
    },
    {
      "name": "readNormalisedExample",
      "text": "/** {@link readExample}, as the network takes it. @throws {DataError} */\nfunction readNormalisedExample(ports: readonly Port[], data: object, normalisation: Normalisation): Columns {\n  return normalise(ports, readExample(ports, data), normalisation);\n}",
      "uses": [
        "Columns",
        "Normalisation",
        "Port",
        "normalise",
        "readExample"
      ]
    },
    {
      "name": "normalise",
      "text": "function normalise(ports: readonly Port[], columns: Columns, normalisation: Normalisation): Columns {\n  return columns.map((column, k) => {\n    const scaling = normalisation.get(ports[k]?.name ?? \"\");\n    if (scaling === undefined) return column;\n    const normalised = new Float64Array(column);\n    for (let from = 0; from < normalised.length; from += scaling.shift.length) scaleExample(normalised, from, scaling);\n    return normalised;\n  });\n}",
      "uses": [
        "Columns",
        "Normalisation",
        "Port",
        "scaleExample"
      ]
    },
    {
      "name": "normaliseExample",
      "text": "/** One example of a column, from `from` on, in place. */\nfunction normaliseExample(\n  { name }: Port,\n  column: Float64Array,\n  from: number,\n  normalisation: Normalisation,\n): void {\n  const scaling = normalisation.get(name);\n  if (scaling !== undefined) scaleExample(column, from, scaling);\n}",
      "uses": [
        "Normalisation",
        "Port",
        "scaleExample"
      ]
    },
    {
      "name": "scaleExample",
      "text": "function scaleExample(column: Float64Array, from: number, scaling: Scaling): void {\n  const { shift, scale: factor } = scaling;\n  for (let k = 0; k < shift.length; k++) {\n    column[from + k] = ((column[from + k] ?? 0) - (shift[k] ?? 0)) * (factor[k] ?? 1);\n  }\n}",
      "uses": [
        "Scaling"
      ]
    },
    {
      "name": "parity",
      "text": "/** The key schedule's parity constant (Skein's C240, its low word). */\nconst parity = 0x1bd11bda;",
      "uses": []
    },
    {
      "name": "orderTag",
      "text": "/** What keeps the orders of examples apart from the draws of `uniform` and `normal`: a bit of the key that no seed reaches. */\nconst orderTag = 1 << 31;",
      "uses": []
    },
    {
      "name": "passTag",
      "text": "/** What keeps the seeds of passes apart from both: another such bit. */\nconst passTag = 1 << 30;",
      "uses": []
    },
    {
      "name": "attemptTag",
      "text": "/** What keeps the attempts of `normal` apart: the lowest bit of the key's second word that no seed reaches. */\nconst attemptTag = 1 << 21;",
      "uses": []
    },
    {
      "name": "twoTo32",
      "text": "const twoTo32 = 2 ** 32;",
      "uses": []
    },
    {
      "name": "twoTo52",
      "text": "const twoTo52 = 2 ** 52;",
      "uses": []
    },
    {
      "name": "twoTo53",
      "text": "const twoTo53 = 2 ** 53;",
      "uses": []
    },
    {
      "name": "threefry",
      "text": "/**\n * One block for the key (k0, k1) and the counter (c0, c1), all 32-bit words: of its two output words, the first 26 bits of\n * one followed by the first 27 of the other, as a whole number below 2⁵³. One number and no array, so nothing is allocated.\n *\n * Rounds rotate by 13, 15, 26, 6, 17, 29, 16, 24, again and again; the key is injected after every fourth.\n */\nfunction threefry(k0: number, k1: number, c0: number, c1: number): number {\n  const k2 = parity ^ k0 ^ k1;\n  let a = (c0 + k0) | 0;\n  let b = (c1 + k1) | 0;\n  // Injection j adds key words j and j + 1 (mod 3), and j itself to the second word.\n  let s = k0;\n  let t = k1;\n  let u = k2;\n  for (let injection = 1; injection <= 5; injection++) {\n    if (injection % 2 === 1) {\n      a = (a + b) | 0;\n      b = ((b << 13) | (b >>> 19)) ^ a;\n      a = (a + b) | 0;\n      b = ((b << 15) | (b >>> 17)) ^ a;\n      a = (a + b) | 0;\n      b = ((b << 26) | (b >>> 6)) ^ a;\n      a = (a + b) | 0;\n      b = ((b << 6) | (b >>> 26)) ^ a;\n    } else {\n      a = (a + b) | 0;\n      b = ((b << 17) | (b >>> 15)) ^ a;\n      a = (a + b) | 0;\n      b = ((b << 29) | (b >>> 3)) ^ a;\n      a = (a + b) | 0;\n      b = ((b << 16) | (b >>> 16)) ^ a;\n      a = (a + b) | 0;\n      b = ((b << 24) | (b >>> 8)) ^ a;\n    }\n    const first = s;\n    s = t;\n    t = u;\n    u = first;\n    a = (a + s) | 0;\n    b = (b + t + injection) | 0;\n  }\n  return (a >>> 6) * 2 ** 27 + (b >>> 5);\n}",
      "uses": [
        "parity"
      ]
    },
    {
      "name": "uniform",
      "text": "/** Draw `k` of stream `stream` under `seed`: uniform on [0, 1), all 53 bits random. */\nfunction uniform(seed: number, stream: number, k: number): number {\n  return threefry(seed | 0, (seed / twoTo32) | 0, k | 0, stream | 0) / twoTo53;\n}",
      "uses": [
        "threefry",
        "twoTo32",
        "twoTo53"
      ]
    },
    {
      "name": "normal",
      "text": "/**\n * Draw `k` of stream `stream` under `seed`: standard normal, by Marsaglia's polar method. Draws 2j and 2j + 1 are u and v\n * times √(−2 log(s) / s), for the first point (u, v) of a sequence uniform on the square (−1, 1)² that lies in the unit\n * disc, s = u² + v². Its arithmetic is + − × ÷ √ alone, which every engine rounds alike.\n *\n * Source: G. Marsaglia, T. A. Bray, \"A convenient method for generating normal variables\", SIAM Review 6 (1964).\n */\nfunction normal(seed: number, stream: number, k: number): number {\n  const even = k - (k % 2);\n  const high = (seed / twoTo32) | 0;\n  // More than one attempt in five misses the disc; each has a key of its own, by bits that neither seeds nor orders use.\n  for (let attempt = high; ; attempt += attemptTag) {\n    const u = threefry(seed | 0, attempt, even | 0, stream | 0) / twoTo52 - 1;\n    const v = threefry(seed | 0, attempt, (even + 1) | 0, stream | 0) / twoTo52 - 1;\n    const s = u * u + v * v;\n    if (s > 0 && s < 1) return (k === even ? u : v) * Math.sqrt((-2 * logarithm(s)) / s);\n  }\n}",
      "uses": [
        "attemptTag",
        "logarithm",
        "threefry",
        "twoTo32",
        "twoTo52"
      ]
    },
    {
      "name": "logarithm",
      "text": "/**\n * log x for 0 < x < 1: x = 2ᵉ m with √½ ≤ m < √2, and log m = 2 artanh(t) = 2 (t + t³/3 + t⁵/5 + …), t = (m − 1) / (m + 1),\n * where |t| < 0.172, so that twelve terms leave less than the rounding. `Math.log` differs between engines.\n */\nfunction logarithm(x: number): number {\n  let m = x;\n  let e = 0;\n  for (; m < Math.SQRT1_2; m *= 2) e--;\n  const t = (m - 1) / (m + 1);\n  let sum = 0;\n  for (let n = 23; n > 0; n -= 2) sum = sum * t * t + 1 / n;\n  return e * Math.LN2 + 2 * t * sum;\n}",
      "uses": []
    },
    {
      "name": "seedOfPass",
      "text": "/**\n * The seed of what a run draws inside the network in pass number `pass` over its data. Under it every example has streams of\n * its own, so that the draws depend on neither the order of the examples nor their batches.\n */\nfunction seedOfPass(seed: number, pass: number): number {\n  return threefry(seed | 0, (seed / twoTo32) | passTag, pass | 0, 0);\n}",
      "uses": [
        "passTag",
        "threefry",
        "twoTo32"
      ]
    },
    {
      "name": "permutation",
      "text": "/**\n * Fills order[first], …, order[end − 1] with a permutation of 0 … n − 1 (n = end − first) that `seed` and `epoch` decide:\n * Fisher and Yates' shuffle with one draw per position. A draw below 2⁵³ picks among at most 2³² places, so no place is\n * favoured by more than 2⁻²¹.\n */\nfunction permutation(seed: number, epoch: number, order: Uint32Array, first = 0, end = order.length): void {\n  for (let k = first; k < end; k++) order[k] = k - first;\n  for (let k = end - first - 1; k > 0; k--) {\n    const draw = threefry(seed | 0, (seed / twoTo32) | orderTag, k, epoch | 0) / twoTo53;\n    const other = first + Math.floor(draw * (k + 1));\n    const kept = order[first + k] ?? 0;\n    order[first + k] = order[other] ?? 0;\n    order[other] = kept;\n  }\n}",
      "uses": [
        "orderTag",
        "threefry",
        "twoTo32",
        "twoTo53"
      ]
    },
    {
      "name": "checkSeed",
      "text": "/** A seed is a whole number from 0 to 2⁵³ − 1. @throws {RunError} for any other. */\nfunction checkSeed(seed: number): number {\n  if (Number.isSafeInteger(seed) && seed >= 0) return seed;\n  throw new RunError(\"bad-option\", `The seed is ${seed}.`, \"Use a whole number from 0 to 2^53 - 1.\");\n}",
      "uses": [
        "RunError"
      ]
    },
    {
      "name": "augmentTag",
      "text": "/** What keeps these draws apart from all others of a run: a bit of the key that no seed reaches. */\nconst augmentTag = 1 << 29;",
      "uses": []
    },
    {
      "name": "Visited",
      "text": "/** The data of a run as they are visited. */\ninterface Visited {\n  readonly columns: Columns;\n  refresh(order: Uint32Array, first: number, end: number, epoch: number): void;\n}",
      "uses": [
        "Columns"
      ]
    },
    {
      "name": "Augmentation",
      "text": "class Augmentation<Data extends object> implements Visited {\n  /** What the steps read: of each example what was last made of it, normalised. */\n  readonly columns: readonly Float64Array[];\n  readonly #ports: readonly Port[];\n  readonly #original: Dataset;\n  readonly #augment: Augment<Data>;\n  readonly #normalisation: Normalisation;\n  readonly #seed: number;\n\n  /**\n   * @param original as the caller has the data\n   * @param normalised as the network takes them\n   */\n  constructor(\n    ports: readonly Port[],\n    original: Dataset,\n    normalised: Dataset,\n    augment: Augment<Data>,\n    normalisation: Normalisation,\n    seed: number,\n  ) {\n    if (typeof augment !== \"function\") {\n      throw new RunError(\"bad-option\", \"`augment` is no function.\", \"Give one from an example to what replaces it.\");\n    }\n    this.columns = normalised.columns.map((column) => new Float64Array(column));\n    this.#ports = ports;\n    this.#original = original;\n    this.#augment = augment;\n    this.#normalisation = normalisation;\n    this.#seed = seed;\n  }\n\n  /** Makes the examples order[first], …, order[end − 1] anew for a visit in `epoch`. @throws {DataError} for what they become */\n  refresh(order: Uint32Array, first: number, end: number, epoch: number): void {\n    const seed = threefry(this.#seed | 0, (this.#seed / 2 ** 32) | augmentTag, epoch | 0, 0);\n    for (let k = first; k < end; k++) this.#refreshOne(order[k] ?? 0, seed);\n  }\n\n  #refreshOne(n: number, seed: number): void {\n    const example = new Map<string, Float64Array>();\n    for (const [c, { name, shape }] of this.#ports.entries()) {\n      const size = sizeOf(shape);\n      const column = this.#original.columns[c] ?? new Float64Array();\n      example.set(name, new Float64Array(column.slice(n * size, (n + 1) * size)));\n    }\n    // What the function is given has the members that its type says: those of the data.\n    const given = Object.fromEntries(example) as Parameters<Augment<Data>>[0];\n    const made: unknown = this.#augment(given, drawsOf(seed, n));\n    if (typeof made !== \"object\" || made === null) throw refused(\"\", n, \"`augment` returned no object\");\n    const members = new Map<string, unknown>(Object.entries(made));\n    for (const name of members.keys()) {\n      if (!example.has(name)) throw refused(name, n, `\\`augment\\` returned \\`${name}\\`, which the data have not`);\n    }\n    for (const [c, port] of this.#ports.entries()) {\n      const column = this.columns[c];\n      const size = sizeOf(port.shape);\n      if (column === undefined || !members.has(port.name)) continue;\n      readOne(port, members.get(port.name), column, n * size, n);\n      normaliseExample(port, column, n * size, this.#normalisation);\n    }\n  }\n}",
      "uses": [
        "Augment",
        "Dataset",
        "Normalisation",
        "Port",
        "RunError",
        "Visited",
        "augmentTag",
        "drawsOf",
        "normaliseExample",
        "readOne",
        "refused",
        "sizeOf",
        "threefry"
      ]
    },
    {
      "name": "refused",
      "text": "function refused(port: string, n: number, message: string): DataError {\n  return new DataError(\"extra-column\", port, n, `${message}, of example ${n}.`, \"Return what replaces it, by name.\");\n}",
      "uses": [
        "DataError"
      ]
    },
    {
      "name": "drawsOf",
      "text": "/** Uniform and normal draws have streams of their own, as equal places of one would agree in their bits. */\nfunction drawsOf(seed: number, n: number): RandomSource {\n  let [uniforms, normals] = [0, 0];\n  return {\n    uniform: () => uniform(seed, 2 * n, uniforms++),\n    normal: () => normal(seed, 2 * n + 1, normals++),\n  };\n}",
      "uses": [
        "RandomSource",
        "normal",
        "uniform"
      ]
    },
    {
      "name": "Best",
      "text": "/** The best so far. */\ninterface Best {\n  /** What was to become small; infinite before the first report. */\n  value: number;\n  /** Epochs completed then. */\n  epoch: number;\n  /** The parameters as they were then; null before the first report. */\n  p: Floats | null;\n}",
      "uses": [
        "Floats"
      ]
    },
    {
      "name": "Watch",
      "text": "/** The choices of {@link TrainOptions} that concern the best report, complete and checked. */\ninterface Watch<Metrics> {\n  readonly monitor: (report: EpochReport<Metrics>) => number;\n  readonly minDelta: number;\n  readonly patience: number;\n}",
      "uses": [
        "EpochReport"
      ]
    },
    {
      "name": "planWatch",
      "text": "/** Null where nobody asks for the best. @throws {RunError} for an option that is out of range. */\nfunction planWatch<Metrics>(options: TrainOptions<object, Metrics>): Watch<Metrics> | null {\n  const { patience = Number.POSITIVE_INFINITY, minDelta = 0, monitor } = options;\n  if (options.patience !== undefined && !(Number.isSafeInteger(patience) && patience >= 1)) {\n    throw new RunError(\"bad-option\", `\\`patience\\` is ${patience}.`, \"Use a whole number of epochs from 1.\");\n  }\n  if (!(minDelta >= 0 && minDelta < Number.POSITIVE_INFINITY)) {\n    throw new RunError(\"bad-option\", `\\`minDelta\\` is ${minDelta}.`, \"Use a number from 0.\");\n  }\n  if (options.patience === undefined && options.best !== true) return null;\n  return { monitor: monitor ?? (({ loss, validation }) => validation?.loss ?? loss), minDelta, patience };\n}",
      "uses": [
        "RunError",
        "TrainOptions",
        "Watch"
      ]
    },
    {
      "name": "watchReport",
      "text": "/** Compares a report with the best so far and takes its place if it is better; no number is better than none. */\nfunction watchReport<Metrics>(\n  { monitor, minDelta }: Watch<Metrics>,\n  best: Best,\n  report: EpochReport<Metrics>,\n  p: Floats,\n): void {\n  const value = monitor(report);\n  if (!(value < best.value - (best.p === null ? 0 : minDelta))) return;\n  best.value = value;\n  best.epoch = report.epoch;\n  if (best.p === null) best.p = p.slice();\n  else best.p.set(p);\n}",
      "uses": [
        "Best",
        "EpochReport",
        "Floats",
        "Watch"
      ]
    },
    {
      "name": "checksumKey",
      "text": "const checksumKey = \"crc32\";",
      "uses": []
    },
    {
      "name": "noChecksum",
      "text": "/** What stands in place of the checksum while it is computed. */\nconst noChecksum = \"00000000\";",
      "uses": []
    },
    {
      "name": "writeChecksum",
      "text": "/** Writes the checksum of `file` into its header, in which `noChecksum` stands. */\nfunction writeChecksum(file: Uint8Array, headerLength: number): void {\n  const place = placeOfChecksum(file, headerLength);\n  if (place === null) return;\n  const digits = checksumOf(file, place);\n  for (let k = 0; k < digits.length; k++) file[place + k] = digits.charCodeAt(k);\n}",
      "uses": [
        "checksumOf",
        "placeOfChecksum"
      ]
    },
    {
      "name": "agreesWithChecksum",
      "text": "/** Whether the bytes are those that were written; null for a file without a checksum, of which nobody knows. */\nfunction agreesWithChecksum(file: Uint8Array, headerLength: number): boolean | null {\n  const place = placeOfChecksum(file, headerLength);\n  if (place === null) return null;\n  return String.fromCharCode(...file.subarray(place, place + noChecksum.length)) === checksumOf(file, place);\n}",
      "uses": [
        "checksumOf",
        "noChecksum",
        "placeOfChecksum"
      ]
    },
    {
      "name": "placeOfChecksum",
      "text": "/** Where in the file the digits stand. No string of JSON contains bare quotes, and no tensor is described by a string. */\nfunction placeOfChecksum(file: Uint8Array, headerLength: number): number | null {\n  const mark = `\"${checksumKey}\":\"`;\n  for (let at = 8; at < 8 + headerLength - mark.length - noChecksum.length; at++) {\n    let k = 0;\n    while (k < mark.length && file[at + k] === mark.charCodeAt(k)) k++;\n    if (k === mark.length) return at + k;\n  }\n  return null;\n}",
      "uses": [
        "checksumKey",
        "noChecksum"
      ]
    },
    {
      "name": "checksumOf",
      "text": "function checksumOf(file: Uint8Array, place: number): string {\n  const digits = { from: place, to: place + noChecksum.length };\n  return crc32(file, digits).toString(16).padStart(noChecksum.length, \"0\");\n}",
      "uses": [
        "crc32",
        "noChecksum"
      ]
    },
    {
      "name": "crc32",
      "text": "/** The CRC-32 of bytes, of which those of a range count as the digit 0. */\nfunction crc32(bytes: Uint8Array, zeros: { readonly from: number; readonly to: number } = nowhere): number {\n  // One byte's contribution: eight divisions by the polynomial, bits reflected.\n  const table = Uint32Array.from({ length: 256 }, (_, byte) => {\n    let remainder = byte;\n    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);\n    return remainder;\n  });\n  const { from, to } = zeros;\n  let remainder = 0xffffffff;\n  for (let k = 0; k < bytes.length; k++) {\n    const byte = k >= from && k < to ? 0x30 : bytes[k]!;\n    remainder = (remainder >>> 8) ^ table[(remainder ^ byte) & 0xff]!;\n  }\n  return ~remainder >>> 0;\n}",
      "uses": [
        "nowhere"
      ]
    },
    {
      "name": "nowhere",
      "text": "const nowhere = { from: 0, to: 0 };",
      "uses": []
    },
    {
      "name": "NumberType",
      "text": "/** As safetensors name them; BOOL is a byte, 0 or 1. */\ntype NumberType =\n  | \"F64\"\n  | \"F32\"\n  | \"F16\"\n  | \"BF16\"\n  | \"I64\"\n  | \"I32\"\n  | \"I16\"\n  | \"I8\"\n  | \"U64\"\n  | \"U32\"\n  | \"U16\"\n  | \"U8\"\n  | \"BOOL\";",
      "uses": []
    },
    {
      "name": "widthOf",
      "text": "/** Bytes of one element. */\nfunction widthOf(type: NumberType): number {\n  return type === \"BOOL\" ? 1 : Number(/\\d+$/.exec(type)?.[0]) / 8;\n}",
      "uses": [
        "NumberType"
      ]
    },
    {
      "name": "RepeatedKey",
      "text": "interface RepeatedKey {\n  readonly key: string;\n  /** The offset at which the key stands first, and the one at which it stands again. */\n  readonly first: number;\n  readonly again: number;\n}",
      "uses": []
    },
    {
      "name": "repeatedKey",
      "text": "/** The first such key, or null. The text must be valid JSON; keys are compared as what they spell. */\nfunction repeatedKey(json: string): RepeatedKey | null {\n  const open: (Map<string, number> | null)[] = [];\n  for (let at = 0; at < json.length; at++) {\n    const character = json[at];\n    if (character === \"{\") open.push(new Map());\n    else if (character === \"[\") open.push(null);\n    else if (character === \"}\" || character === \"]\") open.pop();\n    else if (character === '\"') {\n      const start = at;\n      at = endOfString(json, at);\n      const keys = open.at(-1);\n      if (!keys || !isKey(json, at + 1)) continue;\n      const key = String(JSON.parse(json.slice(start, at + 1)));\n      const first = keys.get(key);\n      if (first !== undefined) return { key, first, again: start };\n      keys.set(key, start);\n    }\n  }\n  return null;\n}",
      "uses": [
        "RepeatedKey",
        "endOfString",
        "isKey"
      ]
    },
    {
      "name": "endOfString",
      "text": "/** The position of the quote that closes the one at `start`: the next with an even number of backslashes before it. */\nfunction endOfString(json: string, start: number): number {\n  for (let end = json.indexOf('\"', start + 1); end !== -1; end = json.indexOf('\"', end + 1)) {\n    let backslashes = 0;\n    while (json[end - 1 - backslashes] === \"\\\\\") backslashes++;\n    if (backslashes % 2 === 0) return end;\n  }\n  return json.length;\n}",
      "uses": []
    },
    {
      "name": "isKey",
      "text": "/** Whether a colon follows, with nothing but blanks before it. */\nfunction isKey(json: string, from: number): boolean {\n  let at = from;\n  while (json[at] === \" \" || json[at] === \"\\t\" || json[at] === \"\\n\" || json[at] === \"\\r\") at++;\n  return json[at] === \":\";\n}",
      "uses": []
    },
    {
      "name": "TextEncoder",
      "text": "declare class TextEncoder {\n  encode(text: string): Uint8Array;\n}",
      "uses": []
    },
    {
      "name": "TextDecoder",
      "text": "declare class TextDecoder {\n  constructor(label: string, options: { fatal: boolean; ignoreBOM: boolean });\n  decode(bytes: Uint8Array): string;\n}",
      "uses": []
    },
    {
      "name": "headerLimit",
      "text": "/** The format's own limit on the header, against files made to exhaust memory. */\nconst headerLimit = 100_000_000;",
      "uses": []
    },
    {
      "name": "storedTypes",
      "text": "/** What is in a file; other types are refused. */\nconst storedTypes = \"F64 F32 F16 BF16 I64 I32 I16 I8 U64 U32 U16 U8 BOOL\".split(\" \");",
      "uses": []
    },
    {
      "name": "StoredTensor",
      "text": "interface StoredTensor {\n  readonly type: NumberType;\n  readonly shape: Extents;\n  readonly bytes: Uint8Array;\n}",
      "uses": [
        "Extents",
        "NumberType"
      ]
    },
    {
      "name": "SafeTensors",
      "text": "interface SafeTensors {\n  readonly tensors: ReadonlyMap<string, StoredTensor>;\n  readonly metadata: ReadonlyMap<string, string>;\n}",
      "uses": [
        "StoredTensor"
      ]
    },
    {
      "name": "NamedTensor",
      "text": "interface NamedTensor {\n  readonly name: string;\n  readonly shape: Extents;\n  readonly values: Floats;\n}",
      "uses": [
        "Extents",
        "Floats"
      ]
    },
    {
      "name": "writeSafeTensors",
      "text": "/** The bytes of a file that holds `tensors` in the given order, as F64 or F32 after their arrays, and a checksum. */\nfunction writeSafeTensors(\n  tensors: readonly NamedTensor[],\n  metadata: readonly (readonly [string, string])[],\n): Uint8Array {\n  let size = 0;\n  const entries: [string, unknown][] = [[\"__metadata__\", Object.fromEntries([...metadata, [checksumKey, noChecksum]])]];\n  for (const { name, shape, values } of tensors) {\n    const begin = size;\n    size += values.byteLength;\n    const dtype = values instanceof Float64Array ? \"F64\" : \"F32\";\n    entries.push([name, { dtype, shape, data_offsets: [begin, size] }]);\n  }\n  // `fromEntries` defines own members whatever their names. Spaces align the data to eight bytes.\n  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));\n  const padded = Math.ceil(header.length / 8) * 8;\n  const file = new Uint8Array(8 + padded + size).fill(0x20, 8, 8 + padded);\n  const view = new DataView(file.buffer);\n  view.setBigUint64(0, BigInt(padded), true);\n  file.set(header, 8);\n  let at = 8 + padded;\n  for (const { values } of tensors) {\n    if (values instanceof Float64Array) for (const value of values) at = setFloat64(view, at, value);\n    else for (const value of values) at = setFloat32(view, at, value);\n  }\n  writeChecksum(file, padded);\n  return file;\n}",
      "uses": [
        "NamedTensor",
        "TextEncoder",
        "checksumKey",
        "noChecksum",
        "setFloat32",
        "setFloat64",
        "writeChecksum"
      ]
    },
    {
      "name": "readSafeTensors",
      "text": "/** @throws {FileError} for bytes that are not exactly a safetensors file, or not those that its checksum was written for. */\nfunction readSafeTensors(file: Uint8Array): SafeTensors {\n  const { header, data } = splitHeader(file);\n  const tensors = new Map<string, StoredTensor>();\n  const metadata = new Map<string, string>();\n  const places: { readonly name: string; readonly begin: number; readonly end: number }[] = [];\n  for (const [name, entry] of Object.entries(header)) {\n    if (!isRecord(entry)) throw badHeader(`${quote(name)} is described by no object.`);\n    if (name === \"__metadata__\") {\n      for (const [key, value] of Object.entries(entry)) {\n        if (typeof value !== \"string\") throw badHeader(`The metadata ${quote(key)} is no text.`);\n        if (key !== checksumKey) metadata.set(key, value);\n      }\n      continue;\n    }\n    const { type, shape, begin, end } = readEntry(name, entry, data.length);\n    places.push({ name, begin, end });\n    tensors.set(name, { type, shape, bytes: data.subarray(begin, end) });\n  }\n  let covered = 0;\n  for (const { name, begin, end } of places.sort((a, b) => a.begin - b.begin || a.end - b.end)) {\n    if (begin < covered) throw badLayout(`${quote(name)} overlaps the tensor before it.`);\n    if (begin > covered) throw badLayout(`There are bytes before ${quote(name)} that belong to no tensor.`);\n    covered = end;\n  }\n  if (covered !== data.length) throw badLayout(`${data.length - covered} bytes at the end belong to no tensor.`);\n  if (agreesWithChecksum(file, file.length - data.length - 8) === false) {\n    throw new FileError(\"damaged\", \"The file's bytes are not those that were written.\", \"Fetch or save it again.\");\n  }\n  return { tensors, metadata };\n}",
      "uses": [
        "FileError",
        "SafeTensors",
        "StoredTensor",
        "agreesWithChecksum",
        "badHeader",
        "badLayout",
        "checksumKey",
        "isRecord",
        "quote",
        "readEntry",
        "splitHeader"
      ]
    },
    {
      "name": "copyTensor",
      "text": "/**\n * Copies a stored tensor into `into`. F32 widens to F64 without loss; anything that would lose is refused.\n * @throws {FileError} for another shape or type.\n */\nfunction copyTensor(file: SafeTensors, name: string, shape: Extents, into: Floats): void {\n  const stored = file.tensors.get(name);\n  if (stored === undefined) {\n    const model = file.metadata.get(\"model\");\n    const whose = model === undefined ? \"\" : ` (of the model ${quote(model)})`;\n    throw new FileError(\"missing-tensor\", `The file${whose} has no tensor ${quote(name)}.`, sameModel);\n  }\n  if (stored.shape.length !== shape.length || stored.shape.some((extent, axis) => extent !== shape[axis])) {\n    const message = `${quote(name)} is [${stored.shape.join(\", \")}] in the file and [${shape.join(\", \")}] here.`;\n    throw new FileError(\"wrong-shape\", message, sameModel);\n  }\n  const wide = into instanceof Float64Array;\n  if (stored.type !== \"F32\" && !(stored.type === \"F64\" && wide)) {\n    const message = `${quote(name)} is ${stored.type} in the file and ${wide ? \"F64\" : \"F32\"} here.`;\n    const remedy = wide ? \"Convert it to F32 or F64.\" : \"Convert it to F32, or compile the model with 64 bits.\";\n    throw new FileError(\"wrong-type\", message, remedy);\n  }\n  const view = new DataView(stored.bytes.buffer, stored.bytes.byteOffset, stored.bytes.byteLength);\n  if (stored.type === \"F64\") for (let k = 0; k < into.length; k++) into[k] = view.getFloat64(8 * k, true);\n  else for (let k = 0; k < into.length; k++) into[k] = view.getFloat32(4 * k, true);\n}",
      "uses": [
        "Extents",
        "FileError",
        "Floats",
        "SafeTensors",
        "quote",
        "sameModel"
      ]
    },
    {
      "name": "sameModel",
      "text": "const sameModel = \"Use a file saved from the same model with the same sizes.\";",
      "uses": []
    },
    {
      "name": "splitHeader",
      "text": "function splitHeader(file: Uint8Array): { readonly header: Record<string, unknown>; readonly data: Uint8Array } {\n  if (file.length < 8) {\n    throw new FileError(\"cut-short\", `The file has ${file.length} bytes.`, \"A safetensors file has at least 10.\");\n  }\n  const declared = new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true);\n  if (declared > BigInt(headerLimit)) {\n    const message = `The header claims to be ${declared} bytes long.`;\n    throw new FileError(\"header-too-large\", message, \"This is no safetensors file, or a damaged one.\");\n  }\n  const length = Number(declared);\n  if (file.length < 8 + length) {\n    const message = `The header is ${length} bytes long, but only ${file.length - 8} bytes follow.`;\n    throw new FileError(\"cut-short\", message, \"The file was cut short; fetch or save it again.\");\n  }\n  const bytes = file.subarray(8, 8 + length);\n  if (bytes[0] !== 0x7b) throw badHeader(\"The header does not begin with `{`.\");\n  return { header: parseHeader(bytes), data: file.subarray(8 + length) };\n}",
      "uses": [
        "FileError",
        "badHeader",
        "headerLimit",
        "parseHeader"
      ]
    },
    {
      "name": "parseHeader",
      "text": "function parseHeader(bytes: Uint8Array): Record<string, unknown> {\n  let text: string;\n  let header: unknown;\n  try {\n    text = new TextDecoder(\"utf-8\", { fatal: true, ignoreBOM: true }).decode(bytes);\n    header = JSON.parse(text);\n  } catch {\n    throw badHeader(\"The header is no JSON in UTF-8.\");\n  }\n  const twice = repeatedKey(text);\n  if (twice !== null) {\n    throw new FileError(\n      \"duplicate-name\",\n      `The header names ${quote(twice.key)} twice.`,\n      \"This file is damaged or forged.\",\n    );\n  }\n  if (!isRecord(header)) throw badHeader(\"The header is no object.\");\n  return header;\n}",
      "uses": [
        "FileError",
        "TextDecoder",
        "badHeader",
        "isRecord",
        "quote",
        "repeatedKey"
      ]
    },
    {
      "name": "readEntry",
      "text": "function readEntry(name: string, entry: Record<string, unknown>, available: number) {\n  const { dtype, shape, data_offsets: offsets } = entry;\n  if (!isStoredType(dtype)) {\n    const message = `${quote(name)} has the unknown type ${quote(String(dtype))}.`;\n    throw new FileError(\"bad-type\", message, \"Known are F64, F32 and the other types of the format.\");\n  }\n  if (!isExtents(shape)) throw badHeader(`The shape of ${quote(name)} is no list of whole numbers.`);\n  if (!isExtents(offsets) || offsets.length !== 2) throw badHeader(`${quote(name)} has no \\`data_offsets\\`.`);\n  const [begin = 0, end = 0] = offsets;\n  if (begin > end) throw badLayout(`${quote(name)} ends before it begins.`);\n  if (end > available) {\n    const message = `${quote(name)} ends at byte ${end} of the data, of which there are ${available}.`;\n    throw new FileError(\"cut-short\", message, \"The file was cut short; fetch or save it again.\");\n  }\n  const needed = sizeOf(shape) * widthOf(dtype);\n  if (end - begin !== needed) throw badLayout(`${quote(name)} needs ${needed} bytes and has ${end - begin}.`);\n  return { type: dtype, shape, begin, end };\n}",
      "uses": [
        "FileError",
        "badHeader",
        "badLayout",
        "isExtents",
        "isStoredType",
        "quote",
        "sizeOf",
        "widthOf"
      ]
    },
    {
      "name": "isStoredType",
      "text": "function isStoredType(dtype: unknown): dtype is NumberType {\n  return typeof dtype === \"string\" && storedTypes.includes(dtype);\n}",
      "uses": [
        "NumberType",
        "storedTypes"
      ]
    },
    {
      "name": "isRecord",
      "text": "function isRecord(value: unknown): value is Record<string, unknown> {\n  return typeof value === \"object\" && value !== null && !Array.isArray(value);\n}",
      "uses": []
    },
    {
      "name": "isExtents",
      "text": "function isExtents(value: unknown): value is number[] {\n  return Array.isArray(value) && value.every((extent) => Number.isSafeInteger(extent) && extent >= 0);\n}",
      "uses": []
    },
    {
      "name": "badHeader",
      "text": "function badHeader(message: string): FileError {\n  return new FileError(\"bad-header\", message, \"This is no safetensors file, or a damaged one.\");\n}",
      "uses": [
        "FileError"
      ]
    },
    {
      "name": "badLayout",
      "text": "function badLayout(message: string): FileError {\n  return new FileError(\"bad-layout\", message, \"This file is damaged or forged.\");\n}",
      "uses": [
        "FileError"
      ]
    },
    {
      "name": "quote",
      "text": "/** A name from a file, fit for a message. */\nfunction quote(name: string): string {\n  const text = JSON.stringify(name);\n  return text.length > 80 ? `${text.slice(0, 80)}…` : text;\n}",
      "uses": []
    },
    {
      "name": "setFloat64",
      "text": "function setFloat64(view: DataView, at: number, value: number): number {\n  view.setFloat64(at, value, true);\n  return at + 8;\n}",
      "uses": []
    },
    {
      "name": "setFloat32",
      "text": "function setFloat32(view: DataView, at: number, value: number): number {\n  view.setFloat32(at, value, true);\n  return at + 4;\n}",
      "uses": []
    },
    {
      "name": "Progress",
      "text": "/** Where a run stands. A run is always between two steps, never within one. */\ninterface Progress {\n  /** Decides the initial parameters and the order of examples. */\n  seed: number;\n  /** Epochs completed. */\n  epoch: number;\n  /** Steps taken. */\n  step: number;\n  /** Examples visited in the epoch under way. */\n  position: number;\n  /** The sum of their losses. */\n  lossSum: number;\n  /** How many examples the epoch under way has; 0 between epochs. */\n  examples: number;\n}",
      "uses": []
    },
    {
      "name": "RunSettings",
      "text": "/** What a run was begun with, and has to go on with to end in the same numbers. */\ninterface RunSettings {\n  readonly batch: number;\n  readonly shuffle: boolean;\n  /** Tells these data from others: {@link fingerprintOf}. Only called when it is needed, as it reads all of them. */\n  readonly data: () => string;\n}",
      "uses": []
    },
    {
      "name": "RunRecord",
      "text": "/** A run's state between two steps, but for its arrays. */\ninterface RunRecord {\n  readonly progress: Progress;\n  /** Null before the first run. */\n  readonly settings: RunSettings | null;\n  /** Null where none is kept. */\n  readonly best: Best | null;\n}",
      "uses": [
        "Best",
        "Progress",
        "RunSettings"
      ]
    },
    {
      "name": "Layout",
      "text": "/** What a checkpoint is of, and how it is laid out. */\ninterface Layout {\n  readonly model: string;\n  readonly optimizer: string;\n  readonly inputs: readonly Port[];\n  readonly parameters: readonly Slot[];\n  readonly state: readonly Slot[];\n}",
      "uses": [
        "Port",
        "Slot"
      ]
    },
    {
      "name": "statePrefix",
      "text": "/** Separate from parameters, whose names hold no slash, the optimizer's state and the best report's parameters. */\nconst statePrefix = \"state/\";",
      "uses": []
    },
    {
      "name": "bestPrefix",
      "text": "const bestPrefix = \"best/\";",
      "uses": []
    },
    {
      "name": "progressKeys",
      "text": "const progressKeys = [\"seed\", \"epoch\", \"step\", \"position\", \"lossSum\", \"examples\"] as const;",
      "uses": []
    },
    {
      "name": "newProgress",
      "text": "function newProgress(seed: number): Progress {\n  return { seed, epoch: 0, step: 0, position: 0, lossSum: 0, examples: 0 };\n}",
      "uses": [
        "Progress"
      ]
    },
    {
      "name": "writeParameters",
      "text": "/** The bytes of a file with the parameters alone. */\nfunction writeParameters(\n  model: string,\n  slots: readonly Slot[],\n  p: Floats,\n  inputs: readonly Port[],\n  normalisation: Normalisation,\n): Uint8Array {\n  return writeSafeTensors([...tensorsOf(slots, p, \"\"), ...scalingTensors(inputs, normalisation)], [[\"model\", model]]);\n}",
      "uses": [
        "Floats",
        "Normalisation",
        "Port",
        "Slot",
        "scalingTensors",
        "tensorsOf",
        "writeSafeTensors"
      ]
    },
    {
      "name": "readParameters",
      "text": "/**\n * Copies parameters from a file into `p`, and the normalisation that they were trained with.\n * @throws {FileError} unless they are exactly those of `slots`.\n */\nfunction readParameters(\n  file: Uint8Array,\n  slots: readonly Slot[],\n  p: Floats,\n  inputs: readonly Port[],\n  normalisation: Normalisation,\n): void {\n  const stored = readSafeTensors(file);\n  const known = new Set(slots.map((slot) => slot.name));\n  for (const { name, classes } of inputs) {\n    if (classes === null) for (const part of scalingParts) known.add(scalingName(name, part));\n  }\n  for (const name of stored.tensors.keys()) {\n    if (known.has(name) || name.startsWith(statePrefix) || name.startsWith(bestPrefix)) continue;\n    const model = stored.metadata.get(\"model\");\n    const whose = model === undefined ? \"\" : `, of the model ${JSON.stringify(model)},`;\n    const message = `The file${whose} has a tensor ${JSON.stringify(name)}, which this model has not.`;\n    throw new FileError(\"extra-tensor\", message, \"Use a file saved from the same model with the same sizes.\");\n  }\n  copySlots(stored, slots, p, \"\");\n  for (const { name, shape } of inputs) {\n    if (!scalingParts.some((part) => stored.tensors.has(scalingName(name, part)))) continue;\n    const scaling = { shift: new Float64Array(sizeOf(shape)), scale: new Float64Array(sizeOf(shape)) };\n    for (const part of scalingParts) {\n      copyTensor(stored, scalingName(name, part), shape, scaling[part]);\n      if (scaling[part].every(Number.isFinite)) continue;\n      const message = `The normalisation of ${JSON.stringify(name)} is not finite.`;\n      throw new FileError(\"damaged\", message, \"This file is damaged or forged.\");\n    }\n    normalisation.set(name, scaling);\n  }\n}",
      "uses": [
        "FileError",
        "Floats",
        "Normalisation",
        "Port",
        "Slot",
        "bestPrefix",
        "copySlots",
        "copyTensor",
        "readSafeTensors",
        "scalingName",
        "scalingParts",
        "sizeOf",
        "statePrefix"
      ]
    },
    {
      "name": "scalingParts",
      "text": "const scalingParts = [\"shift\", \"scale\"] as const;",
      "uses": []
    },
    {
      "name": "scalingName",
      "text": "function scalingName(input: string, part: string): string {\n  return `normalise/${input}/${part}`;\n}",
      "uses": []
    },
    {
      "name": "scalingTensors",
      "text": "function scalingTensors(inputs: readonly Port[], normalisation: Normalisation): NamedTensor[] {\n  return inputs.flatMap(({ name, shape }) => {\n    const scaling = normalisation.get(name);\n    if (scaling === undefined) return [];\n    return scalingParts.map((part) => ({ name: scalingName(name, part), shape, values: scaling[part] }));\n  });\n}",
      "uses": [
        "NamedTensor",
        "Normalisation",
        "Port",
        "scalingName",
        "scalingParts"
      ]
    },
    {
      "name": "writeCheckpoint",
      "text": "/** The bytes of a file from which the run can go on. */\nfunction writeCheckpoint(\n  { model, optimizer, inputs, parameters, state: states }: Layout,\n  p: Floats,\n  state: Floats,\n  normalisation: Normalisation,\n  { progress, settings, best }: RunRecord,\n): Uint8Array {\n  // A number's shortest decimal form reads back as the same number, NaN and infinities included.\n  const numbers = progressKeys.map((key) => [key, String(progress[key])] as const);\n  const { batch, shuffle, data } = settings ?? { batch: \"\", shuffle: \"\", data: () => \"\" };\n  const begun = [\n    [\"batch\", String(batch)],\n    [\"shuffle\", String(shuffle)],\n    [\"data\", data()],\n  ] as const;\n  const kept = best?.p ? tensorsOf(parameters, best.p, bestPrefix) : [];\n  const watched = best === null ? [] : ([[\"best\", `${best.value} ${best.epoch}`]] as const);\n  return writeSafeTensors(\n    [\n      ...tensorsOf(parameters, p, \"\"),\n      ...tensorsOf(states, state, statePrefix),\n      ...kept,\n      ...scalingTensors(inputs, normalisation),\n    ],\n    [[\"model\", model], [\"optimizer\", optimizer], ...numbers, ...begun, ...watched],\n  );\n}",
      "uses": [
        "Floats",
        "Layout",
        "Normalisation",
        "RunRecord",
        "bestPrefix",
        "progressKeys",
        "scalingTensors",
        "statePrefix",
        "tensorsOf",
        "writeSafeTensors"
      ]
    },
    {
      "name": "readCheckpoint",
      "text": "/** Copies a run's arrays from a checkpoint and returns where it stands. @throws {FileError} unless it is this model's. */\nfunction readCheckpoint(\n  file: Uint8Array,\n  { model, optimizer, inputs, parameters, state: states }: Layout,\n  p: Floats,\n  state: Floats,\n  normalisation: Normalisation,\n): RunRecord {\n  const stored = readSafeTensors(file);\n  const { metadata } = stored;\n  if (!metadata.has(\"optimizer\")) {\n    const remedy = \"Load it as parameters, or resume from a file written as a checkpoint.\";\n    throw new FileError(\"not-a-checkpoint\", \"The file holds parameters but no state of a run.\", remedy);\n  }\n  for (const [key, here] of [\n    [\"model\", model],\n    [\"optimizer\", optimizer],\n  ] as const) {\n    const there = metadata.get(key);\n    if (there !== here) {\n      const message = `The checkpoint is of the ${key} ${JSON.stringify(there)}; this ${key} is ${JSON.stringify(here)}.`;\n      throw new FileError(\"other-model\", message, \"Resume with the model and the optimizer of the interrupted run.\");\n    }\n  }\n  const progress = newProgress(0);\n  for (const key of progressKeys) {\n    const text = metadata.get(key);\n    const value = text === undefined || text === \"\" ? undefined : Number(text);\n    const whole = value !== undefined && Number.isSafeInteger(value) && value >= 0;\n    if (value === undefined || (key !== \"lossSum\" && !whole)) {\n      const message = `The checkpoint's ${key} is ${JSON.stringify(text)}.`;\n      throw new FileError(\"not-a-checkpoint\", message, \"This file is damaged or forged.\");\n    }\n    progress[key] = value;\n  }\n  if (progress.position > progress.examples) {\n    const message = `The checkpoint stands at example ${progress.position} of ${progress.examples}.`;\n    throw new FileError(\"not-a-checkpoint\", message, \"This file is damaged or forged.\");\n  }\n  readParameters(file, parameters, p, inputs, normalisation);\n  copySlots(stored, states, state, statePrefix);\n  return { progress, settings: readSettings(metadata), best: readBest(stored, parameters, p.slice()) };\n}",
      "uses": [
        "FileError",
        "Floats",
        "Layout",
        "Normalisation",
        "RunRecord",
        "copySlots",
        "newProgress",
        "progressKeys",
        "readBest",
        "readParameters",
        "readSafeTensors",
        "readSettings",
        "statePrefix"
      ]
    },
    {
      "name": "readBest",
      "text": "/** Null where none was kept; its parameters, if there are any, are copied into `p`. @throws {FileError} */\nfunction readBest(stored: SafeTensors, parameters: readonly Slot[], p: Floats): Best | null {\n  const text = stored.metadata.get(\"best\");\n  if (text === undefined) return null;\n  const [value = Number.NaN, epoch = Number.NaN] = text.split(\" \").map(Number);\n  if (Number.isNaN(value) || !Number.isSafeInteger(epoch) || epoch < 0) {\n    const message = `The checkpoint's best report is ${JSON.stringify(text)}.`;\n    throw new FileError(\"not-a-checkpoint\", message, \"This file is damaged or forged.\");\n  }\n  // Before the first report there is only the value that any other is better than.\n  if (value === Number.POSITIVE_INFINITY) return { value, epoch, p: null };\n  copySlots(stored, parameters, p, bestPrefix);\n  return { value, epoch, p };\n}",
      "uses": [
        "Best",
        "FileError",
        "Floats",
        "SafeTensors",
        "Slot",
        "bestPrefix",
        "copySlots"
      ]
    },
    {
      "name": "readSettings",
      "text": "/** Null where no run was begun. @throws {FileError} */\nfunction readSettings(metadata: ReadonlyMap<string, string>): RunSettings | null {\n  const [batch, shuffle, data] = [\"batch\", \"shuffle\", \"data\"].map((key) => metadata.get(key));\n  if (batch === \"\" && shuffle === \"\" && data === \"\") return null;\n  const size = Number(batch);\n  const known = Number.isSafeInteger(size) && size >= 1 && (shuffle === \"true\" || shuffle === \"false\");\n  if (known && data !== undefined) return { batch: size, shuffle: shuffle === \"true\", data: () => data };\n  const message = `The checkpoint's run is of batch ${JSON.stringify(batch)}, shuffle ${JSON.stringify(shuffle)}.`;\n  throw new FileError(\"not-a-checkpoint\", message, \"This file is damaged or forged.\");\n}",
      "uses": [
        "FileError",
        "RunSettings"
      ]
    },
    {
      "name": "tensorsOf",
      "text": "function tensorsOf(slots: readonly Slot[], values: Floats, prefix: string): NamedTensor[] {\n  return slots.map(({ name, shape, offset }) => ({\n    name: prefix + name,\n    shape,\n    values: values.subarray(offset, offset + sizeOf(shape)),\n  }));\n}",
      "uses": [
        "Floats",
        "NamedTensor",
        "Slot",
        "sizeOf"
      ]
    },
    {
      "name": "copySlots",
      "text": "function copySlots(stored: SafeTensors, slots: readonly Slot[], values: Floats, prefix: string): void {\n  for (const { name, shape, offset } of slots) {\n    copyTensor(stored, prefix + name, shape, values.subarray(offset, offset + sizeOf(shape)));\n  }\n}",
      "uses": [
        "Floats",
        "SafeTensors",
        "Slot",
        "copyTensor",
        "sizeOf"
      ]
    },
    {
      "name": "MessageChannel",
      "text": "declare class MessageChannel {\n  readonly port1: { onmessage: (() => void) | null; close(): void };\n  readonly port2: { postMessage(message: null): void };\n}",
      "uses": []
    },
    {
      "name": "setImmediate",
      "text": "declare const setImmediate: ((callback: () => void) => unknown) | undefined;",
      "uses": []
    },
    {
      "name": "Plan",
      "text": "/** The choices of {@link TrainOptions}, complete and checked. */\ninterface Plan<Metrics> {\n  readonly until: number;\n  readonly every: number;\n  readonly batch: number;\n  readonly shuffle: boolean;\n  readonly signal: Signal | null;\n  readonly validation: Dataset | null;\n  readonly threads: number;\n  /** Null where workers are made from a text. */\n  readonly worker: (() => ThreadWorker) | null;\n  /** Null where examples are learnt from as they are. */\n  readonly augmentation: Visited | null;\n  /** Null where nobody asks for the best report. */\n  readonly watch: Watch<Metrics> | null;\n}",
      "uses": [
        "Dataset",
        "Signal",
        "ThreadWorker",
        "Visited",
        "Watch"
      ]
    },
    {
      "name": "Trainee",
      "text": "/** What a run changes; one run at a time. */\ninterface Trainee<T extends ModelTypes> {\n  readonly p: T[\"floats\"];\n  readonly state: T[\"floats\"];\n  /** Zero between two steps. */\n  readonly grad: T[\"floats\"];\n  readonly progress: Progress;\n  readonly run: TrainingRun;\n}",
      "uses": [
        "ModelTypes",
        "Progress",
        "TrainingRun"
      ]
    },
    {
      "name": "TrainingRun",
      "text": "/** What one run leaves to the next. */\ninterface TrainingRun {\n  /** Whether one is under way. */\n  held: boolean;\n  /** Of the last one; null before the first. */\n  settings: RunSettings | null;\n  /** Whether that one comes from a checkpoint and is still to be gone on with. */\n  resumed: boolean;\n  /** The best of the last run that was to keep it; null without one. */\n  best: Best | null;\n}",
      "uses": [
        "Best",
        "RunSettings"
      ]
    },
    {
      "name": "planRun",
      "text": "/** @throws {RunError} for an option that is out of range. */\nfunction planRun<Metrics>(\n  options: TrainOptions<object, Metrics>,\n  defaults: { readonly epochs: number; readonly batch: number; readonly shuffle: boolean },\n  progress: Progress,\n  validation: Dataset | null,\n  augmentation: Visited | null,\n): Plan<Metrics> {\n  if (options.until !== undefined && options.epochs !== undefined) {\n    throw new RunError(\"bad-option\", \"Both `epochs` and `until` are given.\", \"Give one of them.\");\n  }\n  const epochs = checkCount(\"epochs\", options.epochs ?? defaults.epochs, 0);\n  const until = checkCount(\"until\", options.until ?? progress.epoch + epochs, 0);\n  const every = checkCount(\"every\", options.every ?? 1, 1);\n  const batch = checkCount(\"batch\", options.batch ?? defaults.batch, 1);\n  return {\n    until,\n    every,\n    batch,\n    threads: checkCount(\"threads\", options.threads ?? 1, 1),\n    worker: options.worker ?? null,\n    shuffle: options.shuffle ?? defaults.shuffle,\n    signal: options.signal ?? null,\n    validation,\n    augmentation,\n    watch: planWatch(options),\n  };\n}",
      "uses": [
        "Dataset",
        "Plan",
        "Progress",
        "RunError",
        "TrainOptions",
        "Visited",
        "checkCount",
        "planWatch"
      ]
    },
    {
      "name": "runEpochs",
      "text": "/**\n * Runs epochs until the plan's last, reporting as it asks; the trainee stands between two steps whenever the caller's code\n * runs. Other work (rendering, an abort) is let in about every ten milliseconds.\n * @throws {RunError} if the trainee is in another run, or this one is not as the run was that it goes on with.\n */\nasync function* runEpochs<T extends ModelTypes>(\n  definition: TrainableDefinition<T>,\n  trainee: Trainee<T>,\n  data: Dataset,\n  plan: Plan<T[\"metrics\"]>,\n): AsyncGenerator<EpochReport<T[\"metrics\"]>, void, undefined> {\n  const { p, progress, run } = trainee;\n  if (run.held) {\n    throw new RunError(\"already-training\", \"This network is being trained already.\", \"Await the other run first.\");\n  }\n  const settings = settingsOf(plan, data);\n  const goesOn = run.settings !== null && (run.resumed || progress.position > 0);\n  if (goesOn && run.settings !== null) checkSettings(run.settings, settings);\n  run.settings = settings;\n  const { watch } = plan;\n  const kept = goesOn ? run.best : null;\n  const best = watch === null ? null : (kept ?? { value: Number.POSITIVE_INFINITY, epoch: progress.epoch, p: null });\n  run.best = best;\n  run.resumed = false;\n  run.held = true;\n  let dismiss: (() => void) | null = null;\n  try {\n    if (plan.threads > 1) dismiss = await recruit(definition, data, plan);\n    const order = new VisitOrder(progress.seed, data.count, plan);\n    const pace = new Pace();\n    // Without metrics there is nothing to measure that the steps have not measured already.\n    const nothing = definition.metricCount === 0 ? definition.readMetrics(definition.allocate(0)) : null;\n    while (progress.epoch < plan.until) {\n      if (watch !== null && best !== null && progress.epoch - best.epoch >= watch.patience) return;\n      const goal = Math.min(plan.until, progress.epoch - (progress.epoch % plan.every) + plan.every);\n      let outcome = advance(definition, trainee, data, order, plan, pace, goal);\n      for (; outcome === \"overdue\"; outcome = advance(definition, trainee, data, order, plan, pace, goal)) {\n        await pace.rest();\n      }\n      if (outcome === \"aborted\") return;\n      const loss = endEpoch(progress);\n      const metrics = nothing ?? measure(definition, p, data, progress.seed).metrics;\n      const validation = plan.validation === null ? null : measure(definition, p, plan.validation, progress.seed);\n      const report = {\n        epoch: progress.epoch,\n        epochs: plan.until,\n        step: progress.step,\n        examples: data.count,\n        loss,\n        metrics,\n        validation,\n      };\n      if (watch !== null && best !== null) watchReport(watch, best, { ...report, best: best.epoch }, p);\n      yield { ...report, best: best === null ? null : best.epoch };\n    }\n  } finally {\n    dismiss?.();\n    run.held = false;\n  }\n}",
      "uses": [
        "Dataset",
        "EpochReport",
        "ModelTypes",
        "Pace",
        "Plan",
        "RunError",
        "TrainableDefinition",
        "Trainee",
        "VisitOrder",
        "advance",
        "checkSettings",
        "endEpoch",
        "measure",
        "recruit",
        "settingsOf",
        "watchReport"
      ]
    },
    {
      "name": "recruit",
      "text": "/** @throws {RunError} where the network or its surroundings have no threads */\nasync function recruit<T extends ModelTypes>(\n  definition: TrainableDefinition<T>,\n  { columns, count }: Dataset,\n  { threads, worker, batch }: Plan<T[\"metrics\"]>,\n): Promise<() => void> {\n  if (definition.recruit === undefined) {\n    const remedy =\n      `Leave \\`threads\\` out, or compile the page with \\`--target wasm --threads ${threads}\\`: ` +\n      \"its examples must neither see each other nor draw.\";\n    throw new RunError(\"no-threads\", \"This network's functions run in one thread.\", remedy);\n  }\n  return await definition.recruit(threads, columns, Math.min(batch, count), worker);\n}",
      "uses": [
        "Dataset",
        "ModelTypes",
        "Plan",
        "RunError",
        "TrainableDefinition"
      ]
    },
    {
      "name": "settingsOf",
      "text": "function settingsOf({ batch, shuffle }: Pick<Plan<never>, \"batch\" | \"shuffle\">, data: Dataset): RunSettings {\n  let fingerprint: string | null = null;\n  return {\n    batch,\n    shuffle,\n    data: () => {\n      fingerprint ??= fingerprintOf(data);\n      return fingerprint;\n    },\n  };\n}",
      "uses": [
        "Dataset",
        "Plan",
        "RunSettings",
        "fingerprintOf"
      ]
    },
    {
      "name": "checkSettings",
      "text": "/** A run goes on with what it was begun with. @throws {RunError} */\nfunction checkSettings(begun: RunSettings, now: RunSettings): void {\n  const anew = \"Go on with what it was begun with, or load its parameters to begin another run.\";\n  if (begun.batch !== now.batch) {\n    const message = `The run was begun with \\`batch\\` ${begun.batch}; now it is ${now.batch}.`;\n    throw new RunError(\"other-batch\", message, anew);\n  }\n  if (begun.shuffle !== now.shuffle) {\n    const message = `The run was begun with \\`shuffle\\` ${begun.shuffle}; now it is ${now.shuffle}.`;\n    throw new RunError(\"other-order\", message, anew);\n  }\n  if (begun.data() !== now.data()) {\n    const message = `The run was begun with other data (${begun.data()}) than these (${now.data()}).`;\n    throw new RunError(\"other-data\", message, anew);\n  }\n}",
      "uses": [
        "RunError",
        "RunSettings"
      ]
    },
    {
      "name": "measure",
      "text": "/** Loss and metrics of a data set; `seed` decides what is drawn. */\nfunction measure<T extends ModelTypes>(\n  definition: DifferentiableDefinition<T>,\n  p: T[\"floats\"],\n  data: Dataset,\n  seed: number,\n): Evaluation<T[\"metrics\"]> {\n  const measures = definition.allocate(definition.measureCount ?? definition.metricCount);\n  const sums = new Float64Array(measures.length);\n  let loss = definition.evaluateAll?.(p, data.columns, sums, data.count, seed) ?? 0;\n  for (let n = 0; n < data.count && definition.evaluateAll === undefined; n++) {\n    loss += definition.evaluate(p, data.columns, measures, n, seed);\n    for (let m = 0; m < sums.length; m++) sums[m] = (sums[m] ?? 0) + (measures[m] ?? 0);\n  }\n  const metrics = definition.allocate(definition.metricCount);\n  if (definition.finish !== undefined) definition.finish(sums, data.count, metrics);\n  else for (let m = 0; m < sums.length; m++) metrics[m] = (sums[m] ?? 0) / data.count;\n  return { loss: loss / data.count, metrics: definition.readMetrics(metrics) };\n}",
      "uses": [
        "Dataset",
        "DifferentiableDefinition",
        "Evaluation",
        "ModelTypes"
      ]
    },
    {
      "name": "advance",
      "text": "/**\n * Takes steps up to the last example before epoch `goal` is completed, or until it is time to rest. A function of its own,\n * because V8 runs the body of an async generator slowly.\n */\nfunction advance<T extends ModelTypes>(\n  definition: TrainableDefinition<T>,\n  trainee: Trainee<T>,\n  data: Dataset,\n  order: VisitOrder,\n  plan: Plan<T[\"metrics\"]>,\n  pace: Pace,\n  goal: number,\n): \"done\" | \"overdue\" | \"aborted\" {\n  const { progress } = trainee;\n  for (;;) {\n    if (pace.overdue()) return \"overdue\";\n    if (plan.signal?.aborted) return \"aborted\";\n    pace.visited += learn(definition, trainee, data, order, plan, pace.allowance, goal - progress.epoch);\n    if (progress.position < data.count) continue;\n    if (progress.epoch + 1 === goal) return \"done\";\n    endEpoch(progress);\n  }\n}",
      "uses": [
        "Dataset",
        "ModelTypes",
        "Pace",
        "Plan",
        "TrainableDefinition",
        "Trainee",
        "VisitOrder",
        "endEpoch",
        "learn"
      ]
    },
    {
      "name": "endEpoch",
      "text": "/** From the last example of an epoch to the beginning of the next; returns the mean loss. */\nfunction endEpoch(progress: Progress): number {\n  const loss = progress.lossSum / progress.examples;\n  progress.epoch++;\n  progress.position = 0;\n  progress.lossSum = 0;\n  progress.examples = 0;\n  return loss;\n}",
      "uses": [
        "Progress"
      ]
    },
    {
      "name": "learn",
      "text": "/**\n * Takes steps, over about `allowance` examples: whole epochs at once but for the last of `epochs`, whose loss is asked for,\n * or a part of one epoch, up to its end at most. Returns how many examples were visited; allocates nothing per step.\n */\nfunction learn<T extends ModelTypes>(\n  definition: TrainableDefinition<T>,\n  trainee: Trainee<T>,\n  { columns, count }: Dataset,\n  order: VisitOrder,\n  { batch, augmentation }: Plan<T[\"metrics\"]>,\n  allowance: number,\n  epochs: number,\n): number {\n  const { progress } = trainee;\n  // What is drawn, and what an example becomes, is another in each epoch.\n  const partial = progress.position > 0 || definition.draws === true || augmentation !== null;\n  const whole = partial ? 0 : Math.min(Math.floor(allowance / count), epochs - 1, order.capacity);\n  if (whole > 0) {\n    takeSteps(definition, trainee, columns, batch, 0, whole * count, order.of(progress.epoch, whole), 0);\n    progress.epoch += whole;\n    return whole * count;\n  }\n  const { position } = progress;\n  const stop = Math.min(position + Math.max(1, Math.floor(allowance / batch)) * batch, count);\n  progress.examples = count;\n  const visits = order.of(progress.epoch, 1);\n  augmentation?.refresh(visits, position, stop, progress.epoch);\n  const visited = augmentation?.columns ?? columns;\n  progress.lossSum = takeSteps(definition, trainee, visited, batch, position, stop, visits, progress.lossSum);\n  progress.position = stop;\n  return stop - position;\n}",
      "uses": [
        "Dataset",
        "ModelTypes",
        "Plan",
        "TrainableDefinition",
        "Trainee",
        "VisitOrder",
        "takeSteps"
      ]
    },
    {
      "name": "takeSteps",
      "text": "/** Takes the steps over order[first], …, order[end − 1]; returns `total` and their losses. */\nfunction takeSteps<T extends ModelTypes>(\n  definition: TrainableDefinition<T>,\n  { p, state, grad, progress }: Trainee<T>,\n  columns: Columns,\n  batch: number,\n  first: number,\n  end: number,\n  order: Uint32Array | null,\n  total: number,\n): number {\n  const seed = definition.draws === true ? seedOfPass(progress.seed, progress.epoch) : 0;\n  const t = progress.step + 1;\n  progress.step += Math.ceil((end - first) / batch);\n  if (batch === 1 || definition.batches) {\n    return definition.step(p, columns, grad, state, t, batch, first, end, order, total, seed);\n  }\n  let sum = total;\n  for (let from = first, step = t; from < end; from += batch, step++) {\n    const next = Math.min(from + batch, end);\n    for (let k = from; k < next; k++)\n      sum += definition.gradient(p, columns, grad, order === null ? k : (order[k] ?? 0), seed);\n    definition.update(p, grad, state, step, next - from);\n  }\n  return sum;\n}",
      "uses": [
        "Columns",
        "ModelTypes",
        "TrainableDefinition",
        "Trainee",
        "seedOfPass"
      ]
    },
    {
      "name": "VisitOrder",
      "text": "/** The order in which epochs visit the examples, for as many epochs at once as make a stretch worth a call. */\nclass VisitOrder {\n  /** How many epochs may be asked for at once. */\n  readonly capacity: number;\n  readonly #seed: number;\n  readonly #count: number;\n  readonly #shuffle: boolean;\n  /** One epoch's visits after the other's. */\n  readonly #visits: Uint32Array;\n  /** The epochs that are in `#visits`. */\n  #first = -1;\n  #epochs = 0;\n\n  constructor(\n    seed: number,\n    count: number,\n    { shuffle, batch, every }: Pick<Plan<never>, \"shuffle\" | \"batch\" | \"every\">,\n  ) {\n    this.#seed = seed;\n    this.#count = count;\n    this.#shuffle = shuffle;\n    // A batch ends with its epoch, so only epochs of whole batches can follow one another, up to the next report's.\n    const followers = count % batch === 0 ? Math.min(Math.floor(visitsPerCall / count), every - 1) : 1;\n    this.capacity = Math.max(1, followers);\n    this.#visits = new Uint32Array(this.capacity * count);\n    if (shuffle) return;\n    for (let k = 0; k < count; k++) this.#visits[k] = k;\n    for (let filled = count; filled < this.#visits.length; filled *= 2) this.#visits.copyWithin(filled, 0, filled);\n  }\n\n  /** The visits of `epochs` epochs from `first` on, valid until the next call. */\n  of(first: number, epochs: number): Uint32Array {\n    if (this.#shuffle && (first !== this.#first || epochs > this.#epochs)) {\n      for (let k = 0; k < epochs; k++) {\n        const from = k * this.#count;\n        permutation(this.#seed, first + k, this.#visits, from, from + this.#count);\n      }\n      this.#first = first;\n      this.#epochs = epochs;\n    }\n    return this.#visits;\n  }\n}",
      "uses": [
        "Plan",
        "permutation",
        "visitsPerCall"
      ]
    },
    {
      "name": "checkCount",
      "text": "function checkCount(name: string, value: number, least: number): number {\n  if (Number.isSafeInteger(value) && value >= least) return value;\n  throw new RunError(\"bad-option\", `\\`${name}\\` is ${value}.`, `Use a whole number from ${least}.`);\n}",
      "uses": [
        "RunError"
      ]
    },
    {
      "name": "visitsPerCall",
      "text": "/** Visits after which a call's own cost no longer counts. */\nconst visitsPerCall = 1024;",
      "uses": []
    },
    {
      "name": "Pace",
      "text": "/** How much to do before looking at the clock, and when to let other work in. */\nclass Pace {\n  /** Examples until the next look at the clock: as many as take about a millisecond. */\n  allowance = 1;\n  /** Examples since the last look. */\n  visited = 0;\n  #looked = Date.now();\n  #rested = Date.now();\n\n  /** Whether it is time to rest. */\n  overdue(): boolean {\n    if (this.visited < this.allowance) return false;\n    this.visited = 0;\n    const now = Date.now();\n    const elapsed = now - this.#looked;\n    if (elapsed <= 1) this.allowance = Math.min(2 * this.allowance, 1 << 20);\n    else if (elapsed > 4) this.allowance = Math.max(1, Math.floor(this.allowance / 2));\n    this.#looked = now;\n    return now - this.#rested >= 10;\n  }\n\n  /** Resolves after the event loop has gone round once. */\n  async rest(): Promise<void> {\n    await new Promise<void>((resolve) => {\n      if (typeof setImmediate === \"function\") {\n        setImmediate(resolve);\n        return;\n      }\n      const { port1, port2 } = new MessageChannel();\n      port1.onmessage = () => {\n        port1.close();\n        resolve();\n      };\n      port2.postMessage(null);\n    });\n    this.#looked = Date.now();\n    this.#rested = this.#looked;\n  }\n}",
      "uses": [
        "MessageChannel",
        "setImmediate"
      ]
    },
    {
      "name": "InferenceOptions",
      "text": "/** How a network begins that cannot draw parameters of its own. */\ninterface InferenceOptions {\n  /** The bytes that `save` or `checkpoint` gave. */\n  readonly parameters: Uint8Array;\n}",
      "uses": []
    },
    {
      "name": "NetworkOptions",
      "text": "/** How a network begins. */\ninterface NetworkOptions extends Partial<InferenceOptions> {\n  /** Decides the initial parameters and the order of examples; a whole number. */\n  readonly seed?: number;\n}",
      "uses": [
        "InferenceOptions"
      ]
    },
    {
      "name": "DrawOptions",
      "text": "/** What is asked of a network that draws random numbers. */\ninterface DrawOptions {\n  /** Decides what is drawn; a whole number. Without it, the network's own. */\n  readonly seed?: number;\n}",
      "uses": []
    },
    {
      "name": "TrainableOptions",
      "text": "interface TrainableOptions extends NetworkOptions {\n  /** The bytes that `checkpoint` gave: goes on with that run. */\n  readonly checkpoint?: Uint8Array;\n}",
      "uses": [
        "NetworkOptions"
      ]
    },
    {
      "name": "Predictor",
      "text": "/** A network that predicts. */\nclass Predictor<T extends ModelTypes> {\n  /** All parameters, one after another, live: the emitted functions' `p`. */\n  readonly p: T[\"floats\"];\n  /** The parameters by name, as live views of `p`. */\n  readonly parameters: T[\"parameters\"];\n  /** By input, what {@link normalise} found; saved with the parameters. */\n  readonly normalisation: Normalisation = new Map();\n  readonly #definition: PredictorDefinition<T>;\n  readonly #seed: number;\n\n  constructor(definition: PredictorDefinition<T>, options: NetworkOptions = {}) {\n    this.#definition = definition;\n    this.#seed = checkSeed(options.seed ?? definition.seed);\n    this.p = definition.allocate(extentOf(definition.parameters), \"parameters\");\n    this.parameters = definition.readParameters(this.p);\n    if (options.parameters !== undefined) {\n      readParameters(options.parameters, definition.parameters, this.p, definition.inputs, this.normalisation);\n    } else definition.initialize(this.p, this.#seed);\n  }\n\n  /**\n   * From here on takes each input of real numbers that the examples have as (x − shift) · scale, fitted to them element by\n   * element: to mean 0 and deviation 1, or to the range from 0 to 1. Belongs before training, and is saved with the network.\n   * @throws {DataError} @throws {RunError} where there is nothing to normalise\n   */\n  normalise(examples: Partial<T[\"examples\"]>, kind: NormalisationKind = \"standard\"): void {\n    for (const [name, scaling] of fitNormalisation(this.#definition.inputs, examples, kind)) {\n      this.normalisation.set(name, scaling);\n    }\n  }\n\n  /** The seed that `options` ask for, or the network's own. @throws {RunError} */\n  protected seedFor({ seed }: DrawOptions): number {\n    return seed === undefined ? this.#seed : checkSeed(seed);\n  }\n\n  /** The outputs for one example. @throws {DataError} */\n  predict(inputs: T[\"inputs\"], options: DrawOptions = {}): T[\"outputs\"] {\n    const definition = this.#definition;\n    const out = definition.allocate(definition.outputSize);\n    const example = readNormalisedExample(definition.inputs, inputs, this.normalisation);\n    definition.forward(this.p, example, out, 0, this.seedFor(options));\n    return definition.readOutputs(out, 0);\n  }\n\n  /** The outputs for each of any number of examples, which all draw for themselves. @throws {DataError} */\n  predictAll(examples: T[\"examples\"], options: DrawOptions = {}): T[\"outputs\"][] {\n    const definition = this.#definition;\n    const { columns, count } = readNormalised(definition.inputs, examples, this.normalisation);\n    const seed = this.seedFor(options);\n    const out = definition.allocate(count * definition.outputSize);\n    definition.forwardAll?.(this.p, columns, out, count, seed);\n    return Array.from({ length: count }, (_, n) => {\n      if (definition.forwardAll === undefined) definition.forward(this.p, columns, out, n, seed);\n      return definition.readOutputs(out, n);\n    });\n  }\n\n  /** The parameters as a safetensors file. */\n  save(): Uint8Array {\n    const { model, parameters, inputs } = this.#definition;\n    return writeParameters(model, parameters, this.p, inputs, this.normalisation);\n  }\n}",
      "uses": [
        "DrawOptions",
        "ModelTypes",
        "NetworkOptions",
        "Normalisation",
        "NormalisationKind",
        "PredictorDefinition",
        "checkSeed",
        "extentOf",
        "fitNormalisation",
        "readNormalised",
        "readNormalisedExample",
        "readParameters",
        "writeParameters"
      ]
    },
    {
      "name": "Differentiable",
      "text": "/** A network that predicts and knows its loss. */\nclass Differentiable<T extends ModelTypes> extends Predictor<T> {\n  readonly #definition: DifferentiableDefinition<T>;\n\n  constructor(definition: DifferentiableDefinition<T>, options: NetworkOptions = {}) {\n    super(definition, options);\n    this.#definition = definition;\n  }\n\n  /** Loss and metrics, each the mean over the examples. @throws {DataError} */\n  evaluate(data: T[\"data\"], options: DrawOptions = {}): Evaluation<T[\"metrics\"]> {\n    const dataset = readNormalised(portsOf(this.#definition), data, this.normalisation);\n    return measure(this.#definition, this.p, dataset, this.seedFor(options));\n  }\n\n  /** ∂loss/∂parameter for every trained parameter, where the loss is the mean over the examples. @throws {DataError} */\n  gradients(data: T[\"data\"], options: DrawOptions = {}): T[\"gradients\"] {\n    const { columns, count } = readNormalised(portsOf(this.#definition), data, this.normalisation);\n    const seed = this.seedFor(options);\n    const grad = this.#definition.allocate(this.#definition.trained);\n    const { gradient, gradientAll } = this.#definition;\n    if (gradientAll !== undefined) gradientAll(this.p, columns, grad, count, seed);\n    else {\n      for (let n = 0; n < count; n++) gradient(this.p, columns, grad, n, seed);\n      divide(grad, count);\n    }\n    return this.#definition.readGradients(grad);\n  }\n}",
      "uses": [
        "DifferentiableDefinition",
        "DrawOptions",
        "Evaluation",
        "ModelTypes",
        "NetworkOptions",
        "Predictor",
        "divide",
        "measure",
        "portsOf",
        "readNormalised"
      ]
    },
    {
      "name": "Trainable",
      "text": "/** A network that predicts, knows its loss and learns. */\nclass Trainable<T extends ModelTypes> extends Differentiable<T> {\n  readonly #definition: TrainableDefinition<T>;\n  readonly #progress: Progress;\n  readonly #state: T[\"floats\"];\n  readonly #run: TrainingRun = { held: false, settings: null, resumed: false, best: null };\n\n  constructor(definition: TrainableDefinition<T>, options: TrainableOptions = {}) {\n    super(definition, options);\n    this.#definition = definition;\n    this.#state = definition.allocate(extentOf(definition.state), \"state\");\n    if (options.checkpoint === undefined) {\n      this.#progress = newProgress(checkSeed(options.seed ?? definition.seed));\n      definition.initializeState(this.#state);\n    } else {\n      const record = readCheckpoint(options.checkpoint, definition, this.p, this.#state, this.normalisation);\n      this.#progress = record.progress;\n      this.#run.settings = record.settings;\n      this.#run.best = record.best;\n      this.#run.resumed = true;\n    }\n  }\n\n  /** Epochs completed since the parameters were drawn. */\n  get epoch(): number {\n    return this.#progress.epoch;\n  }\n\n  /** Steps taken since the parameters were drawn. */\n  get step(): number {\n    return this.#progress.step;\n  }\n\n  /**\n   * Learns from the data, reporting after every epoch. Data and options are checked at once, the work is done as the\n   * reports are asked for, and leaving the loop stops it; the network can be used between two reports.\n   * @throws {DataError} for data it cannot learn from. @throws {RunError} for an option out of range; when the first\n   * report is asked for, also for other data or another batch or order than the run has that was resumed or interrupted.\n   */\n  train(\n    data: T[\"data\"],\n    options: TrainOptions<T[\"data\"], T[\"metrics\"]> = {},\n  ): AsyncGenerator<EpochReport<T[\"metrics\"]>, void, undefined> {\n    const ports = portsOf(this.#definition);\n    const read = (examples: T[\"data\"]) => readNormalised(ports, examples, this.normalisation);\n    const dataset = read(data);\n    const validation = options.validation === undefined ? null : read(options.validation);\n    const augmentation =\n      options.augment === undefined\n        ? null\n        : new Augmentation(\n            ports,\n            readDataset(ports, data),\n            dataset,\n            options.augment,\n            this.normalisation,\n            this.#progress.seed,\n          );\n    const plan = planRun(options, this.#definition.defaults, this.#progress, validation, augmentation);\n    const grad = this.#definition.allocate(this.#definition.trained, \"gradient\");\n    const trainee = { p: this.p, state: this.#state, grad, progress: this.#progress, run: this.#run };\n    return runEpochs(this.#definition, trainee, dataset, plan);\n  }\n\n  /** Epochs completed at the report whose parameters are kept as the best; null where none are. */\n  get best(): number | null {\n    const { best } = this.#run;\n    return best === null || best.p === null ? null : best.epoch;\n  }\n\n  /**\n   * Takes back the parameters of the run's best report and returns its epoch. Where the run stands is no matter of this: a\n   * run that is to go on as it was is checkpointed before.\n   * @throws {RunError} unless the run was to keep it and has reported.\n   */\n  restoreBest(): number {\n    const { best } = this.#run;\n    if (best === null || best.p === null) {\n      throw new RunError(\"no-best\", \"No best parameters have been kept.\", \"Train with `best` or `patience`.\");\n    }\n    this.p.set(best.p);\n    return best.epoch;\n  }\n\n  /** The run as it stands, between two steps, as a file from which it can go on. */\n  checkpoint(): Uint8Array {\n    return writeCheckpoint(this.#definition, this.p, this.#state, this.normalisation, {\n      progress: this.#progress,\n      settings: this.#run.settings,\n      best: this.#run.best,\n    });\n  }\n}",
      "uses": [
        "Augmentation",
        "Differentiable",
        "EpochReport",
        "ModelTypes",
        "Progress",
        "RunError",
        "TrainOptions",
        "TrainableDefinition",
        "TrainableOptions",
        "TrainingRun",
        "checkSeed",
        "extentOf",
        "newProgress",
        "planRun",
        "portsOf",
        "readCheckpoint",
        "readDataset",
        "readNormalised",
        "runEpochs",
        "writeCheckpoint"
      ]
    },
    {
      "name": "portsOf",
      "text": "function portsOf<T extends ModelTypes>(definition: DifferentiableDefinition<T>) {\n  return [...definition.inputs, ...definition.targets];\n}",
      "uses": [
        "DifferentiableDefinition",
        "ModelTypes"
      ]
    },
    {
      "name": "extentOf",
      "text": "function extentOf(slots: readonly Slot[]): number {\n  return slots.reduce((sum, { shape }) => sum + sizeOf(shape), 0);\n}",
      "uses": [
        "Slot",
        "sizeOf"
      ]
    },
    {
      "name": "CoupledFunctions",
      "text": "/** The functions of a network, each of the first `examples` rows of its columns; those it has not take one example. */\ninterface CoupledFunctions<F extends Floats> {\n  /** Rows that a call reads; those beyond `examples` count for nothing, but must be numbers that it can be applied to. */\n  readonly size: number;\n  /** By column, the numbers of a row; inputs before targets. */\n  readonly columns: readonly number[];\n  /** Numbers of an example's outputs. */\n  readonly outputs: number;\n  /** Zeros. */\n  readonly allocate: (length: number) => F;\n  readonly forward?: (p: F, columns: Columns, out: F, seed: number, examples: number) => void;\n  /** Returns the sum of the losses and writes the sums of the measures. */\n  readonly evaluate?: (p: F, columns: Columns, measures: F, seed: number, examples: number) => number;\n  /** Adds the gradients and writes what states become, behind them; returns the sum of the losses. */\n  readonly gradient?: (p: F, columns: Columns, grad: F, seed: number, examples: number) => number;\n  /** One step with the sum of the gradients of `examples` examples, which it clears, and with what states become. */\n  readonly update?: (p: F, grad: F, state: F, t: number, examples: number) => void;\n}",
      "uses": [
        "Columns",
        "Floats"
      ]
    },
    {
      "name": "demandRoom",
      "text": "/** @throws {RunError} for batches of more examples than a network was made for whose examples see each other */\nfunction demandRoom(batch: number, size: number): void {\n  if (batch <= size) return;\n  const message = `\\`batch\\` is ${batch}; the examples of a batch see each other here, and the network is made for ${size}.`;\n  throw new RunError(\"bad-option\", message, \"Use fewer, or compile the page with a larger `batch` in `train`.\");\n}",
      "uses": [
        "RunError"
      ]
    },
    {
      "name": "CoupledNetwork",
      "text": "/** What a definition binds. Data are taken in batches from the first example on, the last with what is left. */\nclass CoupledNetwork<F extends Floats> {\n  readonly #functions: CoupledFunctions<F>;\n  readonly #rows: readonly Float64Array[];\n\n  constructor(functions: CoupledFunctions<F>) {\n    this.#functions = functions;\n    this.#rows = functions.columns.map((length) => new Float64Array(functions.size * length));\n  }\n\n  readonly forward = (p: F, columns: Columns, out: F, n: number, seed: number): void => {\n    this.#forward(p, columns, out, n, n + 1, seedOfPass(seed, n));\n  };\n\n  readonly forwardAll = (p: F, columns: Columns, out: F, count: number, seed: number): void => {\n    this.#each(0, count, (first, end) => this.#forward(p, columns, out, first, end, seedOfPass(seed, first)));\n  };\n\n  readonly evaluate = (p: F, columns: Columns, measures: F, n: number, seed: number): number => {\n    this.#stage(columns, null, n, n + 1);\n    return this.#functions.evaluate?.(p, this.#rows, measures, seedOfPass(seed, n), 1) ?? 0;\n  };\n\n  readonly evaluateAll = (p: F, columns: Columns, sums: Float64Array, count: number, seed: number): number => {\n    const measures = this.#functions.allocate(sums.length);\n    let loss = 0;\n    this.#each(0, count, (first, end) => {\n      this.#stage(columns, null, first, end);\n      loss += this.#functions.evaluate?.(p, this.#rows, measures, seedOfPass(seed, first), end - first) ?? 0;\n      for (let m = 0; m < sums.length; m++) sums[m] = (sums[m] ?? 0) + (measures[m] ?? 0);\n    });\n    return loss;\n  };\n\n  readonly gradient = (p: F, columns: Columns, grad: F, n: number, seed: number): number =>\n    this.#gradient(p, columns, grad, null, n, n + 1, seedOfPass(seed, n));\n\n  readonly gradientAll = (p: F, columns: Columns, grad: F, count: number, seed: number): number => {\n    let loss = 0;\n    this.#each(0, count, (first, end) => {\n      loss += this.#gradient(p, columns, grad, null, first, end, seedOfPass(seed, first));\n    });\n    divide(grad, count);\n    return loss;\n  };\n\n  /** As a definition's `step`. @throws {RunError} for batches that the network was not made for. */\n  readonly step = (\n    p: F,\n    columns: Columns,\n    grad: F,\n    state: F,\n    t: number,\n    batch: number,\n    first: number,\n    end: number,\n    order: Uint32Array | null,\n    total: number,\n    seed: number,\n  ): number => {\n    const { size, update } = this.#functions;\n    demandRoom(batch, size);\n    // As in the step of `WasmNetwork`.\n    let sum = +total;\n    for (let start = first, step = t | 0; start < end; start += batch, step++) {\n      const stop = Math.min(start + batch, end);\n      sum += this.#gradient(p, columns, grad, order, start, stop, seedOfPass(seed, start));\n      update?.(p, grad, state, step, stop - start);\n    }\n    return sum;\n  };\n\n  #gradient(\n    p: F,\n    columns: Columns,\n    grad: F,\n    order: Uint32Array | null,\n    first: number,\n    end: number,\n    seed: number,\n  ): number {\n    this.#stage(columns, order, first, end);\n    return this.#functions.gradient?.(p, this.#rows, grad, seed, end - first) ?? 0;\n  }\n\n  #forward(p: F, columns: Columns, out: F, first: number, end: number, seed: number): void {\n    const { size, outputs, allocate, forward } = this.#functions;\n    this.#stage(columns, null, first, end);\n    const rows = allocate(size * outputs);\n    forward?.(p, this.#rows, rows, seed, end - first);\n    out.set(rows.subarray(0, (end - first) * outputs), first * outputs);\n  }\n\n  #each(first: number, count: number, visit: (first: number, end: number) => void): void {\n    const { size } = this.#functions;\n    for (let start = first; start < count; start += size) visit(start, Math.min(start + size, count));\n  }\n\n  /** Rows of order[first], …, order[end − 1] (without an order, first, …, end − 1); what is left repeats the last. */\n  #stage(columns: Columns, order: Uint32Array | null, first: number, end: number): void {\n    const { size, columns: lengths } = this.#functions;\n    for (let c = 0; c < columns.length; c++) {\n      const column = columns[c];\n      const rows = this.#rows[c];\n      const length = lengths[c] ?? 0;\n      if (column === undefined || rows === undefined) continue;\n      for (let row = 0; row < size; row++) {\n        const k = Math.min(first + row, end - 1);\n        const from = (order === null ? k : (order[k] ?? 0)) * length;\n        for (let i = 0; i < length; i++) rows[row * length + i] = column[from + i] ?? 0;\n      }\n    }\n  }\n}",
      "uses": [
        "Columns",
        "CoupledFunctions",
        "Floats",
        "demandRoom",
        "divide",
        "seedOfPass"
      ]
    },
    {
      "name": "Rows",
      "text": "/** By column, each example's numbers; null for a column that is copied number by number. */\ntype Rows = readonly (readonly NumericArray[] | null)[];",
      "uses": [
        "NumericArray"
      ]
    },
    {
      "name": "leastRow",
      "text": "/** Numbers of an example from which on a view of them, which takes about a hundred bytes, is worth its memory. */\nconst leastRow = 64;",
      "uses": []
    },
    {
      "name": "rowsOf",
      "text": "/** @param sizes numbers of one example, by column */\nfunction rowsOf(columns: Columns, sizes: readonly number[]): Rows {\n  return columns.map((column, c) => {\n    const size = sizes[c] ?? 0;\n    if (size < leastRow) return null;\n    return Array.from({ length: column.length / size }, (_, n) => column.subarray(n * size, (n + 1) * size));\n  });\n}",
      "uses": [
        "Columns",
        "Rows",
        "leastRow"
      ]
    },
    {
      "name": "WasmModule",
      "text": "/** Compiled code. */\ntype WasmModule = object;",
      "uses": []
    },
    {
      "name": "WasmMemory",
      "text": "interface WasmMemory {\n  readonly buffer: ArrayBufferLike;\n}",
      "uses": []
    },
    {
      "name": "WasmFunction",
      "text": "type WasmFunction = (...args: readonly number[]) => void;",
      "uses": []
    },
    {
      "name": "WebAssembly",
      "text": "declare const WebAssembly: {\n  readonly Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => WasmMemory;\n  readonly Module: new (bytes: Uint8Array) => WasmModule;\n  readonly Instance: new (\n    module: WasmModule,\n    imports: Readonly<Record<string, object>>,\n  ) => { readonly exports: Readonly<Record<string, WasmFunction>> };\n  validate(bytes: Uint8Array): boolean;\n  compile(bytes: Uint8Array): Promise<WasmModule>;\n};",
      "uses": [
        "WasmFunction",
        "WasmMemory",
        "WasmModule"
      ]
    },
    {
      "name": "addEventListener",
      "text": "declare function addEventListener(type: \"message\", listener: (event: { readonly data: WasmTask }) => void): void;",
      "uses": [
        "WasmTask"
      ]
    },
    {
      "name": "postMessage",
      "text": "declare function postMessage(message: unknown): void;",
      "uses": []
    },
    {
      "name": "newMemory",
      "text": "/** @param pages of 64 KiB */\nfunction newMemory(pages: number, shared: boolean): WasmMemory {\n  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });\n}",
      "uses": [
        "WasmMemory",
        "WebAssembly"
      ]
    },
    {
      "name": "instantiate",
      "text": "/** The module with a memory and the functions that it imports. */\nfunction instantiate(\n  module: WasmModule,\n  imports: Readonly<Record<string, object>>,\n): Readonly<Record<string, WasmFunction>> {\n  return new WebAssembly.Instance(module, imports).exports;\n}",
      "uses": [
        "WasmFunction",
        "WasmModule",
        "WebAssembly"
      ]
    },
    {
      "name": "WasmOptions",
      "text": "/** How code is compiled. */\ninterface WasmOptions {\n  /**\n   * Whether vectors may be multiplied and added in one operation, rounded once, where the engine has relaxed SIMD (by\n   * default they may): faster, and in the last places other numbers than engines have that cannot. One machine gives the\n   * same bits each time either way.\n   */\n  readonly fused?: boolean;\n}",
      "uses": []
    },
    {
      "name": "WasmCode",
      "text": "/** The compiled code of a model, shared by its networks. */\nclass WasmCode {\n  readonly #text: string;\n  readonly #products: string;\n  #compiled: { readonly module: WasmModule; readonly fused: boolean } | null = null;\n\n  /**\n   * @param text the module's bytes in hexadecimal\n   * @param products where in them products of vectors are taken that something is added to, and where it is added: each\n   *   as a gap to the one before; `ff` is that much and no place\n   */\n  constructor(text: string, products = \"\") {\n    this.#text = text;\n    this.#products = products;\n  }\n\n  /**\n   * Compiles the code off the main thread; until then the first network compiles it where it is made. Networks that were\n   * made before keep the code that they have. @throws {RunError}\n   */\n  async ready({ fused = true }: WasmOptions = {}): Promise<{ readonly fused: boolean }> {\n    const chosen = this.#choose(fused);\n    this.#compiled = { module: await WebAssembly.compile(chosen.bytes), fused: chosen.fused };\n    return { fused: chosen.fused };\n  }\n\n  /** @throws {RunError} */\n  get module(): WasmModule {\n    if (this.#compiled === null) {\n      const { bytes, fused } = this.#choose(true);\n      this.#compiled = { module: new WebAssembly.Module(bytes), fused };\n    }\n    return this.#compiled.module;\n  }\n\n  /** The module's bytes, with fused operations if they may be and the engine has them. @throws {RunError} */\n  #choose(mayFuse: boolean): { readonly bytes: Uint8Array; readonly fused: boolean } {\n    const remedy = \"Use an engine of 2021 or later, or a module compiled for the target `ts`.\";\n    if (typeof WebAssembly === \"undefined\") throw new RunError(\"no-wasm\", \"There is no WebAssembly here.\", remedy);\n    const bytes = bytesOf(this.#text);\n    if (mayFuse && this.#products !== \"\") {\n      const fused = fuseProducts(bytes, bytesOf(this.#products));\n      if (WebAssembly.validate(fused)) return { bytes: fused, fused: true };\n    }\n    if (WebAssembly.validate(bytes)) return { bytes, fused: false };\n    throw new RunError(\"no-wasm\", \"This engine's WebAssembly has no vectors (SIMD).\", remedy);\n  }\n}",
      "uses": [
        "RunError",
        "WasmModule",
        "WasmOptions",
        "WebAssembly",
        "bytesOf",
        "fuseProducts"
      ]
    },
    {
      "name": "bytesOf",
      "text": "function bytesOf(hexadecimal: string): Uint8Array {\n  // Eight digits at a time: this runs once, where a loop is slow, and what the loop calls is not.\n  const words = new DataView(new ArrayBuffer(4 * Math.ceil(hexadecimal.length / 8)));\n  for (let k = 0; k < hexadecimal.length; k += 8) {\n    words.setUint32(k / 2, Number.parseInt(hexadecimal.slice(k, k + 8).padEnd(8, \"0\"), 16));\n  }\n  return new Uint8Array(words.buffer, 0, hexadecimal.length / 2);\n}",
      "uses": []
    },
    {
      "name": "fuseProducts",
      "text": "/** `a b mul c add` becomes `a b nop nop nop c relaxed_madd`: as many bytes, and ab + c is rounded once. */\nfunction fuseProducts(bytes: Uint8Array, products: Uint8Array): Uint8Array {\n  const fused = bytes.slice();\n  let at = 0;\n  for (const gap of products) {\n    at += gap;\n    if (gap === 255) continue;\n    // f32x4.add is fd e4 01, f64x2.add fd f0 01; the fused ones are fd 85 02 and fd 87 02. All others are products.\n    const operation = fused[at + 1];\n    if (operation === 0xe4) fused.set([0x85, 2], at + 1);\n    else if (operation === 0xf0) fused.set([0x87, 2], at + 1);\n    else fused.fill(1, at, at + 3);\n  }\n  return fused;\n}",
      "uses": []
    },
    {
      "name": "WasmTask",
      "text": "/** What a worker is told. All arrays are shared. */\ninterface WasmTask {\n  readonly module: WasmModule;\n  readonly memory: WasmMemory;\n  /** First byte of the thread's own memory, less the first thread's. */\n  readonly start: number;\n  readonly single: boolean;\n  /** First bytes in the first thread's memory. */\n  readonly lossAt: number;\n  readonly columnsAt: readonly number[];\n  /** Elements of one example in each column. */\n  readonly sizes: readonly number[];\n  readonly block: number;\n  /** Which worker this is, from 0. */\n  readonly id: number;\n  /** [number of the job, whether to end, number of the last job done by worker 0, 1, …] */\n  readonly control: Int32Array;\n  /** For each worker: its first example in `order`, the one before which it ends, the loss that it found. */\n  readonly job: Float64Array;\n  readonly order: Uint32Array;\n  readonly columns: Columns;\n}",
      "uses": [
        "Columns",
        "WasmMemory",
        "WasmModule"
      ]
    },
    {
      "name": "serveBlocks",
      "text": "/**\n * Job after job until it is told to end. It may run as the text of this very function, so it mentions nothing outside of it\n * and has no function inside.\n */\nfunction serveBlocks(task: WasmTask, ready: () => void): void {\n  const { module, memory, start, single, lossAt, columnsAt, sizes, block, id, control, job, order, columns } = task;\n  const { gradient } = new WebAssembly.Instance(module, { memory: { memory }, math: Math, thread: { start } }).exports;\n  const Numbers: new (buffer: ArrayBufferLike, at: number, length: number) => Floats = single\n    ? Float32Array\n    : Float64Array;\n  const found = new Numbers(memory.buffer, start + lossAt, 1);\n  const staged = columns.map((_, c) => {\n    return new Numbers(memory.buffer, start + (columnsAt[c] ?? 0), (sizes[c] ?? 0) * block);\n  });\n  // As `rowsOf` has it.\n  const rows = columns.map((column, c) => {\n    const size = sizes[c] ?? 0;\n    const views: NumericArray[] = [];\n    for (let at = 0; size >= 64 && at < column.length; at += size) views.push(column.subarray(at, at + size));\n    return views;\n  });\n  ready();\n  for (let seen = 0; ; ) {\n    // A job follows soon or not at all: looking is faster than being woken.\n    for (let looks = 0; looks < 20_000 && Atomics.load(control, 0) === seen; looks++);\n    Atomics.wait(control, 0, seen);\n    seen = Atomics.load(control, 0);\n    if (Atomics.load(control, 1) === 1) return;\n    const first = job[3 * id] ?? 0;\n    const end = job[3 * id + 1] ?? 0;\n    let loss = 0;\n    for (let from = first; from < end; from += block) {\n      const count = Math.min(block, end - from);\n      for (let b = 0; b < block; b++) {\n        const n = order[from + Math.min(b, count - 1)] ?? 0;\n        for (let c = 0; c < columns.length; c++) {\n          const column = columns[c];\n          const target = staged[c];\n          const size = sizes[c] ?? 0;\n          if (column === undefined || target === undefined) continue;\n          const row = rows[c]?.[n];\n          if (row !== undefined) target.set(row, b * size);\n          else for (let e = 0; e < size; e++) target[b * size + e] = column[n * size + e] ?? 0;\n        }\n      }\n      gradient?.(count);\n      loss += found[0] ?? 0;\n    }\n    job[3 * id + 2] = loss;\n    Atomics.store(control, 2 + id, seen);\n    Atomics.notify(control, 2 + id);\n  }\n}",
      "uses": [
        "Floats",
        "NumericArray",
        "WasmTask",
        "WebAssembly"
      ]
    },
    {
      "name": "serveThread",
      "text": "/** In a browser's worker: waits for a task. */\nfunction serveThread(): void {\n  addEventListener(\"message\", ({ data }) => serveBlocks(data, () => postMessage(\"ready\")));\n}",
      "uses": [
        "addEventListener",
        "postMessage",
        "serveBlocks"
      ]
    },
    {
      "name": "WasmWorker",
      "text": "/** A thread that can be ended, in Node or in a browser. */\ninterface WasmWorker {\n  terminate(): unknown;\n}",
      "uses": []
    },
    {
      "name": "process",
      "text": "declare const process:\n  | {\n      readonly getBuiltinModule?: (name: string) => {\n        readonly Worker: new (\n          text: string,\n          options: { eval: true },\n        ) => WasmWorker & {\n          postMessage(message: unknown): void;\n          on(event: \"message\" | \"error\", listener: (value: unknown) => void): void;\n          unref(): void;\n        };\n      };\n    }\n  | undefined;",
      "uses": [
        "WasmWorker"
      ]
    },
    {
      "name": "Blob",
      "text": "declare const Blob: new (parts: readonly string[], options: { type: string }) => object;",
      "uses": []
    },
    {
      "name": "URL",
      "text": "declare const URL: { createObjectURL(blob: object): string; revokeObjectURL(url: string): void };",
      "uses": []
    },
    {
      "name": "Worker",
      "text": "declare const Worker: (new (url: string) => ThreadWorker) | undefined;",
      "uses": [
        "ThreadWorker"
      ]
    },
    {
      "name": "shareOf",
      "text": "/** Of `count` examples the first that is not among the first `parts` of `threads` shares, which are whole blocks. */\nfunction shareOf(parts: number, threads: number, count: number, block: number): number {\n  const blocks = Math.ceil(count / block);\n  return Math.min(count, block * Math.floor((parts * blocks) / threads));\n}",
      "uses": []
    },
    {
      "name": "WasmTeam",
      "text": "/** Workers that wait for batches of one data set. */\nclass WasmTeam {\n  /** The columns whose examples the team has. */\n  readonly columns: Columns;\n  readonly #workers: readonly WasmWorker[];\n  readonly #tasks: readonly WasmTask[];\n  #jobs = 0;\n\n  private constructor(columns: Columns, tasks: readonly WasmTask[], workers: readonly WasmWorker[]) {\n    this.columns = columns;\n    this.#tasks = tasks;\n    this.#workers = workers;\n  }\n\n  /**\n   * Starts `size` workers. @throws {RunError} where there is no shared memory, or no worker can be had\n   * @param stride bytes from one thread's own memory to the next one's\n   * @param batch the most examples of a job\n   * @param worker makes a worker that serves; null where it is made here\n   */\n  static async start(\n    size: number,\n    task: Omit<WasmTask, \"id\" | \"start\" | \"control\" | \"job\" | \"order\" | \"columns\">,\n    stride: number,\n    columns: Columns,\n    batch: number,\n    worker: (() => ThreadWorker) | null,\n  ): Promise<WasmTeam> {\n    if (typeof SharedArrayBuffer === \"undefined\") {\n      const remedy = \"Serve the page with COOP and COEP headers, or train without `threads`.\";\n      throw new RunError(\"no-threads\", \"There is no memory that threads could share here.\", remedy);\n    }\n    const common = {\n      ...task,\n      control: new Int32Array(new SharedArrayBuffer(4 * (2 + size))),\n      job: new Float64Array(new SharedArrayBuffer(24 * size)),\n      order: new Uint32Array(new SharedArrayBuffer(4 * batch)),\n      columns: columns.map(sharedCopy),\n    };\n    const tasks = Array.from({ length: size }, (_, id): WasmTask => ({ ...common, id, start: (id + 1) * stride }));\n    return new WasmTeam(columns, tasks, await Promise.all(tasks.map((each) => startWorker(each, worker))));\n  }\n\n  /** Divides `count` examples, order[first], … (without an order, first, …), among the caller and the workers. */\n  begin(order: Uint32Array | null, first: number, count: number): void {\n    const [task] = this.#tasks;\n    if (task === undefined) return;\n    const threads = this.#tasks.length + 1;\n    for (let k = 0; k < count; k++) task.order[k] = order === null ? first + k : (order[first + k] ?? 0);\n    for (const { id, job } of this.#tasks) {\n      job[3 * id] = shareOf(id + 1, threads, count, task.block);\n      job[3 * id + 1] = shareOf(id + 2, threads, count, task.block);\n    }\n    this.#jobs++;\n    Atomics.store(task.control, 0, this.#jobs);\n    Atomics.notify(task.control, 0);\n  }\n\n  /** Waits for all, and returns the sum of their losses. */\n  end(): number {\n    let loss = 0;\n    for (const { id, control, job } of this.#tasks) {\n      awaitJob(control, 2 + id, this.#jobs);\n      loss += job[3 * id + 2] ?? 0;\n    }\n    return loss;\n  }\n\n  /** Ends the workers. */\n  dismiss(): void {\n    const [task] = this.#tasks;\n    if (task === undefined) return;\n    Atomics.store(task.control, 1, 1);\n    Atomics.store(task.control, 0, this.#jobs + 1);\n    Atomics.notify(task.control, 0);\n    for (const worker of this.#workers) worker.terminate();\n  }\n}",
      "uses": [
        "Columns",
        "RunError",
        "ThreadWorker",
        "WasmTask",
        "WasmWorker",
        "awaitJob",
        "shareOf",
        "sharedCopy",
        "startWorker"
      ]
    },
    {
      "name": "awaitJob",
      "text": "/** Returns once `control[at]` is `job`: at first by looking, then, where this thread may sleep, asleep. */\nfunction awaitJob(control: Int32Array, at: number, job: number): void {\n  let sleeps = true;\n  for (let looks = 0; ; looks++) {\n    const done = Atomics.load(control, at);\n    if (done === job) return;\n    if (looks < 20_000 || !sleeps) continue;\n    try {\n      Atomics.wait(control, at, done);\n    } catch {\n      // A browser's main thread may not sleep.\n      sleeps = false;\n    }\n  }\n}",
      "uses": []
    },
    {
      "name": "sharedCopy",
      "text": "/** The same numbers, where threads can see them. */\nfunction sharedCopy(column: NumericArray): NumericArray {\n  const buffer = new SharedArrayBuffer(column.byteLength);\n  new Uint8Array(buffer).set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));\n  if (column instanceof Float64Array) return new Float64Array(buffer);\n  if (column instanceof Float32Array) return new Float32Array(buffer);\n  if (column instanceof Int8Array) return new Int8Array(buffer);\n  if (column instanceof Uint8Array) return new Uint8Array(buffer);\n  if (column instanceof Uint8ClampedArray) return new Uint8ClampedArray(buffer);\n  if (column instanceof Int16Array) return new Int16Array(buffer);\n  if (column instanceof Uint16Array) return new Uint16Array(buffer);\n  if (column instanceof Int32Array) return new Int32Array(buffer);\n  return new Uint32Array(buffer);\n}",
      "uses": [
        "NumericArray"
      ]
    },
    {
      "name": "startWorker",
      "text": "/** A worker that is ready for jobs. @throws {RunError} */\nasync function startWorker(task: WasmTask, made: (() => ThreadWorker) | null): Promise<WasmWorker> {\n  const refuse = (reason: unknown): RunError => {\n    const remedy = \"Train without `threads`, or, where a page's policy forbids workers of `blob:`, with `worker`.\";\n    return new RunError(\"no-threads\", `A worker could not be started: ${String(reason)}.`, remedy);\n  };\n  const serve = `(${serveBlocks.toString()})`;\n  const builtin = typeof process === \"undefined\" ? undefined : process.getBuiltinModule?.(\"node:worker_threads\");\n  return new Promise((resolve, reject) => {\n    if (builtin !== undefined && made === null) {\n      const listen = `const { parentPort: port } = require(\"node:worker_threads\");`;\n      const text = `${listen} port.once(\"message\", (task) => ${serve}(task, () => port.postMessage(\"ready\")));`;\n      const worker = new builtin.Worker(text, { eval: true });\n      worker.on(\"message\", () => {\n        // A team that nobody dismisses keeps no process alive.\n        worker.unref();\n        resolve(worker);\n      });\n      worker.on(\"error\", (error) => reject(refuse(error)));\n      worker.postMessage(task);\n      return;\n    }\n    if (made === null && typeof Worker === \"undefined\") {\n      reject(refuse(\"there are none here\"));\n      return;\n    }\n    const text = `onmessage = ({ data }) => ${serve}(data, () => postMessage(\"ready\"));`;\n    const worker = made === null ? workerOf(text) : made();\n    worker.addEventListener(\"message\", () => resolve(worker));\n    worker.addEventListener(\"error\", () => reject(refuse(\"the browser refused it\")));\n    worker.postMessage(task);\n  });\n}",
      "uses": [
        "RunError",
        "ThreadWorker",
        "WasmTask",
        "WasmWorker",
        "Worker",
        "process",
        "serveBlocks",
        "workerOf"
      ]
    },
    {
      "name": "workerOf",
      "text": "/** A browser's worker that runs a text. */\nfunction workerOf(text: string): ThreadWorker {\n  const url = URL.createObjectURL(new Blob([text], { type: \"text/javascript\" }));\n  if (Worker === undefined) throw new RangeError(\"a browser has workers\");\n  const worker = new Worker(url);\n  worker.addEventListener(\"message\", () => URL.revokeObjectURL(url));\n  return worker;\n}",
      "uses": [
        "Blob",
        "ThreadWorker",
        "URL",
        "Worker"
      ]
    },
    {
      "name": "WasmSpan",
      "text": "/** Where something lies in memory: its first byte and its number of elements. */\ntype WasmSpan = readonly [at: number, length: number];",
      "uses": []
    },
    {
      "name": "WasmLayout",
      "text": "interface WasmLayout {\n  /** Pages of memory, 64 KiB each. */\n  readonly pages: number;\n  readonly p: WasmSpan;\n  readonly grad: WasmSpan;\n  readonly state: WasmSpan;\n  readonly out: WasmSpan;\n  /** Where each output lies among those of one example: first element and number of elements. */\n  readonly outputs: readonly WasmSpan[];\n  readonly metrics: WasmSpan;\n  readonly loss: WasmSpan;\n  /** For each column, where its block of examples lies; inputs before targets. */\n  readonly columns: readonly WasmSpan[];\n  /** How many of the columns are inputs. */\n  readonly inputs: number;\n  /** Examples in a block. */\n  readonly block: number;\n  /** Functions in which the examples of a block see each other: a block is a batch. */\n  readonly together?: readonly WasmRole[];\n  /** How many may share a batch, and the bytes from one's own memory to the next one's; left out for one thread. */\n  readonly threads?: { readonly team: typeof WasmTeam; readonly count: number; readonly stride: number };\n  /** By function, what is drawn before it runs. */\n  readonly noise?: Readonly<Partial<Record<WasmRole, readonly WasmNoise[]>>>;\n}",
      "uses": [
        "WasmNoise",
        "WasmRole",
        "WasmSpan",
        "WasmTeam"
      ]
    },
    {
      "name": "WasmRole",
      "text": "type WasmRole = \"forward\" | \"evaluate\" | \"gradient\" | \"step\";",
      "uses": []
    },
    {
      "name": "WasmNoise",
      "text": "/** Element k for example n is draw(seed, stream + n · stride, k). */\ninterface WasmNoise {\n  readonly draw: (seed: number, stream: number, k: number) => number;\n  readonly stream: number;\n  readonly stride: number;\n  readonly at: WasmSpan;\n}",
      "uses": [
        "WasmSpan"
      ]
    },
    {
      "name": "FloatsType",
      "text": "interface FloatsType<F extends Floats> {\n  new (length: number): F;\n  new (buffer: ArrayBufferLike, byteOffset: number, length: number): F;\n}",
      "uses": [
        "Floats"
      ]
    },
    {
      "name": "WasmUse",
      "text": "/** What an array is for: those that the code reads and writes lie in its memory. */\ntype WasmUse = \"parameters\" | \"gradient\" | \"state\";",
      "uses": []
    },
    {
      "name": "WasmNetwork",
      "text": "/** One network's memory and functions: what a definition binds. */\nclass WasmNetwork<F extends Floats> {\n  readonly #module: WasmModule;\n  readonly #memory: WasmMemory;\n  #team: WasmTeam | null = null;\n  #threads = 1;\n  readonly #floats: FloatsType<F>;\n  readonly #layout: WasmLayout;\n  readonly #run: Readonly<Record<string, WasmFunction>>;\n  readonly #p: F;\n  readonly #grad: F;\n  readonly #state: F;\n  readonly #out: F;\n  readonly #metrics: F;\n  readonly #loss: F;\n  /** Where a sum of losses is left: a number that is returned may be allocated. */\n  readonly #sum = new Float64Array(1);\n  readonly #columns: readonly F[];\n  /** Of the columns that steps have learnt from; what is looked at once is not worth views. */\n  readonly #rows = new WeakMap<Columns, Rows>();\n  readonly #noise: Readonly<Record<WasmRole, readonly { readonly noise: WasmNoise; readonly values: F }[]>>;\n\n  /** @throws {RunError} where the engine cannot run the code */\n  constructor(code: WasmCode, floats: FloatsType<F>, layout: WasmLayout) {\n    this.#module = code.module;\n    this.#floats = floats;\n    this.#layout = layout;\n    const memory = newMemory(layout.pages, layout.threads !== undefined);\n    this.#memory = memory;\n    this.#run = instantiate(this.#module, { memory: { memory }, math: Math, thread: { start: 0 } });\n    const view = ([at, length]: WasmSpan): F => new floats(memory.buffer, at, length);\n    this.#p = view(layout.p);\n    this.#grad = view(layout.grad);\n    this.#state = view(layout.state);\n    this.#out = view(layout.out);\n    this.#metrics = view(layout.metrics);\n    this.#loss = view(layout.loss);\n    this.#columns = layout.columns.map(view);\n    const drawn = (role: WasmRole) => (layout.noise?.[role] ?? []).map((noise) => ({ noise, values: view(noise.at) }));\n    this.#noise = {\n      forward: drawn(\"forward\"),\n      evaluate: drawn(\"evaluate\"),\n      gradient: drawn(\"gradient\"),\n      step: drawn(\"step\"),\n    };\n  }\n\n  /** Zeros, or the place in memory of what the code works on. */\n  readonly allocate = (length: number, use?: WasmUse): F => {\n    switch (use) {\n      case \"parameters\":\n        return this.#p;\n      case \"gradient\":\n        this.#grad.fill(0);\n        return this.#grad;\n      case \"state\":\n        return this.#state;\n      case undefined:\n        return new this.#floats(length);\n    }\n  };\n\n  readonly initialize = (_p: F, seed: number): void => {\n    this.#call(\"initialize\", seed, 0);\n  };\n\n  readonly forward = (_p: F, columns: Columns, out: F, n: number, seed: number): void => {\n    this.#stage(\"forward\", columns, this.#layout.inputs, null, n, n + 1, seed);\n    if (this.#isTogether(\"forward\")) this.#call(\"forwardAll\", 1, 0);\n    else this.#call(\"forward\", 0, 0);\n    const size = this.#out.length / this.#layout.block;\n    for (let k = 0; k < size; k++) out[n * size + k] = this.#out[k] ?? 0;\n  };\n\n  readonly forwardAll = (p: F, columns: Columns, out: F, count: number, seed: number): void => {\n    const { block, inputs, outputs } = this.#layout;\n    const width = this.#out.length / block;\n    if (this.#run[\"forwardAll\"] === undefined) {\n      for (let n = 0; n < count; n++) this.forward(p, columns, out, n, seed);\n      return;\n    }\n    for (let start = 0; start < count; start += block) {\n      const stop = Math.min(start + block, count);\n      this.#stage(\"forward\", columns, inputs, null, start, stop, seed);\n      this.#call(\"forwardAll\", stop - start, 0);\n      for (const [offset, size] of outputs) {\n        for (let n = start; n < stop; n++) {\n          const from = offset * block + (n - start) * size;\n          const to = n * width + offset;\n          for (let k = 0; k < size; k++) out[to + k] = this.#out[from + k] ?? 0;\n        }\n      }\n    }\n  };\n\n  readonly evaluate = (_p: F, columns: Columns, metrics: F, n: number, seed: number): number => {\n    this.#stage(\"evaluate\", columns, columns.length, null, n, n + 1, seed);\n    this.#call(\"evaluate\", 1, 0);\n    metrics.set(this.#metrics);\n    return this.#loss[0] ?? 0;\n  };\n\n  readonly evaluateAll = (_p: F, columns: Columns, sums: Float64Array, count: number, seed: number): number => {\n    const { block } = this.#layout;\n    let loss = 0;\n    for (let start = 0; start < count; start += block) {\n      const stop = Math.min(start + block, count);\n      this.#stage(\"evaluate\", columns, columns.length, null, start, stop, seed);\n      this.#call(\"evaluate\", stop - start, 0);\n      loss += this.#loss[0] ?? 0;\n      for (let m = 0; m < sums.length; m++) sums[m] = (sums[m] ?? 0) + (this.#metrics[m] ?? 0);\n    }\n    return loss;\n  };\n\n  // Between two steps the code's own gradient is 0, so that it can be borrowed.\n  readonly gradient = (_p: F, columns: Columns, grad: F, n: number, seed: number): number => {\n    if (grad !== this.#grad) this.#grad.set(grad);\n    this.#gradients(columns, null, n, n + 1, seed);\n    return this.#handOver(grad);\n  };\n\n  readonly gradientAll = (_p: F, columns: Columns, grad: F, count: number, seed: number): number => {\n    this.#gradients(columns, null, 0, count, seed);\n    this.#call(\"average\", count, 0);\n    return this.#handOver(grad);\n  };\n\n  readonly update = (_p: F, _grad: F, _state: F, t: number, examples: number): void => {\n    this.#call(\"update\", t, examples);\n  };\n\n  readonly step = (\n    _p: F,\n    columns: Columns,\n    _grad: F,\n    _state: F,\n    t: number,\n    batch: number,\n    first: number,\n    end: number,\n    order: Uint32Array | null,\n    total: number,\n    seed: number,\n  ): number => {\n    if (this.#isTogether(\"gradient\")) demandRoom(batch, this.#layout.block);\n    // Of an argument V8 does not know that it is a number, and would allocate each sum; nor that a step's number is below\n    // 2³¹, and would allocate each that it passes on.\n    let sum = +total;\n    if (!this.#rows.has(columns)) this.#rows.set(columns, rowsOf(columns, this.#sizes()));\n    for (let start = first, step = t | 0; start < end; start += batch, step++) {\n      const stop = Math.min(start + batch, end);\n      if (batch === 1 && this.#run[\"step\"] !== undefined) {\n        this.#stage(\"step\", columns, columns.length, order, start, stop, seed);\n        this.#call(\"step\", step, 0);\n        sum += this.#loss[0] ?? 0;\n      } else {\n        this.#sharedGradients(columns, order, start, stop, seed);\n        sum += this.#sum[0] ?? 0;\n        this.#call(\"update\", step, stop - start);\n      }\n    }\n    return sum;\n  };\n\n  /**\n   * Until it is dismissed, a team of `threads − 1` workers and this thread share the batches of the columns.\n   * @throws {RunError} where there can be no team\n   */\n  readonly recruit = async (\n    threads: number,\n    columns: Columns,\n    batch: number,\n    worker: (() => ThreadWorker) | null,\n  ): Promise<() => void> => {\n    const { threads: most, loss, columns: spans, block } = this.#layout;\n    if (most === undefined || threads > most.count) {\n      const message = `This network was compiled for ${most?.count ?? 1} threads, not ${threads}.`;\n      throw new RunError(\"no-threads\", message, `Compile it with \\`--threads ${threads}\\`, or ask for fewer.`);\n    }\n    const task = {\n      module: this.#module,\n      memory: this.#memory,\n      single: this.#p instanceof Float32Array,\n      lossAt: loss[0],\n      columnsAt: spans.map(([at]) => at),\n      sizes: this.#sizes(),\n      block,\n    };\n    const team = await most.team.start(threads - 1, task, most.stride, columns, batch, worker);\n    this.#team = team;\n    this.#threads = threads;\n    return () => {\n      this.#team = null;\n      team.dismiss();\n    };\n  };\n\n  /** Moves the gradient to where it is wanted; returns the sum of the losses. */\n  #handOver(grad: F): number {\n    if (grad !== this.#grad) {\n      grad.set(this.#grad);\n      this.#grad.fill(0);\n    }\n    return this.#sum[0] ?? 0;\n  }\n\n  /** The same by all threads: each has a stretch of whole blocks, this one the first. */\n  #sharedGradients(columns: Columns, order: Uint32Array | null, first: number, end: number, seed: number): void {\n    const team = this.#team;\n    if (team === null || team.columns !== columns || end - first <= this.#layout.block) {\n      this.#gradients(columns, order, first, end, seed);\n      return;\n    }\n    const own = shareOf(1, this.#threads, end - first, this.#layout.block);\n    team.begin(order, first, end - first);\n    this.#gradients(columns, order, first, first + own, seed);\n    this.#sum[0] = (this.#sum[0] ?? 0) + team.end();\n    this.#call(\"collect\", 0, 0);\n  }\n\n  /** Adds the gradients of examples to `#grad`, and leaves the sum of their losses in `#sum`. */\n  #gradients(columns: Columns, order: Uint32Array | null, first: number, end: number, seed: number): void {\n    const { block } = this.#layout;\n    let loss = 0;\n    for (let start = first; start < end; start += block) {\n      const stop = Math.min(start + block, end);\n      this.#stage(\"gradient\", columns, columns.length, order, start, stop, seed);\n      this.#call(\"gradient\", stop - start, 0);\n      loss += this.#loss[0] ?? 0;\n    }\n    this.#sum[0] = loss;\n  }\n\n  /**\n   * Fills the block with the examples order[first], …, order[end − 1] (without an order, first, …, end − 1), and draws\n   * their noise. What is left of the block repeats the last: it counts for nothing, but must be numbers that the network\n   * can be applied to.\n   */\n  #stage(\n    role: WasmRole,\n    columns: Columns,\n    count: number,\n    order: Uint32Array | null,\n    first: number,\n    end: number,\n    seed: number,\n  ): void {\n    const { block } = this.#layout;\n    const rows = this.#rows.get(columns);\n    for (let c = 0; c < count; c++) {\n      const column = columns[c];\n      const staged = this.#columns[c];\n      if (column === undefined || staged === undefined) continue;\n      const size = staged.length / block;\n      // What is looked at once is copied as a whole, where that is worth a view of it.\n      if (rows === undefined && order === null && (end - first) * size >= leastRow) {\n        const [from, to] = [first * size, end * size];\n        staged.set(to - from === column.length ? column : column.subarray(from, to));\n        for (let b = end - first; b < block; b++) staged.copyWithin(b * size, to - from - size, to - from);\n        continue;\n      }\n      const views = rows?.[c];\n      for (let b = 0; b < block; b++) {\n        const k = Math.min(first + b, end - 1);\n        const n = order === null ? k : (order[k] ?? 0);\n        const row = views?.[n];\n        if (row !== undefined) staged.set(row, b * size);\n        else for (let e = 0; e < size; e++) staged[b * size + e] = column[n * size + e] ?? 0;\n      }\n    }\n    if (this.#noise[role].length > 0) this.#draw(role, order, first, end, seed);\n  }\n\n  /** The noise of a block of examples. */\n  #draw(role: WasmRole, order: Uint32Array | null, first: number, end: number, seed: number): void {\n    const { block } = this.#layout;\n    const together = this.#isTogether(role);\n    // What examples see of each other depends on the batch that they stand in, and so do draws: by row.\n    const drawn = together ? seedOfPass(seed, first) : seed;\n    for (const { noise, values } of this.#noise[role]) {\n      const size = values.length / block;\n      for (let b = 0; b < block; b++) {\n        const k = Math.min(first + b, end - 1);\n        const stream = noise.stream + (together ? b : order === null ? k : (order[k] ?? 0)) * noise.stride;\n        for (let e = 0; e < size; e++) values[b * size + e] = noise.draw(drawn, stream, e);\n      }\n    }\n  }\n\n  /** Elements of one example in each column. */\n  #sizes(): readonly number[] {\n    const { columns, block } = this.#layout;\n    return columns.map(([, length]) => length / block);\n  }\n\n  #isTogether(role: WasmRole): boolean {\n    return this.#layout.together?.includes(role) ?? false;\n  }\n\n  /** Runs a function, which leaves its loss in memory. */\n  #call(name: string, x: number, y: number): void {\n    this.#run[name]?.(x, y);\n  }\n}",
      "uses": [
        "Columns",
        "Floats",
        "FloatsType",
        "Rows",
        "RunError",
        "ThreadWorker",
        "WasmCode",
        "WasmFunction",
        "WasmLayout",
        "WasmMemory",
        "WasmModule",
        "WasmNoise",
        "WasmRole",
        "WasmSpan",
        "WasmTeam",
        "WasmUse",
        "demandRoom",
        "instantiate",
        "leastRow",
        "newMemory",
        "rowsOf",
        "seedOfPass",
        "shareOf"
      ]
    }
  ],
  js: [
    {
      "name": "Tensor",
      "text": "/** A tensor whose elements lie in `values` in row-major order. */\nclass Tensor {\n  shape;\n  /** Where the elements lie: what is written here is written into the tensor. */\n  values;\n  constructor(values, shape) {\n    this.values = values;\n    this.shape = shape;\n  }\n  /** The element at one index per axis. @throws {RangeError} outside the tensor. */\n  at(...index) {\n    return this.values[flatIndex(this.shape, index)] ?? Number.NaN;\n  }\n}",
      "uses": [
        "flatIndex"
      ]
    },
    {
      "name": "tensor",
      "text": "/** A view of `shape` on the elements of `values` from `offset` on. */\nfunction tensor(values, shape) {\n  return new Tensor(values, shape);\n}",
      "uses": [
        "Tensor"
      ]
    },
    {
      "name": "sizeOf",
      "text": "function sizeOf(shape) {\n  return shape.reduce((product, extent) => product * extent, 1);\n}",
      "uses": []
    },
    {
      "name": "divide",
      "text": "function divide(values, divisor) {\n  for (let k = 0; k < values.length; k++) values[k] = (values[k] ?? 0) / divisor;\n}",
      "uses": []
    },
    {
      "name": "flatIndex",
      "text": "/** Row-major position of an index. @throws {RangeError} outside the shape. */\nfunction flatIndex(shape, index) {\n  let position = 0;\n  for (const [axis, extent] of shape.entries()) {\n    const i = index[axis];\n    if (i === undefined || !Number.isInteger(i) || i < 0 || i >= extent) {\n      throw new RangeError(`[${index.join(\", \")}] lies outside a tensor of shape [${shape.join(\", \")}]`);\n    }\n    position = position * extent + i;\n  }\n  return position;\n}",
      "uses": []
    },
    {
      "name": "AdjointError",
      "text": "class AdjointError extends Error {\n  name = \"AdjointError\";\n  /** Stable: programs may depend on it. */\n  code;\n  /** What would put it right, one sentence. */\n  remedy;\n  constructor(code, message, remedy) {\n    super(`${message} ${remedy}`);\n    this.code = code;\n    this.remedy = remedy;\n  }\n}",
      "uses": []
    },
    {
      "name": "DataError",
      "text": "/** Data that a network refuses. */\nclass DataError extends AdjointError {\n  name = \"DataError\";\n  /** The input or target concerned. */\n  port;\n  /** The example concerned, counted from 0; null where it is no single one. */\n  example;\n  constructor(code, port, example, message, remedy) {\n    super(code, message, remedy);\n    this.port = port;\n    this.example = example;\n  }\n}",
      "uses": [
        "AdjointError"
      ]
    },
    {
      "name": "FileError",
      "text": "/** Bytes that are no safetensors file, or not one of this network. */\nclass FileError extends AdjointError {\n  name = \"FileError\";\n}",
      "uses": [
        "AdjointError"
      ]
    },
    {
      "name": "RunError",
      "text": "/** A run that cannot be started as asked. */\nclass RunError extends AdjointError {\n  name = \"RunError\";\n}",
      "uses": [
        "AdjointError"
      ]
    },
    {
      "name": "readDataset",
      "text": "/**\n * Reads any number of examples of every port from an object with a member for each.\n * @throws {DataError} naming the port, the example (counted from 0) and the remedy.\n */\nfunction readDataset(ports, data) {\n  const supplied = membersOf(ports, data);\n  const columns = ports.map((port, k) => readColumn(port, supplied[k]));\n  const [firstPort, firstColumn] = [ports[0], columns[0]];\n  if (firstPort === undefined || firstColumn === undefined) return { count: 1, columns };\n  const count = firstColumn.length / sizeOf(firstPort.shape);\n  for (const [k, port] of ports.entries()) {\n    const other = (columns[k]?.length ?? 0) / sizeOf(port.shape);\n    if (other === 0) {\n      throw new DataError(\"empty\", port.name, null, `\\`${port.name}\\` has no examples.`, \"Supply at least one.\");\n    }\n    if (other !== count) {\n      throw new DataError(\n        \"unequal-lengths\",\n        port.name,\n        null,\n        `\\`${firstPort.name}\\` has ${examples(count)}, \\`${port.name}\\` has ${examples(other)}.`,\n        \"Supply as many of one as of the other.\",\n      );\n    }\n  }\n  return { count, columns };\n}",
      "uses": [
        "DataError",
        "examples",
        "membersOf",
        "readColumn",
        "sizeOf"
      ]
    },
    {
      "name": "fingerprintOf",
      "text": "/**\n * The number of examples and a hash of them, to tell data from others by accident, not by malice. The hash is MurmurHash3\n * (A. Appleby, public domain), 32 bits, over the numbers' bits as float64, whatever the type of the arrays.\n */\nfunction fingerprintOf({ count, columns }) {\n  let hash = 0;\n  const number = new Float64Array(1);\n  const words = new Uint32Array(number.buffer);\n  for (const column of columns) {\n    for (let k = 0; k < column.length; k++) {\n      number[0] = column[k] ?? 0;\n      for (let half = 0; half < 2; half++) {\n        const scrambled = Math.imul(words[half] ?? 0, 0xcc9e2d51);\n        hash ^= Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593);\n        hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;\n      }\n    }\n  }\n  return `${count} examples, ${(hash >>> 0).toString(16).padStart(8, \"0\")}`;\n}",
      "uses": []
    },
    {
      "name": "readExample",
      "text": "/** Reads one example of every port; a caller's own flat array is used where it lies. @throws {DataError} */\nfunction readExample(ports, data) {\n  const supplied = membersOf(ports, data);\n  return ports.map((port, k) => {\n    const [value, size] = [supplied[k], sizeOf(port.shape)];\n    if (isNumericArray(value) && value.length === size && admitsAll(port, value)) return value;\n    const column = new Float64Array(size);\n    readOne(port, value, column, 0, null);\n    return column;\n  });\n}",
      "uses": [
        "admitsAll",
        "isNumericArray",
        "membersOf",
        "readOne",
        "sizeOf"
      ]
    },
    {
      "name": "membersOf",
      "text": "function membersOf(ports, data) {\n  if (typeof data !== \"object\" || data === null) {\n    const names = listOf(ports);\n    throw new DataError(\n      \"missing-column\",\n      ports[0]?.name ?? \"\",\n      null,\n      \"The data are no object.\",\n      `Supply { ${names} }.`,\n    );\n  }\n  const members = new Map(Object.entries(data));\n  const extra = [...members.keys()].find((name) => !ports.some((port) => port.name === name));\n  const missing = ports.find((port) => !members.has(port.name));\n  if (missing !== undefined) {\n    const hint = extra === undefined ? \"\" : ` (there is an unknown \\`${extra}\\`)`;\n    throw new DataError(\n      \"missing-column\",\n      missing.name,\n      null,\n      `\\`${missing.name}\\` is missing${hint}.`,\n      `Supply ${listOf(ports)}.`,\n    );\n  }\n  if (extra !== undefined) {\n    throw new DataError(\n      \"extra-column\",\n      extra,\n      null,\n      `\\`${extra}\\` is neither an input nor a target asked for here.`,\n      `Supply ${listOf(ports)} and nothing else.`,\n    );\n  }\n  return ports.map((port) => members.get(port.name));\n}",
      "uses": [
        "DataError",
        "listOf"
      ]
    },
    {
      "name": "readColumn",
      "text": "function readColumn(port, value) {\n  const size = sizeOf(port.shape);\n  if (isNumericArray(value)) {\n    if (value.length % size !== 0) {\n      throw new DataError(\n        \"wrong-shape\",\n        port.name,\n        null,\n        `\\`${port.name}\\` has ${numbers(value.length)}, which is no multiple of the ${size} of one example.`,\n        `Supply ${describe(port)} for each example, one after another.`,\n      );\n    }\n    if (admitsAll(port, value)) return value;\n    for (let k = 0; k < value.length; k++) {\n      if (!admits(port, value[k])) throw badNumber(port, value[k], Math.floor(k / size), k % size);\n    }\n    return value;\n  }\n  if (!Array.isArray(value)) {\n    throw new DataError(\n      \"wrong-shape\",\n      port.name,\n      null,\n      `\\`${port.name}\\` is ${kindOf(value)}, not a list of examples.`,\n      `Supply an array with ${describe(port)} for each example.`,\n    );\n  }\n  const column = new Float64Array(value.length * size);\n  for (let n = 0; n < value.length; n++) readOne(port, value[n], column, n * size, n);\n  return column;\n}",
      "uses": [
        "DataError",
        "admits",
        "admitsAll",
        "badNumber",
        "describe",
        "isNumericArray",
        "kindOf",
        "numbers",
        "readOne",
        "sizeOf"
      ]
    },
    {
      "name": "readOne",
      "text": "/** Reads one example into `column` from `at` on; `example` is its number, null where there is only one. */\nfunction readOne(port, value, column, at, example) {\n  const size = sizeOf(port.shape);\n  if (isNumericArray(value) || (Array.isArray(value) && value.every((item) => typeof item === \"number\"))) {\n    // Flat and row-major, which for a vector is the only way there is.\n    if (value.length !== size) throw wrongShape(port, example, `has ${numbers(value.length)}`);\n    for (let k = 0; k < size; k++) column[at + k] = checkNumber(port, value[k], example, k);\n    return;\n  }\n  if (!Array.isArray(value) && size === 1 && port.shape.length <= 1) {\n    column[at] = checkNumber(port, value, example, 0);\n    return;\n  }\n  let written = 0;\n  // Recursion as deep as the port's rank, which the model fixes.\n  const descend = (item, axis) => {\n    const extent = port.shape[axis];\n    if (extent === undefined) {\n      column[at + written] = checkNumber(port, item, example, written);\n      written++;\n      return;\n    }\n    if (!Array.isArray(item) && !isNumericArray(item))\n      throw wrongShape(port, example, `has ${kindOf(item)} at axis ${axis}`);\n    if (item.length !== extent) throw wrongShape(port, example, `has length ${item.length} along axis ${axis}`);\n    for (let k = 0; k < extent; k++) descend(item[k], axis + 1);\n  };\n  descend(value, 0);\n}",
      "uses": [
        "checkNumber",
        "isNumericArray",
        "kindOf",
        "numbers",
        "sizeOf",
        "wrongShape"
      ]
    },
    {
      "name": "wrongShape",
      "text": "function wrongShape(port, example, finding) {\n  const message = `\\`${port.name}\\`${ofExample(example)} ${finding}.`;\n  return new DataError(\"wrong-shape\", port.name, example, message, `Supply ${describe(port)} for each example.`);\n}",
      "uses": [
        "DataError",
        "describe",
        "ofExample"
      ]
    },
    {
      "name": "checkNumber",
      "text": "function checkNumber(port, value, example, element) {\n  if (admits(port, value)) return value;\n  throw badNumber(port, value, example, element);\n}",
      "uses": [
        "admits",
        "badNumber"
      ]
    },
    {
      "name": "admits",
      "text": "function admits({ classes }, value) {\n  if (typeof value !== \"number\") return false;\n  return classes === null ? Number.isFinite(value) : Number.isInteger(value) && value >= 0 && value < classes;\n}",
      "uses": []
    },
    {
      "name": "admitsAll",
      "text": "/**\n * Whether real numbers are finite, all of them; of classes nothing is known. The engine looks for three numbers faster than\n * a loop over all does, and without having to compile one.\n */\nfunction admitsAll({ classes }, values) {\n  return classes === null && ![Number.NaN, Infinity, -Infinity].some((bad) => values.includes(bad));\n}",
      "uses": []
    },
    {
      "name": "badNumber",
      "text": "/** The refusal of a value that the port does not admit. */\nfunction badNumber(port, value, example, element) {\n  const place = `\\`${port.name}\\`${elementName(port, element)}${ofExample(example)}`;\n  if (typeof value !== \"number\") {\n    const remedy = \"Supply a number; text has to be converted before.\";\n    return new DataError(\"not-a-number\", port.name, example, `${place} is ${kindOf(value)}.`, remedy);\n  }\n  if (!Number.isFinite(value)) {\n    const remedy = \"Leave the example out or fill in the value.\";\n    return new DataError(\"not-finite\", port.name, example, `${place} is ${value}.`, remedy);\n  }\n  const remedy = `Supply a class, a whole number from 0 to ${(port.classes ?? 0) - 1}.`;\n  const code = Number.isInteger(value) ? \"class-out-of-range\" : \"class-not-whole\";\n  return new DataError(code, port.name, example, `${place} is ${value}.`, remedy);\n}",
      "uses": [
        "DataError",
        "elementName",
        "kindOf",
        "ofExample"
      ]
    },
    {
      "name": "isNumericArray",
      "text": "function isNumericArray(value) {\n  return (\n    ArrayBuffer.isView(value) &&\n    !(value instanceof DataView) &&\n    !(value instanceof BigInt64Array) &&\n    !(value instanceof BigUint64Array)\n  );\n}",
      "uses": []
    },
    {
      "name": "elementName",
      "text": "function elementName(port, element) {\n  if (port.shape.length === 0) return \"\";\n  const index = [];\n  let rest = element;\n  for (const extent of port.shape.toReversed()) {\n    index.unshift(rest % extent);\n    rest = Math.floor(rest / extent);\n  }\n  return `[${index.join(\", \")}]`;\n}",
      "uses": []
    },
    {
      "name": "ofExample",
      "text": "function ofExample(example) {\n  return example === null ? \"\" : ` of example ${example}`;\n}",
      "uses": []
    },
    {
      "name": "describe",
      "text": "function describe(port) {\n  const what = port.classes === null ? \"number\" : \"class\";\n  if (port.shape.length === 0) return `one ${what}`;\n  return `${port.shape.join(\" × \")} ${sizeOf(port.shape) === 1 ? what : what === \"class\" ? \"classes\" : \"numbers\"}`;\n}",
      "uses": [
        "sizeOf"
      ]
    },
    {
      "name": "examples",
      "text": "function examples(count) {\n  return count === 1 ? \"1 example\" : `${count} examples`;\n}",
      "uses": []
    },
    {
      "name": "numbers",
      "text": "function numbers(count) {\n  return count === 1 ? \"1 number\" : `${count} numbers`;\n}",
      "uses": []
    },
    {
      "name": "listOf",
      "text": "function listOf(ports) {\n  return ports.map((port) => `\\`${port.name}\\``).join(\", \");\n}",
      "uses": []
    },
    {
      "name": "kindOf",
      "text": "function kindOf(value) {\n  if (value === null) return \"null\";\n  if (value === undefined) return \"missing\";\n  if (Array.isArray(value)) return \"an array\";\n  if (typeof value === \"string\") return `the text ${JSON.stringify(value.slice(0, 40))}`;\n  if (typeof value === \"number\") return `the number ${value}`;\n  return typeof value === \"object\" ? \"an object\" : `a ${typeof value}`;\n}",
      "uses": []
    },
    {
      "name": "fitNormalisation",
      "text": "/**\n * The scaling of every input of real numbers that the data have. An element that is the same in all examples becomes 0.\n * @throws {DataError} @throws {RunError} for an unknown kind, or data without such an input.\n */\nfunction fitNormalisation(ports, data, kind) {\n  if (kind !== \"standard\" && kind !== \"range\") {\n    throw new RunError(\"bad-option\", `The normalisation is ${JSON.stringify(kind)}.`, \"Use `standard` or `range`.\");\n  }\n  const chosen = ports.filter(({ name, classes }) => classes === null && Object.hasOwn(data, name));\n  if (chosen.length === 0) {\n    throw new RunError(\"bad-option\", \"The data have no input of real numbers to normalise.\", \"Supply one.\");\n  }\n  const members = new Map(Object.entries(data));\n  const supplied = Object.fromEntries(chosen.map(({ name }) => [name, members.get(name)]));\n  const { columns, count } = readDataset(chosen, supplied);\n  return new Map(\n    chosen.map(({ name, shape }, k) => {\n      const [column, size] = [columns[k] ?? new Float64Array(), sizeOf(shape)];\n      return [name, kind === \"standard\" ? fitStandard(column, count, size) : fitRange(column, size)];\n    }),\n  );\n}",
      "uses": [
        "RunError",
        "fitRange",
        "fitStandard",
        "readDataset",
        "sizeOf"
      ]
    },
    {
      "name": "fitStandard",
      "text": "/** shift = mean, scale = 1 / √(mean of the squared distances from it). */\nfunction fitStandard(column, count, size) {\n  const [shift, scale] = [new Float64Array(size), new Float64Array(size)];\n  for (let k = 0; k < column.length; k++) shift[k % size] = (shift[k % size] ?? 0) + (column[k] ?? 0) / count;\n  for (let k = 0; k < column.length; k++) {\n    scale[k % size] = (scale[k % size] ?? 0) + ((column[k] ?? 0) - (shift[k % size] ?? 0)) ** 2 / count;\n  }\n  return { shift, scale: scale.map((variance) => inverse(Math.sqrt(variance))) };\n}",
      "uses": [
        "inverse"
      ]
    },
    {
      "name": "fitRange",
      "text": "/** shift = least, scale = 1 / (greatest − least). */\nfunction fitRange(column, size) {\n  const [least, greatest] = [new Float64Array(column.slice(0, size)), new Float64Array(column.slice(0, size))];\n  for (let k = size; k < column.length; k++) {\n    const value = column[k] ?? 0;\n    least[k % size] = Math.min(least[k % size] ?? value, value);\n    greatest[k % size] = Math.max(greatest[k % size] ?? value, value);\n  }\n  return { shift: least, scale: greatest.map((value, k) => inverse(value - (least[k] ?? value))) };\n}",
      "uses": [
        "inverse"
      ]
    },
    {
      "name": "inverse",
      "text": "/** 1 / x; 1 where that is too large for a float64, as for 0. */\nfunction inverse(x) {\n  return Number.isFinite(1 / x) ? 1 / x : 1;\n}",
      "uses": []
    },
    {
      "name": "readNormalised",
      "text": "/** {@link readDataset}, as the network takes it. A caller's own arrays stay as they are. @throws {DataError} */\nfunction readNormalised(ports, data, normalisation) {\n  const { columns, count } = readDataset(ports, data);\n  return { columns: normalise(ports, columns, normalisation), count };\n}",
      "uses": [
        "normalise",
        "readDataset"
      ]
    },
    {
      "name": "readNormalisedExample",
      "text": "/** {@link readExample}, as the network takes it. @throws {DataError} */\nfunction readNormalisedExample(ports, data, normalisation) {\n  return normalise(ports, readExample(ports, data), normalisation);\n}",
      "uses": [
        "normalise",
        "readExample"
      ]
    },
    {
      "name": "normalise",
      "text": "function normalise(ports, columns, normalisation) {\n  return columns.map((column, k) => {\n    const scaling = normalisation.get(ports[k]?.name ?? \"\");\n    if (scaling === undefined) return column;\n    const normalised = new Float64Array(column);\n    for (let from = 0; from < normalised.length; from += scaling.shift.length) scaleExample(normalised, from, scaling);\n    return normalised;\n  });\n}",
      "uses": [
        "scaleExample"
      ]
    },
    {
      "name": "normaliseExample",
      "text": "/** One example of a column, from `from` on, in place. */\nfunction normaliseExample({ name }, column, from, normalisation) {\n  const scaling = normalisation.get(name);\n  if (scaling !== undefined) scaleExample(column, from, scaling);\n}",
      "uses": [
        "scaleExample"
      ]
    },
    {
      "name": "scaleExample",
      "text": "function scaleExample(column, from, scaling) {\n  const { shift, scale: factor } = scaling;\n  for (let k = 0; k < shift.length; k++) {\n    column[from + k] = ((column[from + k] ?? 0) - (shift[k] ?? 0)) * (factor[k] ?? 1);\n  }\n}",
      "uses": []
    },
    {
      "name": "parity",
      "text": "/** The key schedule's parity constant (Skein's C240, its low word). */\nconst parity = 0x1bd11bda;",
      "uses": []
    },
    {
      "name": "orderTag",
      "text": "/** What keeps the orders of examples apart from the draws of `uniform` and `normal`: a bit of the key that no seed reaches. */\nconst orderTag = 1 << 31;",
      "uses": []
    },
    {
      "name": "passTag",
      "text": "/** What keeps the seeds of passes apart from both: another such bit. */\nconst passTag = 1 << 30;",
      "uses": []
    },
    {
      "name": "attemptTag",
      "text": "/** What keeps the attempts of `normal` apart: the lowest bit of the key's second word that no seed reaches. */\nconst attemptTag = 1 << 21;",
      "uses": []
    },
    {
      "name": "twoTo32",
      "text": "const twoTo32 = 2 ** 32;",
      "uses": []
    },
    {
      "name": "twoTo52",
      "text": "const twoTo52 = 2 ** 52;",
      "uses": []
    },
    {
      "name": "twoTo53",
      "text": "const twoTo53 = 2 ** 53;",
      "uses": []
    },
    {
      "name": "threefry",
      "text": "/**\n * One block for the key (k0, k1) and the counter (c0, c1), all 32-bit words: of its two output words, the first 26 bits of\n * one followed by the first 27 of the other, as a whole number below 2⁵³. One number and no array, so nothing is allocated.\n *\n * Rounds rotate by 13, 15, 26, 6, 17, 29, 16, 24, again and again; the key is injected after every fourth.\n */\nfunction threefry(k0, k1, c0, c1) {\n  const k2 = parity ^ k0 ^ k1;\n  let a = (c0 + k0) | 0;\n  let b = (c1 + k1) | 0;\n  // Injection j adds key words j and j + 1 (mod 3), and j itself to the second word.\n  let s = k0;\n  let t = k1;\n  let u = k2;\n  for (let injection = 1; injection <= 5; injection++) {\n    if (injection % 2 === 1) {\n      a = (a + b) | 0;\n      b = ((b << 13) | (b >>> 19)) ^ a;\n      a = (a + b) | 0;\n      b = ((b << 15) | (b >>> 17)) ^ a;\n      a = (a + b) | 0;\n      b = ((b << 26) | (b >>> 6)) ^ a;\n      a = (a + b) | 0;\n      b = ((b << 6) | (b >>> 26)) ^ a;\n    } else {\n      a = (a + b) | 0;\n      b = ((b << 17) | (b >>> 15)) ^ a;\n      a = (a + b) | 0;\n      b = ((b << 29) | (b >>> 3)) ^ a;\n      a = (a + b) | 0;\n      b = ((b << 16) | (b >>> 16)) ^ a;\n      a = (a + b) | 0;\n      b = ((b << 24) | (b >>> 8)) ^ a;\n    }\n    const first = s;\n    s = t;\n    t = u;\n    u = first;\n    a = (a + s) | 0;\n    b = (b + t + injection) | 0;\n  }\n  return (a >>> 6) * 2 ** 27 + (b >>> 5);\n}",
      "uses": [
        "parity"
      ]
    },
    {
      "name": "uniform",
      "text": "/** Draw `k` of stream `stream` under `seed`: uniform on [0, 1), all 53 bits random. */\nfunction uniform(seed, stream, k) {\n  return threefry(seed | 0, (seed / twoTo32) | 0, k | 0, stream | 0) / twoTo53;\n}",
      "uses": [
        "threefry",
        "twoTo32",
        "twoTo53"
      ]
    },
    {
      "name": "normal",
      "text": "/**\n * Draw `k` of stream `stream` under `seed`: standard normal, by Marsaglia's polar method. Draws 2j and 2j + 1 are u and v\n * times √(−2 log(s) / s), for the first point (u, v) of a sequence uniform on the square (−1, 1)² that lies in the unit\n * disc, s = u² + v². Its arithmetic is + − × ÷ √ alone, which every engine rounds alike.\n *\n * Source: G. Marsaglia, T. A. Bray, \"A convenient method for generating normal variables\", SIAM Review 6 (1964).\n */\nfunction normal(seed, stream, k) {\n  const even = k - (k % 2);\n  const high = (seed / twoTo32) | 0;\n  // More than one attempt in five misses the disc; each has a key of its own, by bits that neither seeds nor orders use.\n  for (let attempt = high; ; attempt += attemptTag) {\n    const u = threefry(seed | 0, attempt, even | 0, stream | 0) / twoTo52 - 1;\n    const v = threefry(seed | 0, attempt, (even + 1) | 0, stream | 0) / twoTo52 - 1;\n    const s = u * u + v * v;\n    if (s > 0 && s < 1) return (k === even ? u : v) * Math.sqrt((-2 * logarithm(s)) / s);\n  }\n}",
      "uses": [
        "attemptTag",
        "logarithm",
        "threefry",
        "twoTo32",
        "twoTo52"
      ]
    },
    {
      "name": "logarithm",
      "text": "/**\n * log x for 0 < x < 1: x = 2ᵉ m with √½ ≤ m < √2, and log m = 2 artanh(t) = 2 (t + t³/3 + t⁵/5 + …), t = (m − 1) / (m + 1),\n * where |t| < 0.172, so that twelve terms leave less than the rounding. `Math.log` differs between engines.\n */\nfunction logarithm(x) {\n  let m = x;\n  let e = 0;\n  for (; m < Math.SQRT1_2; m *= 2) e--;\n  const t = (m - 1) / (m + 1);\n  let sum = 0;\n  for (let n = 23; n > 0; n -= 2) sum = sum * t * t + 1 / n;\n  return e * Math.LN2 + 2 * t * sum;\n}",
      "uses": []
    },
    {
      "name": "seedOfPass",
      "text": "/**\n * The seed of what a run draws inside the network in pass number `pass` over its data. Under it every example has streams of\n * its own, so that the draws depend on neither the order of the examples nor their batches.\n */\nfunction seedOfPass(seed, pass) {\n  return threefry(seed | 0, (seed / twoTo32) | passTag, pass | 0, 0);\n}",
      "uses": [
        "passTag",
        "threefry",
        "twoTo32"
      ]
    },
    {
      "name": "permutation",
      "text": "/**\n * Fills order[first], …, order[end − 1] with a permutation of 0 … n − 1 (n = end − first) that `seed` and `epoch` decide:\n * Fisher and Yates' shuffle with one draw per position. A draw below 2⁵³ picks among at most 2³² places, so no place is\n * favoured by more than 2⁻²¹.\n */\nfunction permutation(seed, epoch, order, first = 0, end = order.length) {\n  for (let k = first; k < end; k++) order[k] = k - first;\n  for (let k = end - first - 1; k > 0; k--) {\n    const draw = threefry(seed | 0, (seed / twoTo32) | orderTag, k, epoch | 0) / twoTo53;\n    const other = first + Math.floor(draw * (k + 1));\n    const kept = order[first + k] ?? 0;\n    order[first + k] = order[other] ?? 0;\n    order[other] = kept;\n  }\n}",
      "uses": [
        "orderTag",
        "threefry",
        "twoTo32",
        "twoTo53"
      ]
    },
    {
      "name": "checkSeed",
      "text": "/** A seed is a whole number from 0 to 2⁵³ − 1. @throws {RunError} for any other. */\nfunction checkSeed(seed) {\n  if (Number.isSafeInteger(seed) && seed >= 0) return seed;\n  throw new RunError(\"bad-option\", `The seed is ${seed}.`, \"Use a whole number from 0 to 2^53 - 1.\");\n}",
      "uses": [
        "RunError"
      ]
    },
    {
      "name": "augmentTag",
      "text": "/** What keeps these draws apart from all others of a run: a bit of the key that no seed reaches. */\nconst augmentTag = 1 << 29;",
      "uses": []
    },
    {
      "name": "Augmentation",
      "text": "class Augmentation {\n  /** What the steps read: of each example what was last made of it, normalised. */\n  columns;\n  #ports;\n  #original;\n  #augment;\n  #normalisation;\n  #seed;\n  /**\n   * @param original as the caller has the data\n   * @param normalised as the network takes them\n   */\n  constructor(ports, original, normalised, augment, normalisation, seed) {\n    if (typeof augment !== \"function\") {\n      throw new RunError(\"bad-option\", \"`augment` is no function.\", \"Give one from an example to what replaces it.\");\n    }\n    this.columns = normalised.columns.map((column) => new Float64Array(column));\n    this.#ports = ports;\n    this.#original = original;\n    this.#augment = augment;\n    this.#normalisation = normalisation;\n    this.#seed = seed;\n  }\n  /** Makes the examples order[first], …, order[end − 1] anew for a visit in `epoch`. @throws {DataError} for what they become */\n  refresh(order, first, end, epoch) {\n    const seed = threefry(this.#seed | 0, (this.#seed / 2 ** 32) | augmentTag, epoch | 0, 0);\n    for (let k = first; k < end; k++) this.#refreshOne(order[k] ?? 0, seed);\n  }\n  #refreshOne(n, seed) {\n    const example = new Map();\n    for (const [c, { name, shape }] of this.#ports.entries()) {\n      const size = sizeOf(shape);\n      const column = this.#original.columns[c] ?? new Float64Array();\n      example.set(name, new Float64Array(column.slice(n * size, (n + 1) * size)));\n    }\n    // What the function is given has the members that its type says: those of the data.\n    const given = Object.fromEntries(example);\n    const made = this.#augment(given, drawsOf(seed, n));\n    if (typeof made !== \"object\" || made === null) throw refused(\"\", n, \"`augment` returned no object\");\n    const members = new Map(Object.entries(made));\n    for (const name of members.keys()) {\n      if (!example.has(name)) throw refused(name, n, `\\`augment\\` returned \\`${name}\\`, which the data have not`);\n    }\n    for (const [c, port] of this.#ports.entries()) {\n      const column = this.columns[c];\n      const size = sizeOf(port.shape);\n      if (column === undefined || !members.has(port.name)) continue;\n      readOne(port, members.get(port.name), column, n * size, n);\n      normaliseExample(port, column, n * size, this.#normalisation);\n    }\n  }\n}",
      "uses": [
        "RunError",
        "augmentTag",
        "drawsOf",
        "normaliseExample",
        "readOne",
        "refused",
        "sizeOf",
        "threefry"
      ]
    },
    {
      "name": "refused",
      "text": "function refused(port, n, message) {\n  return new DataError(\"extra-column\", port, n, `${message}, of example ${n}.`, \"Return what replaces it, by name.\");\n}",
      "uses": [
        "DataError"
      ]
    },
    {
      "name": "drawsOf",
      "text": "/** Uniform and normal draws have streams of their own, as equal places of one would agree in their bits. */\nfunction drawsOf(seed, n) {\n  let [uniforms, normals] = [0, 0];\n  return {\n    uniform: () => uniform(seed, 2 * n, uniforms++),\n    normal: () => normal(seed, 2 * n + 1, normals++),\n  };\n}",
      "uses": [
        "normal",
        "uniform"
      ]
    },
    {
      "name": "planWatch",
      "text": "/** Null where nobody asks for the best. @throws {RunError} for an option that is out of range. */\nfunction planWatch(options) {\n  const { patience = Number.POSITIVE_INFINITY, minDelta = 0, monitor } = options;\n  if (options.patience !== undefined && !(Number.isSafeInteger(patience) && patience >= 1)) {\n    throw new RunError(\"bad-option\", `\\`patience\\` is ${patience}.`, \"Use a whole number of epochs from 1.\");\n  }\n  if (!(minDelta >= 0 && minDelta < Number.POSITIVE_INFINITY)) {\n    throw new RunError(\"bad-option\", `\\`minDelta\\` is ${minDelta}.`, \"Use a number from 0.\");\n  }\n  if (options.patience === undefined && options.best !== true) return null;\n  return { monitor: monitor ?? (({ loss, validation }) => validation?.loss ?? loss), minDelta, patience };\n}",
      "uses": [
        "RunError"
      ]
    },
    {
      "name": "watchReport",
      "text": "/** Compares a report with the best so far and takes its place if it is better; no number is better than none. */\nfunction watchReport({ monitor, minDelta }, best, report, p) {\n  const value = monitor(report);\n  if (!(value < best.value - (best.p === null ? 0 : minDelta))) return;\n  best.value = value;\n  best.epoch = report.epoch;\n  if (best.p === null) best.p = p.slice();\n  else best.p.set(p);\n}",
      "uses": []
    },
    {
      "name": "checksumKey",
      "text": "const checksumKey = \"crc32\";",
      "uses": []
    },
    {
      "name": "noChecksum",
      "text": "/** What stands in place of the checksum while it is computed. */\nconst noChecksum = \"00000000\";",
      "uses": []
    },
    {
      "name": "writeChecksum",
      "text": "/** Writes the checksum of `file` into its header, in which `noChecksum` stands. */\nfunction writeChecksum(file, headerLength) {\n  const place = placeOfChecksum(file, headerLength);\n  if (place === null) return;\n  const digits = checksumOf(file, place);\n  for (let k = 0; k < digits.length; k++) file[place + k] = digits.charCodeAt(k);\n}",
      "uses": [
        "checksumOf",
        "placeOfChecksum"
      ]
    },
    {
      "name": "agreesWithChecksum",
      "text": "/** Whether the bytes are those that were written; null for a file without a checksum, of which nobody knows. */\nfunction agreesWithChecksum(file, headerLength) {\n  const place = placeOfChecksum(file, headerLength);\n  if (place === null) return null;\n  return String.fromCharCode(...file.subarray(place, place + noChecksum.length)) === checksumOf(file, place);\n}",
      "uses": [
        "checksumOf",
        "noChecksum",
        "placeOfChecksum"
      ]
    },
    {
      "name": "placeOfChecksum",
      "text": "/** Where in the file the digits stand. No string of JSON contains bare quotes, and no tensor is described by a string. */\nfunction placeOfChecksum(file, headerLength) {\n  const mark = `\"${checksumKey}\":\"`;\n  for (let at = 8; at < 8 + headerLength - mark.length - noChecksum.length; at++) {\n    let k = 0;\n    while (k < mark.length && file[at + k] === mark.charCodeAt(k)) k++;\n    if (k === mark.length) return at + k;\n  }\n  return null;\n}",
      "uses": [
        "checksumKey",
        "noChecksum"
      ]
    },
    {
      "name": "checksumOf",
      "text": "function checksumOf(file, place) {\n  const digits = { from: place, to: place + noChecksum.length };\n  return crc32(file, digits).toString(16).padStart(noChecksum.length, \"0\");\n}",
      "uses": [
        "crc32",
        "noChecksum"
      ]
    },
    {
      "name": "crc32",
      "text": "/** The CRC-32 of bytes, of which those of a range count as the digit 0. */\nfunction crc32(bytes, zeros = nowhere) {\n  // One byte's contribution: eight divisions by the polynomial, bits reflected.\n  const table = Uint32Array.from({ length: 256 }, (_, byte) => {\n    let remainder = byte;\n    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);\n    return remainder;\n  });\n  const { from, to } = zeros;\n  let remainder = 0xffffffff;\n  for (let k = 0; k < bytes.length; k++) {\n    const byte = k >= from && k < to ? 0x30 : bytes[k];\n    remainder = (remainder >>> 8) ^ table[(remainder ^ byte) & 0xff];\n  }\n  return ~remainder >>> 0;\n}",
      "uses": [
        "nowhere"
      ]
    },
    {
      "name": "nowhere",
      "text": "const nowhere = { from: 0, to: 0 };",
      "uses": []
    },
    {
      "name": "widthOf",
      "text": "/** Bytes of one element. */\nfunction widthOf(type) {\n  return type === \"BOOL\" ? 1 : Number(/\\d+$/.exec(type)?.[0]) / 8;\n}",
      "uses": []
    },
    {
      "name": "repeatedKey",
      "text": "/** The first such key, or null. The text must be valid JSON; keys are compared as what they spell. */\nfunction repeatedKey(json) {\n  const open = [];\n  for (let at = 0; at < json.length; at++) {\n    const character = json[at];\n    if (character === \"{\") open.push(new Map());\n    else if (character === \"[\") open.push(null);\n    else if (character === \"}\" || character === \"]\") open.pop();\n    else if (character === '\"') {\n      const start = at;\n      at = endOfString(json, at);\n      const keys = open.at(-1);\n      if (!keys || !isKey(json, at + 1)) continue;\n      const key = String(JSON.parse(json.slice(start, at + 1)));\n      const first = keys.get(key);\n      if (first !== undefined) return { key, first, again: start };\n      keys.set(key, start);\n    }\n  }\n  return null;\n}",
      "uses": [
        "endOfString",
        "isKey"
      ]
    },
    {
      "name": "endOfString",
      "text": "/** The position of the quote that closes the one at `start`: the next with an even number of backslashes before it. */\nfunction endOfString(json, start) {\n  for (let end = json.indexOf('\"', start + 1); end !== -1; end = json.indexOf('\"', end + 1)) {\n    let backslashes = 0;\n    while (json[end - 1 - backslashes] === \"\\\\\") backslashes++;\n    if (backslashes % 2 === 0) return end;\n  }\n  return json.length;\n}",
      "uses": []
    },
    {
      "name": "isKey",
      "text": "/** Whether a colon follows, with nothing but blanks before it. */\nfunction isKey(json, from) {\n  let at = from;\n  while (json[at] === \" \" || json[at] === \"\\t\" || json[at] === \"\\n\" || json[at] === \"\\r\") at++;\n  return json[at] === \":\";\n}",
      "uses": []
    },
    {
      "name": "headerLimit",
      "text": "/** The format's own limit on the header, against files made to exhaust memory. */\nconst headerLimit = 100_000_000;",
      "uses": []
    },
    {
      "name": "storedTypes",
      "text": "/** What is in a file; other types are refused. */\nconst storedTypes = \"F64 F32 F16 BF16 I64 I32 I16 I8 U64 U32 U16 U8 BOOL\".split(\" \");",
      "uses": []
    },
    {
      "name": "writeSafeTensors",
      "text": "/** The bytes of a file that holds `tensors` in the given order, as F64 or F32 after their arrays, and a checksum. */\nfunction writeSafeTensors(tensors, metadata) {\n  let size = 0;\n  const entries = [[\"__metadata__\", Object.fromEntries([...metadata, [checksumKey, noChecksum]])]];\n  for (const { name, shape, values } of tensors) {\n    const begin = size;\n    size += values.byteLength;\n    const dtype = values instanceof Float64Array ? \"F64\" : \"F32\";\n    entries.push([name, { dtype, shape, data_offsets: [begin, size] }]);\n  }\n  // `fromEntries` defines own members whatever their names. Spaces align the data to eight bytes.\n  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));\n  const padded = Math.ceil(header.length / 8) * 8;\n  const file = new Uint8Array(8 + padded + size).fill(0x20, 8, 8 + padded);\n  const view = new DataView(file.buffer);\n  view.setBigUint64(0, BigInt(padded), true);\n  file.set(header, 8);\n  let at = 8 + padded;\n  for (const { values } of tensors) {\n    if (values instanceof Float64Array) for (const value of values) at = setFloat64(view, at, value);\n    else for (const value of values) at = setFloat32(view, at, value);\n  }\n  writeChecksum(file, padded);\n  return file;\n}",
      "uses": [
        "checksumKey",
        "noChecksum",
        "setFloat32",
        "setFloat64",
        "writeChecksum"
      ]
    },
    {
      "name": "readSafeTensors",
      "text": "/** @throws {FileError} for bytes that are not exactly a safetensors file, or not those that its checksum was written for. */\nfunction readSafeTensors(file) {\n  const { header, data } = splitHeader(file);\n  const tensors = new Map();\n  const metadata = new Map();\n  const places = [];\n  for (const [name, entry] of Object.entries(header)) {\n    if (!isRecord(entry)) throw badHeader(`${quote(name)} is described by no object.`);\n    if (name === \"__metadata__\") {\n      for (const [key, value] of Object.entries(entry)) {\n        if (typeof value !== \"string\") throw badHeader(`The metadata ${quote(key)} is no text.`);\n        if (key !== checksumKey) metadata.set(key, value);\n      }\n      continue;\n    }\n    const { type, shape, begin, end } = readEntry(name, entry, data.length);\n    places.push({ name, begin, end });\n    tensors.set(name, { type, shape, bytes: data.subarray(begin, end) });\n  }\n  let covered = 0;\n  for (const { name, begin, end } of places.sort((a, b) => a.begin - b.begin || a.end - b.end)) {\n    if (begin < covered) throw badLayout(`${quote(name)} overlaps the tensor before it.`);\n    if (begin > covered) throw badLayout(`There are bytes before ${quote(name)} that belong to no tensor.`);\n    covered = end;\n  }\n  if (covered !== data.length) throw badLayout(`${data.length - covered} bytes at the end belong to no tensor.`);\n  if (agreesWithChecksum(file, file.length - data.length - 8) === false) {\n    throw new FileError(\"damaged\", \"The file's bytes are not those that were written.\", \"Fetch or save it again.\");\n  }\n  return { tensors, metadata };\n}",
      "uses": [
        "FileError",
        "agreesWithChecksum",
        "badHeader",
        "badLayout",
        "checksumKey",
        "isRecord",
        "quote",
        "readEntry",
        "splitHeader"
      ]
    },
    {
      "name": "copyTensor",
      "text": "/**\n * Copies a stored tensor into `into`. F32 widens to F64 without loss; anything that would lose is refused.\n * @throws {FileError} for another shape or type.\n */\nfunction copyTensor(file, name, shape, into) {\n  const stored = file.tensors.get(name);\n  if (stored === undefined) {\n    const model = file.metadata.get(\"model\");\n    const whose = model === undefined ? \"\" : ` (of the model ${quote(model)})`;\n    throw new FileError(\"missing-tensor\", `The file${whose} has no tensor ${quote(name)}.`, sameModel);\n  }\n  if (stored.shape.length !== shape.length || stored.shape.some((extent, axis) => extent !== shape[axis])) {\n    const message = `${quote(name)} is [${stored.shape.join(\", \")}] in the file and [${shape.join(\", \")}] here.`;\n    throw new FileError(\"wrong-shape\", message, sameModel);\n  }\n  const wide = into instanceof Float64Array;\n  if (stored.type !== \"F32\" && !(stored.type === \"F64\" && wide)) {\n    const message = `${quote(name)} is ${stored.type} in the file and ${wide ? \"F64\" : \"F32\"} here.`;\n    const remedy = wide ? \"Convert it to F32 or F64.\" : \"Convert it to F32, or compile the model with 64 bits.\";\n    throw new FileError(\"wrong-type\", message, remedy);\n  }\n  const view = new DataView(stored.bytes.buffer, stored.bytes.byteOffset, stored.bytes.byteLength);\n  if (stored.type === \"F64\") for (let k = 0; k < into.length; k++) into[k] = view.getFloat64(8 * k, true);\n  else for (let k = 0; k < into.length; k++) into[k] = view.getFloat32(4 * k, true);\n}",
      "uses": [
        "FileError",
        "quote",
        "sameModel"
      ]
    },
    {
      "name": "sameModel",
      "text": "const sameModel = \"Use a file saved from the same model with the same sizes.\";",
      "uses": []
    },
    {
      "name": "splitHeader",
      "text": "function splitHeader(file) {\n  if (file.length < 8) {\n    throw new FileError(\"cut-short\", `The file has ${file.length} bytes.`, \"A safetensors file has at least 10.\");\n  }\n  const declared = new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true);\n  if (declared > BigInt(headerLimit)) {\n    const message = `The header claims to be ${declared} bytes long.`;\n    throw new FileError(\"header-too-large\", message, \"This is no safetensors file, or a damaged one.\");\n  }\n  const length = Number(declared);\n  if (file.length < 8 + length) {\n    const message = `The header is ${length} bytes long, but only ${file.length - 8} bytes follow.`;\n    throw new FileError(\"cut-short\", message, \"The file was cut short; fetch or save it again.\");\n  }\n  const bytes = file.subarray(8, 8 + length);\n  if (bytes[0] !== 0x7b) throw badHeader(\"The header does not begin with `{`.\");\n  return { header: parseHeader(bytes), data: file.subarray(8 + length) };\n}",
      "uses": [
        "FileError",
        "badHeader",
        "headerLimit",
        "parseHeader"
      ]
    },
    {
      "name": "parseHeader",
      "text": "function parseHeader(bytes) {\n  let text;\n  let header;\n  try {\n    text = new TextDecoder(\"utf-8\", { fatal: true, ignoreBOM: true }).decode(bytes);\n    header = JSON.parse(text);\n  } catch {\n    throw badHeader(\"The header is no JSON in UTF-8.\");\n  }\n  const twice = repeatedKey(text);\n  if (twice !== null) {\n    throw new FileError(\n      \"duplicate-name\",\n      `The header names ${quote(twice.key)} twice.`,\n      \"This file is damaged or forged.\",\n    );\n  }\n  if (!isRecord(header)) throw badHeader(\"The header is no object.\");\n  return header;\n}",
      "uses": [
        "FileError",
        "badHeader",
        "isRecord",
        "quote",
        "repeatedKey"
      ]
    },
    {
      "name": "readEntry",
      "text": "function readEntry(name, entry, available) {\n  const { dtype, shape, data_offsets: offsets } = entry;\n  if (!isStoredType(dtype)) {\n    const message = `${quote(name)} has the unknown type ${quote(String(dtype))}.`;\n    throw new FileError(\"bad-type\", message, \"Known are F64, F32 and the other types of the format.\");\n  }\n  if (!isExtents(shape)) throw badHeader(`The shape of ${quote(name)} is no list of whole numbers.`);\n  if (!isExtents(offsets) || offsets.length !== 2) throw badHeader(`${quote(name)} has no \\`data_offsets\\`.`);\n  const [begin = 0, end = 0] = offsets;\n  if (begin > end) throw badLayout(`${quote(name)} ends before it begins.`);\n  if (end > available) {\n    const message = `${quote(name)} ends at byte ${end} of the data, of which there are ${available}.`;\n    throw new FileError(\"cut-short\", message, \"The file was cut short; fetch or save it again.\");\n  }\n  const needed = sizeOf(shape) * widthOf(dtype);\n  if (end - begin !== needed) throw badLayout(`${quote(name)} needs ${needed} bytes and has ${end - begin}.`);\n  return { type: dtype, shape, begin, end };\n}",
      "uses": [
        "FileError",
        "badHeader",
        "badLayout",
        "isExtents",
        "isStoredType",
        "quote",
        "sizeOf",
        "widthOf"
      ]
    },
    {
      "name": "isStoredType",
      "text": "function isStoredType(dtype) {\n  return typeof dtype === \"string\" && storedTypes.includes(dtype);\n}",
      "uses": [
        "storedTypes"
      ]
    },
    {
      "name": "isRecord",
      "text": "function isRecord(value) {\n  return typeof value === \"object\" && value !== null && !Array.isArray(value);\n}",
      "uses": []
    },
    {
      "name": "isExtents",
      "text": "function isExtents(value) {\n  return Array.isArray(value) && value.every((extent) => Number.isSafeInteger(extent) && extent >= 0);\n}",
      "uses": []
    },
    {
      "name": "badHeader",
      "text": "function badHeader(message) {\n  return new FileError(\"bad-header\", message, \"This is no safetensors file, or a damaged one.\");\n}",
      "uses": [
        "FileError"
      ]
    },
    {
      "name": "badLayout",
      "text": "function badLayout(message) {\n  return new FileError(\"bad-layout\", message, \"This file is damaged or forged.\");\n}",
      "uses": [
        "FileError"
      ]
    },
    {
      "name": "quote",
      "text": "/** A name from a file, fit for a message. */\nfunction quote(name) {\n  const text = JSON.stringify(name);\n  return text.length > 80 ? `${text.slice(0, 80)}…` : text;\n}",
      "uses": []
    },
    {
      "name": "setFloat64",
      "text": "function setFloat64(view, at, value) {\n  view.setFloat64(at, value, true);\n  return at + 8;\n}",
      "uses": []
    },
    {
      "name": "setFloat32",
      "text": "function setFloat32(view, at, value) {\n  view.setFloat32(at, value, true);\n  return at + 4;\n}",
      "uses": []
    },
    {
      "name": "statePrefix",
      "text": "/** Separate from parameters, whose names hold no slash, the optimizer's state and the best report's parameters. */\nconst statePrefix = \"state/\";",
      "uses": []
    },
    {
      "name": "bestPrefix",
      "text": "const bestPrefix = \"best/\";",
      "uses": []
    },
    {
      "name": "progressKeys",
      "text": "const progressKeys = [\"seed\", \"epoch\", \"step\", \"position\", \"lossSum\", \"examples\"];",
      "uses": []
    },
    {
      "name": "newProgress",
      "text": "function newProgress(seed) {\n  return { seed, epoch: 0, step: 0, position: 0, lossSum: 0, examples: 0 };\n}",
      "uses": []
    },
    {
      "name": "writeParameters",
      "text": "/** The bytes of a file with the parameters alone. */\nfunction writeParameters(model, slots, p, inputs, normalisation) {\n  return writeSafeTensors([...tensorsOf(slots, p, \"\"), ...scalingTensors(inputs, normalisation)], [[\"model\", model]]);\n}",
      "uses": [
        "scalingTensors",
        "tensorsOf",
        "writeSafeTensors"
      ]
    },
    {
      "name": "readParameters",
      "text": "/**\n * Copies parameters from a file into `p`, and the normalisation that they were trained with.\n * @throws {FileError} unless they are exactly those of `slots`.\n */\nfunction readParameters(file, slots, p, inputs, normalisation) {\n  const stored = readSafeTensors(file);\n  const known = new Set(slots.map((slot) => slot.name));\n  for (const { name, classes } of inputs) {\n    if (classes === null) for (const part of scalingParts) known.add(scalingName(name, part));\n  }\n  for (const name of stored.tensors.keys()) {\n    if (known.has(name) || name.startsWith(statePrefix) || name.startsWith(bestPrefix)) continue;\n    const model = stored.metadata.get(\"model\");\n    const whose = model === undefined ? \"\" : `, of the model ${JSON.stringify(model)},`;\n    const message = `The file${whose} has a tensor ${JSON.stringify(name)}, which this model has not.`;\n    throw new FileError(\"extra-tensor\", message, \"Use a file saved from the same model with the same sizes.\");\n  }\n  copySlots(stored, slots, p, \"\");\n  for (const { name, shape } of inputs) {\n    if (!scalingParts.some((part) => stored.tensors.has(scalingName(name, part)))) continue;\n    const scaling = { shift: new Float64Array(sizeOf(shape)), scale: new Float64Array(sizeOf(shape)) };\n    for (const part of scalingParts) {\n      copyTensor(stored, scalingName(name, part), shape, scaling[part]);\n      if (scaling[part].every(Number.isFinite)) continue;\n      const message = `The normalisation of ${JSON.stringify(name)} is not finite.`;\n      throw new FileError(\"damaged\", message, \"This file is damaged or forged.\");\n    }\n    normalisation.set(name, scaling);\n  }\n}",
      "uses": [
        "FileError",
        "bestPrefix",
        "copySlots",
        "copyTensor",
        "readSafeTensors",
        "scalingName",
        "scalingParts",
        "sizeOf",
        "statePrefix"
      ]
    },
    {
      "name": "scalingParts",
      "text": "const scalingParts = [\"shift\", \"scale\"];",
      "uses": []
    },
    {
      "name": "scalingName",
      "text": "function scalingName(input, part) {\n  return `normalise/${input}/${part}`;\n}",
      "uses": []
    },
    {
      "name": "scalingTensors",
      "text": "function scalingTensors(inputs, normalisation) {\n  return inputs.flatMap(({ name, shape }) => {\n    const scaling = normalisation.get(name);\n    if (scaling === undefined) return [];\n    return scalingParts.map((part) => ({ name: scalingName(name, part), shape, values: scaling[part] }));\n  });\n}",
      "uses": [
        "scalingName",
        "scalingParts"
      ]
    },
    {
      "name": "writeCheckpoint",
      "text": "/** The bytes of a file from which the run can go on. */\nfunction writeCheckpoint(\n  { model, optimizer, inputs, parameters, state: states },\n  p,\n  state,\n  normalisation,\n  { progress, settings, best },\n) {\n  // A number's shortest decimal form reads back as the same number, NaN and infinities included.\n  const numbers = progressKeys.map((key) => [key, String(progress[key])]);\n  const { batch, shuffle, data } = settings ?? { batch: \"\", shuffle: \"\", data: () => \"\" };\n  const begun = [\n    [\"batch\", String(batch)],\n    [\"shuffle\", String(shuffle)],\n    [\"data\", data()],\n  ];\n  const kept = best?.p ? tensorsOf(parameters, best.p, bestPrefix) : [];\n  const watched = best === null ? [] : [[\"best\", `${best.value} ${best.epoch}`]];\n  return writeSafeTensors(\n    [\n      ...tensorsOf(parameters, p, \"\"),\n      ...tensorsOf(states, state, statePrefix),\n      ...kept,\n      ...scalingTensors(inputs, normalisation),\n    ],\n    [[\"model\", model], [\"optimizer\", optimizer], ...numbers, ...begun, ...watched],\n  );\n}",
      "uses": [
        "bestPrefix",
        "progressKeys",
        "scalingTensors",
        "statePrefix",
        "tensorsOf",
        "writeSafeTensors"
      ]
    },
    {
      "name": "readCheckpoint",
      "text": "/** Copies a run's arrays from a checkpoint and returns where it stands. @throws {FileError} unless it is this model's. */\nfunction readCheckpoint(file, { model, optimizer, inputs, parameters, state: states }, p, state, normalisation) {\n  const stored = readSafeTensors(file);\n  const { metadata } = stored;\n  if (!metadata.has(\"optimizer\")) {\n    const remedy = \"Load it as parameters, or resume from a file written as a checkpoint.\";\n    throw new FileError(\"not-a-checkpoint\", \"The file holds parameters but no state of a run.\", remedy);\n  }\n  for (const [key, here] of [\n    [\"model\", model],\n    [\"optimizer\", optimizer],\n  ]) {\n    const there = metadata.get(key);\n    if (there !== here) {\n      const message = `The checkpoint is of the ${key} ${JSON.stringify(there)}; this ${key} is ${JSON.stringify(here)}.`;\n      throw new FileError(\"other-model\", message, \"Resume with the model and the optimizer of the interrupted run.\");\n    }\n  }\n  const progress = newProgress(0);\n  for (const key of progressKeys) {\n    const text = metadata.get(key);\n    const value = text === undefined || text === \"\" ? undefined : Number(text);\n    const whole = value !== undefined && Number.isSafeInteger(value) && value >= 0;\n    if (value === undefined || (key !== \"lossSum\" && !whole)) {\n      const message = `The checkpoint's ${key} is ${JSON.stringify(text)}.`;\n      throw new FileError(\"not-a-checkpoint\", message, \"This file is damaged or forged.\");\n    }\n    progress[key] = value;\n  }\n  if (progress.position > progress.examples) {\n    const message = `The checkpoint stands at example ${progress.position} of ${progress.examples}.`;\n    throw new FileError(\"not-a-checkpoint\", message, \"This file is damaged or forged.\");\n  }\n  readParameters(file, parameters, p, inputs, normalisation);\n  copySlots(stored, states, state, statePrefix);\n  return { progress, settings: readSettings(metadata), best: readBest(stored, parameters, p.slice()) };\n}",
      "uses": [
        "FileError",
        "copySlots",
        "newProgress",
        "progressKeys",
        "readBest",
        "readParameters",
        "readSafeTensors",
        "readSettings",
        "statePrefix"
      ]
    },
    {
      "name": "readBest",
      "text": "/** Null where none was kept; its parameters, if there are any, are copied into `p`. @throws {FileError} */\nfunction readBest(stored, parameters, p) {\n  const text = stored.metadata.get(\"best\");\n  if (text === undefined) return null;\n  const [value = Number.NaN, epoch = Number.NaN] = text.split(\" \").map(Number);\n  if (Number.isNaN(value) || !Number.isSafeInteger(epoch) || epoch < 0) {\n    const message = `The checkpoint's best report is ${JSON.stringify(text)}.`;\n    throw new FileError(\"not-a-checkpoint\", message, \"This file is damaged or forged.\");\n  }\n  // Before the first report there is only the value that any other is better than.\n  if (value === Number.POSITIVE_INFINITY) return { value, epoch, p: null };\n  copySlots(stored, parameters, p, bestPrefix);\n  return { value, epoch, p };\n}",
      "uses": [
        "FileError",
        "bestPrefix",
        "copySlots"
      ]
    },
    {
      "name": "readSettings",
      "text": "/** Null where no run was begun. @throws {FileError} */\nfunction readSettings(metadata) {\n  const [batch, shuffle, data] = [\"batch\", \"shuffle\", \"data\"].map((key) => metadata.get(key));\n  if (batch === \"\" && shuffle === \"\" && data === \"\") return null;\n  const size = Number(batch);\n  const known = Number.isSafeInteger(size) && size >= 1 && (shuffle === \"true\" || shuffle === \"false\");\n  if (known && data !== undefined) return { batch: size, shuffle: shuffle === \"true\", data: () => data };\n  const message = `The checkpoint's run is of batch ${JSON.stringify(batch)}, shuffle ${JSON.stringify(shuffle)}.`;\n  throw new FileError(\"not-a-checkpoint\", message, \"This file is damaged or forged.\");\n}",
      "uses": [
        "FileError"
      ]
    },
    {
      "name": "tensorsOf",
      "text": "function tensorsOf(slots, values, prefix) {\n  return slots.map(({ name, shape, offset }) => ({\n    name: prefix + name,\n    shape,\n    values: values.subarray(offset, offset + sizeOf(shape)),\n  }));\n}",
      "uses": [
        "sizeOf"
      ]
    },
    {
      "name": "copySlots",
      "text": "function copySlots(stored, slots, values, prefix) {\n  for (const { name, shape, offset } of slots) {\n    copyTensor(stored, prefix + name, shape, values.subarray(offset, offset + sizeOf(shape)));\n  }\n}",
      "uses": [
        "copyTensor",
        "sizeOf"
      ]
    },
    {
      "name": "planRun",
      "text": "/** @throws {RunError} for an option that is out of range. */\nfunction planRun(options, defaults, progress, validation, augmentation) {\n  if (options.until !== undefined && options.epochs !== undefined) {\n    throw new RunError(\"bad-option\", \"Both `epochs` and `until` are given.\", \"Give one of them.\");\n  }\n  const epochs = checkCount(\"epochs\", options.epochs ?? defaults.epochs, 0);\n  const until = checkCount(\"until\", options.until ?? progress.epoch + epochs, 0);\n  const every = checkCount(\"every\", options.every ?? 1, 1);\n  const batch = checkCount(\"batch\", options.batch ?? defaults.batch, 1);\n  return {\n    until,\n    every,\n    batch,\n    threads: checkCount(\"threads\", options.threads ?? 1, 1),\n    worker: options.worker ?? null,\n    shuffle: options.shuffle ?? defaults.shuffle,\n    signal: options.signal ?? null,\n    validation,\n    augmentation,\n    watch: planWatch(options),\n  };\n}",
      "uses": [
        "RunError",
        "checkCount",
        "planWatch"
      ]
    },
    {
      "name": "runEpochs",
      "text": "/**\n * Runs epochs until the plan's last, reporting as it asks; the trainee stands between two steps whenever the caller's code\n * runs. Other work (rendering, an abort) is let in about every ten milliseconds.\n * @throws {RunError} if the trainee is in another run, or this one is not as the run was that it goes on with.\n */\nasync function* runEpochs(definition, trainee, data, plan) {\n  const { p, progress, run } = trainee;\n  if (run.held) {\n    throw new RunError(\"already-training\", \"This network is being trained already.\", \"Await the other run first.\");\n  }\n  const settings = settingsOf(plan, data);\n  const goesOn = run.settings !== null && (run.resumed || progress.position > 0);\n  if (goesOn && run.settings !== null) checkSettings(run.settings, settings);\n  run.settings = settings;\n  const { watch } = plan;\n  const kept = goesOn ? run.best : null;\n  const best = watch === null ? null : (kept ?? { value: Number.POSITIVE_INFINITY, epoch: progress.epoch, p: null });\n  run.best = best;\n  run.resumed = false;\n  run.held = true;\n  let dismiss = null;\n  try {\n    if (plan.threads > 1) dismiss = await recruit(definition, data, plan);\n    const order = new VisitOrder(progress.seed, data.count, plan);\n    const pace = new Pace();\n    // Without metrics there is nothing to measure that the steps have not measured already.\n    const nothing = definition.metricCount === 0 ? definition.readMetrics(definition.allocate(0)) : null;\n    while (progress.epoch < plan.until) {\n      if (watch !== null && best !== null && progress.epoch - best.epoch >= watch.patience) return;\n      const goal = Math.min(plan.until, progress.epoch - (progress.epoch % plan.every) + plan.every);\n      let outcome = advance(definition, trainee, data, order, plan, pace, goal);\n      for (; outcome === \"overdue\"; outcome = advance(definition, trainee, data, order, plan, pace, goal)) {\n        await pace.rest();\n      }\n      if (outcome === \"aborted\") return;\n      const loss = endEpoch(progress);\n      const metrics = nothing ?? measure(definition, p, data, progress.seed).metrics;\n      const validation = plan.validation === null ? null : measure(definition, p, plan.validation, progress.seed);\n      const report = {\n        epoch: progress.epoch,\n        epochs: plan.until,\n        step: progress.step,\n        examples: data.count,\n        loss,\n        metrics,\n        validation,\n      };\n      if (watch !== null && best !== null) watchReport(watch, best, { ...report, best: best.epoch }, p);\n      yield { ...report, best: best === null ? null : best.epoch };\n    }\n  } finally {\n    dismiss?.();\n    run.held = false;\n  }\n}",
      "uses": [
        "Pace",
        "RunError",
        "VisitOrder",
        "advance",
        "checkSettings",
        "endEpoch",
        "measure",
        "recruit",
        "settingsOf",
        "watchReport"
      ]
    },
    {
      "name": "recruit",
      "text": "/** @throws {RunError} where the network or its surroundings have no threads */\nasync function recruit(definition, { columns, count }, { threads, worker, batch }) {\n  if (definition.recruit === undefined) {\n    const remedy =\n      `Leave \\`threads\\` out, or compile the page with \\`--target wasm --threads ${threads}\\`: ` +\n      \"its examples must neither see each other nor draw.\";\n    throw new RunError(\"no-threads\", \"This network's functions run in one thread.\", remedy);\n  }\n  return await definition.recruit(threads, columns, Math.min(batch, count), worker);\n}",
      "uses": [
        "RunError"
      ]
    },
    {
      "name": "settingsOf",
      "text": "function settingsOf({ batch, shuffle }, data) {\n  let fingerprint = null;\n  return {\n    batch,\n    shuffle,\n    data: () => {\n      fingerprint ??= fingerprintOf(data);\n      return fingerprint;\n    },\n  };\n}",
      "uses": [
        "fingerprintOf"
      ]
    },
    {
      "name": "checkSettings",
      "text": "/** A run goes on with what it was begun with. @throws {RunError} */\nfunction checkSettings(begun, now) {\n  const anew = \"Go on with what it was begun with, or load its parameters to begin another run.\";\n  if (begun.batch !== now.batch) {\n    const message = `The run was begun with \\`batch\\` ${begun.batch}; now it is ${now.batch}.`;\n    throw new RunError(\"other-batch\", message, anew);\n  }\n  if (begun.shuffle !== now.shuffle) {\n    const message = `The run was begun with \\`shuffle\\` ${begun.shuffle}; now it is ${now.shuffle}.`;\n    throw new RunError(\"other-order\", message, anew);\n  }\n  if (begun.data() !== now.data()) {\n    const message = `The run was begun with other data (${begun.data()}) than these (${now.data()}).`;\n    throw new RunError(\"other-data\", message, anew);\n  }\n}",
      "uses": [
        "RunError"
      ]
    },
    {
      "name": "measure",
      "text": "/** Loss and metrics of a data set; `seed` decides what is drawn. */\nfunction measure(definition, p, data, seed) {\n  const measures = definition.allocate(definition.measureCount ?? definition.metricCount);\n  const sums = new Float64Array(measures.length);\n  let loss = definition.evaluateAll?.(p, data.columns, sums, data.count, seed) ?? 0;\n  for (let n = 0; n < data.count && definition.evaluateAll === undefined; n++) {\n    loss += definition.evaluate(p, data.columns, measures, n, seed);\n    for (let m = 0; m < sums.length; m++) sums[m] = (sums[m] ?? 0) + (measures[m] ?? 0);\n  }\n  const metrics = definition.allocate(definition.metricCount);\n  if (definition.finish !== undefined) definition.finish(sums, data.count, metrics);\n  else for (let m = 0; m < sums.length; m++) metrics[m] = (sums[m] ?? 0) / data.count;\n  return { loss: loss / data.count, metrics: definition.readMetrics(metrics) };\n}",
      "uses": []
    },
    {
      "name": "advance",
      "text": "/**\n * Takes steps up to the last example before epoch `goal` is completed, or until it is time to rest. A function of its own,\n * because V8 runs the body of an async generator slowly.\n */\nfunction advance(definition, trainee, data, order, plan, pace, goal) {\n  const { progress } = trainee;\n  for (;;) {\n    if (pace.overdue()) return \"overdue\";\n    if (plan.signal?.aborted) return \"aborted\";\n    pace.visited += learn(definition, trainee, data, order, plan, pace.allowance, goal - progress.epoch);\n    if (progress.position < data.count) continue;\n    if (progress.epoch + 1 === goal) return \"done\";\n    endEpoch(progress);\n  }\n}",
      "uses": [
        "endEpoch",
        "learn"
      ]
    },
    {
      "name": "endEpoch",
      "text": "/** From the last example of an epoch to the beginning of the next; returns the mean loss. */\nfunction endEpoch(progress) {\n  const loss = progress.lossSum / progress.examples;\n  progress.epoch++;\n  progress.position = 0;\n  progress.lossSum = 0;\n  progress.examples = 0;\n  return loss;\n}",
      "uses": []
    },
    {
      "name": "learn",
      "text": "/**\n * Takes steps, over about `allowance` examples: whole epochs at once but for the last of `epochs`, whose loss is asked for,\n * or a part of one epoch, up to its end at most. Returns how many examples were visited; allocates nothing per step.\n */\nfunction learn(definition, trainee, { columns, count }, order, { batch, augmentation }, allowance, epochs) {\n  const { progress } = trainee;\n  // What is drawn, and what an example becomes, is another in each epoch.\n  const partial = progress.position > 0 || definition.draws === true || augmentation !== null;\n  const whole = partial ? 0 : Math.min(Math.floor(allowance / count), epochs - 1, order.capacity);\n  if (whole > 0) {\n    takeSteps(definition, trainee, columns, batch, 0, whole * count, order.of(progress.epoch, whole), 0);\n    progress.epoch += whole;\n    return whole * count;\n  }\n  const { position } = progress;\n  const stop = Math.min(position + Math.max(1, Math.floor(allowance / batch)) * batch, count);\n  progress.examples = count;\n  const visits = order.of(progress.epoch, 1);\n  augmentation?.refresh(visits, position, stop, progress.epoch);\n  const visited = augmentation?.columns ?? columns;\n  progress.lossSum = takeSteps(definition, trainee, visited, batch, position, stop, visits, progress.lossSum);\n  progress.position = stop;\n  return stop - position;\n}",
      "uses": [
        "takeSteps"
      ]
    },
    {
      "name": "takeSteps",
      "text": "/** Takes the steps over order[first], …, order[end − 1]; returns `total` and their losses. */\nfunction takeSteps(definition, { p, state, grad, progress }, columns, batch, first, end, order, total) {\n  const seed = definition.draws === true ? seedOfPass(progress.seed, progress.epoch) : 0;\n  const t = progress.step + 1;\n  progress.step += Math.ceil((end - first) / batch);\n  if (batch === 1 || definition.batches) {\n    return definition.step(p, columns, grad, state, t, batch, first, end, order, total, seed);\n  }\n  let sum = total;\n  for (let from = first, step = t; from < end; from += batch, step++) {\n    const next = Math.min(from + batch, end);\n    for (let k = from; k < next; k++)\n      sum += definition.gradient(p, columns, grad, order === null ? k : (order[k] ?? 0), seed);\n    definition.update(p, grad, state, step, next - from);\n  }\n  return sum;\n}",
      "uses": [
        "seedOfPass"
      ]
    },
    {
      "name": "VisitOrder",
      "text": "/** The order in which epochs visit the examples, for as many epochs at once as make a stretch worth a call. */\nclass VisitOrder {\n  /** How many epochs may be asked for at once. */\n  capacity;\n  #seed;\n  #count;\n  #shuffle;\n  /** One epoch's visits after the other's. */\n  #visits;\n  /** The epochs that are in `#visits`. */\n  #first = -1;\n  #epochs = 0;\n  constructor(seed, count, { shuffle, batch, every }) {\n    this.#seed = seed;\n    this.#count = count;\n    this.#shuffle = shuffle;\n    // A batch ends with its epoch, so only epochs of whole batches can follow one another, up to the next report's.\n    const followers = count % batch === 0 ? Math.min(Math.floor(visitsPerCall / count), every - 1) : 1;\n    this.capacity = Math.max(1, followers);\n    this.#visits = new Uint32Array(this.capacity * count);\n    if (shuffle) return;\n    for (let k = 0; k < count; k++) this.#visits[k] = k;\n    for (let filled = count; filled < this.#visits.length; filled *= 2) this.#visits.copyWithin(filled, 0, filled);\n  }\n  /** The visits of `epochs` epochs from `first` on, valid until the next call. */\n  of(first, epochs) {\n    if (this.#shuffle && (first !== this.#first || epochs > this.#epochs)) {\n      for (let k = 0; k < epochs; k++) {\n        const from = k * this.#count;\n        permutation(this.#seed, first + k, this.#visits, from, from + this.#count);\n      }\n      this.#first = first;\n      this.#epochs = epochs;\n    }\n    return this.#visits;\n  }\n}",
      "uses": [
        "permutation",
        "visitsPerCall"
      ]
    },
    {
      "name": "checkCount",
      "text": "function checkCount(name, value, least) {\n  if (Number.isSafeInteger(value) && value >= least) return value;\n  throw new RunError(\"bad-option\", `\\`${name}\\` is ${value}.`, `Use a whole number from ${least}.`);\n}",
      "uses": [
        "RunError"
      ]
    },
    {
      "name": "visitsPerCall",
      "text": "/** Visits after which a call's own cost no longer counts. */\nconst visitsPerCall = 1024;",
      "uses": []
    },
    {
      "name": "Pace",
      "text": "/** How much to do before looking at the clock, and when to let other work in. */\nclass Pace {\n  /** Examples until the next look at the clock: as many as take about a millisecond. */\n  allowance = 1;\n  /** Examples since the last look. */\n  visited = 0;\n  #looked = Date.now();\n  #rested = Date.now();\n  /** Whether it is time to rest. */\n  overdue() {\n    if (this.visited < this.allowance) return false;\n    this.visited = 0;\n    const now = Date.now();\n    const elapsed = now - this.#looked;\n    if (elapsed <= 1) this.allowance = Math.min(2 * this.allowance, 1 << 20);\n    else if (elapsed > 4) this.allowance = Math.max(1, Math.floor(this.allowance / 2));\n    this.#looked = now;\n    return now - this.#rested >= 10;\n  }\n  /** Resolves after the event loop has gone round once. */\n  async rest() {\n    await new Promise((resolve) => {\n      if (typeof setImmediate === \"function\") {\n        setImmediate(resolve);\n        return;\n      }\n      const { port1, port2 } = new MessageChannel();\n      port1.onmessage = () => {\n        port1.close();\n        resolve();\n      };\n      port2.postMessage(null);\n    });\n    this.#looked = Date.now();\n    this.#rested = this.#looked;\n  }\n}",
      "uses": []
    },
    {
      "name": "Predictor",
      "text": "/** A network that predicts. */\nclass Predictor {\n  /** All parameters, one after another, live: the emitted functions' `p`. */\n  p;\n  /** The parameters by name, as live views of `p`. */\n  parameters;\n  /** By input, what {@link normalise} found; saved with the parameters. */\n  normalisation = new Map();\n  #definition;\n  #seed;\n  constructor(definition, options = {}) {\n    this.#definition = definition;\n    this.#seed = checkSeed(options.seed ?? definition.seed);\n    this.p = definition.allocate(extentOf(definition.parameters), \"parameters\");\n    this.parameters = definition.readParameters(this.p);\n    if (options.parameters !== undefined) {\n      readParameters(options.parameters, definition.parameters, this.p, definition.inputs, this.normalisation);\n    } else definition.initialize(this.p, this.#seed);\n  }\n  /**\n   * From here on takes each input of real numbers that the examples have as (x − shift) · scale, fitted to them element by\n   * element: to mean 0 and deviation 1, or to the range from 0 to 1. Belongs before training, and is saved with the network.\n   * @throws {DataError} @throws {RunError} where there is nothing to normalise\n   */\n  normalise(examples, kind = \"standard\") {\n    for (const [name, scaling] of fitNormalisation(this.#definition.inputs, examples, kind)) {\n      this.normalisation.set(name, scaling);\n    }\n  }\n  /** The seed that `options` ask for, or the network's own. @throws {RunError} */\n  seedFor({ seed }) {\n    return seed === undefined ? this.#seed : checkSeed(seed);\n  }\n  /** The outputs for one example. @throws {DataError} */\n  predict(inputs, options = {}) {\n    const definition = this.#definition;\n    const out = definition.allocate(definition.outputSize);\n    const example = readNormalisedExample(definition.inputs, inputs, this.normalisation);\n    definition.forward(this.p, example, out, 0, this.seedFor(options));\n    return definition.readOutputs(out, 0);\n  }\n  /** The outputs for each of any number of examples, which all draw for themselves. @throws {DataError} */\n  predictAll(examples, options = {}) {\n    const definition = this.#definition;\n    const { columns, count } = readNormalised(definition.inputs, examples, this.normalisation);\n    const seed = this.seedFor(options);\n    const out = definition.allocate(count * definition.outputSize);\n    definition.forwardAll?.(this.p, columns, out, count, seed);\n    return Array.from({ length: count }, (_, n) => {\n      if (definition.forwardAll === undefined) definition.forward(this.p, columns, out, n, seed);\n      return definition.readOutputs(out, n);\n    });\n  }\n  /** The parameters as a safetensors file. */\n  save() {\n    const { model, parameters, inputs } = this.#definition;\n    return writeParameters(model, parameters, this.p, inputs, this.normalisation);\n  }\n}",
      "uses": [
        "checkSeed",
        "extentOf",
        "fitNormalisation",
        "readNormalised",
        "readNormalisedExample",
        "readParameters",
        "writeParameters"
      ]
    },
    {
      "name": "Differentiable",
      "text": "/** A network that predicts and knows its loss. */\nclass Differentiable extends Predictor {\n  #definition;\n  constructor(definition, options = {}) {\n    super(definition, options);\n    this.#definition = definition;\n  }\n  /** Loss and metrics, each the mean over the examples. @throws {DataError} */\n  evaluate(data, options = {}) {\n    const dataset = readNormalised(portsOf(this.#definition), data, this.normalisation);\n    return measure(this.#definition, this.p, dataset, this.seedFor(options));\n  }\n  /** ∂loss/∂parameter for every trained parameter, where the loss is the mean over the examples. @throws {DataError} */\n  gradients(data, options = {}) {\n    const { columns, count } = readNormalised(portsOf(this.#definition), data, this.normalisation);\n    const seed = this.seedFor(options);\n    const grad = this.#definition.allocate(this.#definition.trained);\n    const { gradient, gradientAll } = this.#definition;\n    if (gradientAll !== undefined) gradientAll(this.p, columns, grad, count, seed);\n    else {\n      for (let n = 0; n < count; n++) gradient(this.p, columns, grad, n, seed);\n      divide(grad, count);\n    }\n    return this.#definition.readGradients(grad);\n  }\n}",
      "uses": [
        "Predictor",
        "divide",
        "measure",
        "portsOf",
        "readNormalised"
      ]
    },
    {
      "name": "Trainable",
      "text": "/** A network that predicts, knows its loss and learns. */\nclass Trainable extends Differentiable {\n  #definition;\n  #progress;\n  #state;\n  #run = { held: false, settings: null, resumed: false, best: null };\n  constructor(definition, options = {}) {\n    super(definition, options);\n    this.#definition = definition;\n    this.#state = definition.allocate(extentOf(definition.state), \"state\");\n    if (options.checkpoint === undefined) {\n      this.#progress = newProgress(checkSeed(options.seed ?? definition.seed));\n      definition.initializeState(this.#state);\n    } else {\n      const record = readCheckpoint(options.checkpoint, definition, this.p, this.#state, this.normalisation);\n      this.#progress = record.progress;\n      this.#run.settings = record.settings;\n      this.#run.best = record.best;\n      this.#run.resumed = true;\n    }\n  }\n  /** Epochs completed since the parameters were drawn. */\n  get epoch() {\n    return this.#progress.epoch;\n  }\n  /** Steps taken since the parameters were drawn. */\n  get step() {\n    return this.#progress.step;\n  }\n  /**\n   * Learns from the data, reporting after every epoch. Data and options are checked at once, the work is done as the\n   * reports are asked for, and leaving the loop stops it; the network can be used between two reports.\n   * @throws {DataError} for data it cannot learn from. @throws {RunError} for an option out of range; when the first\n   * report is asked for, also for other data or another batch or order than the run has that was resumed or interrupted.\n   */\n  train(data, options = {}) {\n    const ports = portsOf(this.#definition);\n    const read = (examples) => readNormalised(ports, examples, this.normalisation);\n    const dataset = read(data);\n    const validation = options.validation === undefined ? null : read(options.validation);\n    const augmentation =\n      options.augment === undefined\n        ? null\n        : new Augmentation(\n            ports,\n            readDataset(ports, data),\n            dataset,\n            options.augment,\n            this.normalisation,\n            this.#progress.seed,\n          );\n    const plan = planRun(options, this.#definition.defaults, this.#progress, validation, augmentation);\n    const grad = this.#definition.allocate(this.#definition.trained, \"gradient\");\n    const trainee = { p: this.p, state: this.#state, grad, progress: this.#progress, run: this.#run };\n    return runEpochs(this.#definition, trainee, dataset, plan);\n  }\n  /** Epochs completed at the report whose parameters are kept as the best; null where none are. */\n  get best() {\n    const { best } = this.#run;\n    return best === null || best.p === null ? null : best.epoch;\n  }\n  /**\n   * Takes back the parameters of the run's best report and returns its epoch. Where the run stands is no matter of this: a\n   * run that is to go on as it was is checkpointed before.\n   * @throws {RunError} unless the run was to keep it and has reported.\n   */\n  restoreBest() {\n    const { best } = this.#run;\n    if (best === null || best.p === null) {\n      throw new RunError(\"no-best\", \"No best parameters have been kept.\", \"Train with `best` or `patience`.\");\n    }\n    this.p.set(best.p);\n    return best.epoch;\n  }\n  /** The run as it stands, between two steps, as a file from which it can go on. */\n  checkpoint() {\n    return writeCheckpoint(this.#definition, this.p, this.#state, this.normalisation, {\n      progress: this.#progress,\n      settings: this.#run.settings,\n      best: this.#run.best,\n    });\n  }\n}",
      "uses": [
        "Augmentation",
        "Differentiable",
        "RunError",
        "checkSeed",
        "extentOf",
        "newProgress",
        "planRun",
        "portsOf",
        "readCheckpoint",
        "readDataset",
        "readNormalised",
        "runEpochs",
        "writeCheckpoint"
      ]
    },
    {
      "name": "portsOf",
      "text": "function portsOf(definition) {\n  return [...definition.inputs, ...definition.targets];\n}",
      "uses": []
    },
    {
      "name": "extentOf",
      "text": "function extentOf(slots) {\n  return slots.reduce((sum, { shape }) => sum + sizeOf(shape), 0);\n}",
      "uses": [
        "sizeOf"
      ]
    },
    {
      "name": "demandRoom",
      "text": "/** @throws {RunError} for batches of more examples than a network was made for whose examples see each other */\nfunction demandRoom(batch, size) {\n  if (batch <= size) return;\n  const message = `\\`batch\\` is ${batch}; the examples of a batch see each other here, and the network is made for ${size}.`;\n  throw new RunError(\"bad-option\", message, \"Use fewer, or compile the page with a larger `batch` in `train`.\");\n}",
      "uses": [
        "RunError"
      ]
    },
    {
      "name": "CoupledNetwork",
      "text": "/** What a definition binds. Data are taken in batches from the first example on, the last with what is left. */\nclass CoupledNetwork {\n  #functions;\n  #rows;\n  constructor(functions) {\n    this.#functions = functions;\n    this.#rows = functions.columns.map((length) => new Float64Array(functions.size * length));\n  }\n  forward = (p, columns, out, n, seed) => {\n    this.#forward(p, columns, out, n, n + 1, seedOfPass(seed, n));\n  };\n  forwardAll = (p, columns, out, count, seed) => {\n    this.#each(0, count, (first, end) => this.#forward(p, columns, out, first, end, seedOfPass(seed, first)));\n  };\n  evaluate = (p, columns, measures, n, seed) => {\n    this.#stage(columns, null, n, n + 1);\n    return this.#functions.evaluate?.(p, this.#rows, measures, seedOfPass(seed, n), 1) ?? 0;\n  };\n  evaluateAll = (p, columns, sums, count, seed) => {\n    const measures = this.#functions.allocate(sums.length);\n    let loss = 0;\n    this.#each(0, count, (first, end) => {\n      this.#stage(columns, null, first, end);\n      loss += this.#functions.evaluate?.(p, this.#rows, measures, seedOfPass(seed, first), end - first) ?? 0;\n      for (let m = 0; m < sums.length; m++) sums[m] = (sums[m] ?? 0) + (measures[m] ?? 0);\n    });\n    return loss;\n  };\n  gradient = (p, columns, grad, n, seed) => this.#gradient(p, columns, grad, null, n, n + 1, seedOfPass(seed, n));\n  gradientAll = (p, columns, grad, count, seed) => {\n    let loss = 0;\n    this.#each(0, count, (first, end) => {\n      loss += this.#gradient(p, columns, grad, null, first, end, seedOfPass(seed, first));\n    });\n    divide(grad, count);\n    return loss;\n  };\n  /** As a definition's `step`. @throws {RunError} for batches that the network was not made for. */\n  step = (p, columns, grad, state, t, batch, first, end, order, total, seed) => {\n    const { size, update } = this.#functions;\n    demandRoom(batch, size);\n    // As in the step of `WasmNetwork`.\n    let sum = +total;\n    for (let start = first, step = t | 0; start < end; start += batch, step++) {\n      const stop = Math.min(start + batch, end);\n      sum += this.#gradient(p, columns, grad, order, start, stop, seedOfPass(seed, start));\n      update?.(p, grad, state, step, stop - start);\n    }\n    return sum;\n  };\n  #gradient(p, columns, grad, order, first, end, seed) {\n    this.#stage(columns, order, first, end);\n    return this.#functions.gradient?.(p, this.#rows, grad, seed, end - first) ?? 0;\n  }\n  #forward(p, columns, out, first, end, seed) {\n    const { size, outputs, allocate, forward } = this.#functions;\n    this.#stage(columns, null, first, end);\n    const rows = allocate(size * outputs);\n    forward?.(p, this.#rows, rows, seed, end - first);\n    out.set(rows.subarray(0, (end - first) * outputs), first * outputs);\n  }\n  #each(first, count, visit) {\n    const { size } = this.#functions;\n    for (let start = first; start < count; start += size) visit(start, Math.min(start + size, count));\n  }\n  /** Rows of order[first], …, order[end − 1] (without an order, first, …, end − 1); what is left repeats the last. */\n  #stage(columns, order, first, end) {\n    const { size, columns: lengths } = this.#functions;\n    for (let c = 0; c < columns.length; c++) {\n      const column = columns[c];\n      const rows = this.#rows[c];\n      const length = lengths[c] ?? 0;\n      if (column === undefined || rows === undefined) continue;\n      for (let row = 0; row < size; row++) {\n        const k = Math.min(first + row, end - 1);\n        const from = (order === null ? k : (order[k] ?? 0)) * length;\n        for (let i = 0; i < length; i++) rows[row * length + i] = column[from + i] ?? 0;\n      }\n    }\n  }\n}",
      "uses": [
        "demandRoom",
        "divide",
        "seedOfPass"
      ]
    },
    {
      "name": "leastRow",
      "text": "/** Numbers of an example from which on a view of them, which takes about a hundred bytes, is worth its memory. */\nconst leastRow = 64;",
      "uses": []
    },
    {
      "name": "rowsOf",
      "text": "/** @param sizes numbers of one example, by column */\nfunction rowsOf(columns, sizes) {\n  return columns.map((column, c) => {\n    const size = sizes[c] ?? 0;\n    if (size < leastRow) return null;\n    return Array.from({ length: column.length / size }, (_, n) => column.subarray(n * size, (n + 1) * size));\n  });\n}",
      "uses": [
        "leastRow"
      ]
    },
    {
      "name": "newMemory",
      "text": "/** @param pages of 64 KiB */\nfunction newMemory(pages, shared) {\n  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });\n}",
      "uses": []
    },
    {
      "name": "instantiate",
      "text": "/** The module with a memory and the functions that it imports. */\nfunction instantiate(module, imports) {\n  return new WebAssembly.Instance(module, imports).exports;\n}",
      "uses": []
    },
    {
      "name": "WasmCode",
      "text": "/** The compiled code of a model, shared by its networks. */\nclass WasmCode {\n  #text;\n  #products;\n  #compiled = null;\n  /**\n   * @param text the module's bytes in hexadecimal\n   * @param products where in them products of vectors are taken that something is added to, and where it is added: each\n   *   as a gap to the one before; `ff` is that much and no place\n   */\n  constructor(text, products = \"\") {\n    this.#text = text;\n    this.#products = products;\n  }\n  /**\n   * Compiles the code off the main thread; until then the first network compiles it where it is made. Networks that were\n   * made before keep the code that they have. @throws {RunError}\n   */\n  async ready({ fused = true } = {}) {\n    const chosen = this.#choose(fused);\n    this.#compiled = { module: await WebAssembly.compile(chosen.bytes), fused: chosen.fused };\n    return { fused: chosen.fused };\n  }\n  /** @throws {RunError} */\n  get module() {\n    if (this.#compiled === null) {\n      const { bytes, fused } = this.#choose(true);\n      this.#compiled = { module: new WebAssembly.Module(bytes), fused };\n    }\n    return this.#compiled.module;\n  }\n  /** The module's bytes, with fused operations if they may be and the engine has them. @throws {RunError} */\n  #choose(mayFuse) {\n    const remedy = \"Use an engine of 2021 or later, or a module compiled for the target `ts`.\";\n    if (typeof WebAssembly === \"undefined\") throw new RunError(\"no-wasm\", \"There is no WebAssembly here.\", remedy);\n    const bytes = bytesOf(this.#text);\n    if (mayFuse && this.#products !== \"\") {\n      const fused = fuseProducts(bytes, bytesOf(this.#products));\n      if (WebAssembly.validate(fused)) return { bytes: fused, fused: true };\n    }\n    if (WebAssembly.validate(bytes)) return { bytes, fused: false };\n    throw new RunError(\"no-wasm\", \"This engine's WebAssembly has no vectors (SIMD).\", remedy);\n  }\n}",
      "uses": [
        "RunError",
        "bytesOf",
        "fuseProducts"
      ]
    },
    {
      "name": "bytesOf",
      "text": "function bytesOf(hexadecimal) {\n  // Eight digits at a time: this runs once, where a loop is slow, and what the loop calls is not.\n  const words = new DataView(new ArrayBuffer(4 * Math.ceil(hexadecimal.length / 8)));\n  for (let k = 0; k < hexadecimal.length; k += 8) {\n    words.setUint32(k / 2, Number.parseInt(hexadecimal.slice(k, k + 8).padEnd(8, \"0\"), 16));\n  }\n  return new Uint8Array(words.buffer, 0, hexadecimal.length / 2);\n}",
      "uses": []
    },
    {
      "name": "fuseProducts",
      "text": "/** `a b mul c add` becomes `a b nop nop nop c relaxed_madd`: as many bytes, and ab + c is rounded once. */\nfunction fuseProducts(bytes, products) {\n  const fused = bytes.slice();\n  let at = 0;\n  for (const gap of products) {\n    at += gap;\n    if (gap === 255) continue;\n    // f32x4.add is fd e4 01, f64x2.add fd f0 01; the fused ones are fd 85 02 and fd 87 02. All others are products.\n    const operation = fused[at + 1];\n    if (operation === 0xe4) fused.set([0x85, 2], at + 1);\n    else if (operation === 0xf0) fused.set([0x87, 2], at + 1);\n    else fused.fill(1, at, at + 3);\n  }\n  return fused;\n}",
      "uses": []
    },
    {
      "name": "serveBlocks",
      "text": "/**\n * Job after job until it is told to end. It may run as the text of this very function, so it mentions nothing outside of it\n * and has no function inside.\n */\nfunction serveBlocks(task, ready) {\n  const { module, memory, start, single, lossAt, columnsAt, sizes, block, id, control, job, order, columns } = task;\n  const { gradient } = new WebAssembly.Instance(module, { memory: { memory }, math: Math, thread: { start } }).exports;\n  const Numbers = single ? Float32Array : Float64Array;\n  const found = new Numbers(memory.buffer, start + lossAt, 1);\n  const staged = columns.map((_, c) => {\n    return new Numbers(memory.buffer, start + (columnsAt[c] ?? 0), (sizes[c] ?? 0) * block);\n  });\n  // As `rowsOf` has it.\n  const rows = columns.map((column, c) => {\n    const size = sizes[c] ?? 0;\n    const views = [];\n    for (let at = 0; size >= 64 && at < column.length; at += size) views.push(column.subarray(at, at + size));\n    return views;\n  });\n  ready();\n  for (let seen = 0; ; ) {\n    // A job follows soon or not at all: looking is faster than being woken.\n    for (let looks = 0; looks < 20_000 && Atomics.load(control, 0) === seen; looks++);\n    Atomics.wait(control, 0, seen);\n    seen = Atomics.load(control, 0);\n    if (Atomics.load(control, 1) === 1) return;\n    const first = job[3 * id] ?? 0;\n    const end = job[3 * id + 1] ?? 0;\n    let loss = 0;\n    for (let from = first; from < end; from += block) {\n      const count = Math.min(block, end - from);\n      for (let b = 0; b < block; b++) {\n        const n = order[from + Math.min(b, count - 1)] ?? 0;\n        for (let c = 0; c < columns.length; c++) {\n          const column = columns[c];\n          const target = staged[c];\n          const size = sizes[c] ?? 0;\n          if (column === undefined || target === undefined) continue;\n          const row = rows[c]?.[n];\n          if (row !== undefined) target.set(row, b * size);\n          else for (let e = 0; e < size; e++) target[b * size + e] = column[n * size + e] ?? 0;\n        }\n      }\n      gradient?.(count);\n      loss += found[0] ?? 0;\n    }\n    job[3 * id + 2] = loss;\n    Atomics.store(control, 2 + id, seen);\n    Atomics.notify(control, 2 + id);\n  }\n}",
      "uses": []
    },
    {
      "name": "serveThread",
      "text": "/** In a browser's worker: waits for a task. */\nfunction serveThread() {\n  addEventListener(\"message\", ({ data }) => serveBlocks(data, () => postMessage(\"ready\")));\n}",
      "uses": [
        "serveBlocks"
      ]
    },
    {
      "name": "shareOf",
      "text": "/** Of `count` examples the first that is not among the first `parts` of `threads` shares, which are whole blocks. */\nfunction shareOf(parts, threads, count, block) {\n  const blocks = Math.ceil(count / block);\n  return Math.min(count, block * Math.floor((parts * blocks) / threads));\n}",
      "uses": []
    },
    {
      "name": "WasmTeam",
      "text": "/** Workers that wait for batches of one data set. */\nclass WasmTeam {\n  /** The columns whose examples the team has. */\n  columns;\n  #workers;\n  #tasks;\n  #jobs = 0;\n  constructor(columns, tasks, workers) {\n    this.columns = columns;\n    this.#tasks = tasks;\n    this.#workers = workers;\n  }\n  /**\n   * Starts `size` workers. @throws {RunError} where there is no shared memory, or no worker can be had\n   * @param stride bytes from one thread's own memory to the next one's\n   * @param batch the most examples of a job\n   * @param worker makes a worker that serves; null where it is made here\n   */\n  static async start(size, task, stride, columns, batch, worker) {\n    if (typeof SharedArrayBuffer === \"undefined\") {\n      const remedy = \"Serve the page with COOP and COEP headers, or train without `threads`.\";\n      throw new RunError(\"no-threads\", \"There is no memory that threads could share here.\", remedy);\n    }\n    const common = {\n      ...task,\n      control: new Int32Array(new SharedArrayBuffer(4 * (2 + size))),\n      job: new Float64Array(new SharedArrayBuffer(24 * size)),\n      order: new Uint32Array(new SharedArrayBuffer(4 * batch)),\n      columns: columns.map(sharedCopy),\n    };\n    const tasks = Array.from({ length: size }, (_, id) => ({ ...common, id, start: (id + 1) * stride }));\n    return new WasmTeam(columns, tasks, await Promise.all(tasks.map((each) => startWorker(each, worker))));\n  }\n  /** Divides `count` examples, order[first], … (without an order, first, …), among the caller and the workers. */\n  begin(order, first, count) {\n    const [task] = this.#tasks;\n    if (task === undefined) return;\n    const threads = this.#tasks.length + 1;\n    for (let k = 0; k < count; k++) task.order[k] = order === null ? first + k : (order[first + k] ?? 0);\n    for (const { id, job } of this.#tasks) {\n      job[3 * id] = shareOf(id + 1, threads, count, task.block);\n      job[3 * id + 1] = shareOf(id + 2, threads, count, task.block);\n    }\n    this.#jobs++;\n    Atomics.store(task.control, 0, this.#jobs);\n    Atomics.notify(task.control, 0);\n  }\n  /** Waits for all, and returns the sum of their losses. */\n  end() {\n    let loss = 0;\n    for (const { id, control, job } of this.#tasks) {\n      awaitJob(control, 2 + id, this.#jobs);\n      loss += job[3 * id + 2] ?? 0;\n    }\n    return loss;\n  }\n  /** Ends the workers. */\n  dismiss() {\n    const [task] = this.#tasks;\n    if (task === undefined) return;\n    Atomics.store(task.control, 1, 1);\n    Atomics.store(task.control, 0, this.#jobs + 1);\n    Atomics.notify(task.control, 0);\n    for (const worker of this.#workers) worker.terminate();\n  }\n}",
      "uses": [
        "RunError",
        "awaitJob",
        "shareOf",
        "sharedCopy",
        "startWorker"
      ]
    },
    {
      "name": "awaitJob",
      "text": "/** Returns once `control[at]` is `job`: at first by looking, then, where this thread may sleep, asleep. */\nfunction awaitJob(control, at, job) {\n  let sleeps = true;\n  for (let looks = 0; ; looks++) {\n    const done = Atomics.load(control, at);\n    if (done === job) return;\n    if (looks < 20_000 || !sleeps) continue;\n    try {\n      Atomics.wait(control, at, done);\n    } catch {\n      // A browser's main thread may not sleep.\n      sleeps = false;\n    }\n  }\n}",
      "uses": []
    },
    {
      "name": "sharedCopy",
      "text": "/** The same numbers, where threads can see them. */\nfunction sharedCopy(column) {\n  const buffer = new SharedArrayBuffer(column.byteLength);\n  new Uint8Array(buffer).set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));\n  if (column instanceof Float64Array) return new Float64Array(buffer);\n  if (column instanceof Float32Array) return new Float32Array(buffer);\n  if (column instanceof Int8Array) return new Int8Array(buffer);\n  if (column instanceof Uint8Array) return new Uint8Array(buffer);\n  if (column instanceof Uint8ClampedArray) return new Uint8ClampedArray(buffer);\n  if (column instanceof Int16Array) return new Int16Array(buffer);\n  if (column instanceof Uint16Array) return new Uint16Array(buffer);\n  if (column instanceof Int32Array) return new Int32Array(buffer);\n  return new Uint32Array(buffer);\n}",
      "uses": []
    },
    {
      "name": "startWorker",
      "text": "/** A worker that is ready for jobs. @throws {RunError} */\nasync function startWorker(task, made) {\n  const refuse = (reason) => {\n    const remedy = \"Train without `threads`, or, where a page's policy forbids workers of `blob:`, with `worker`.\";\n    return new RunError(\"no-threads\", `A worker could not be started: ${String(reason)}.`, remedy);\n  };\n  const serve = `(${serveBlocks.toString()})`;\n  const builtin = typeof process === \"undefined\" ? undefined : process.getBuiltinModule?.(\"node:worker_threads\");\n  return new Promise((resolve, reject) => {\n    if (builtin !== undefined && made === null) {\n      const listen = `const { parentPort: port } = require(\"node:worker_threads\");`;\n      const text = `${listen} port.once(\"message\", (task) => ${serve}(task, () => port.postMessage(\"ready\")));`;\n      const worker = new builtin.Worker(text, { eval: true });\n      worker.on(\"message\", () => {\n        // A team that nobody dismisses keeps no process alive.\n        worker.unref();\n        resolve(worker);\n      });\n      worker.on(\"error\", (error) => reject(refuse(error)));\n      worker.postMessage(task);\n      return;\n    }\n    if (made === null && typeof Worker === \"undefined\") {\n      reject(refuse(\"there are none here\"));\n      return;\n    }\n    const text = `onmessage = ({ data }) => ${serve}(data, () => postMessage(\"ready\"));`;\n    const worker = made === null ? workerOf(text) : made();\n    worker.addEventListener(\"message\", () => resolve(worker));\n    worker.addEventListener(\"error\", () => reject(refuse(\"the browser refused it\")));\n    worker.postMessage(task);\n  });\n}",
      "uses": [
        "RunError",
        "serveBlocks",
        "workerOf"
      ]
    },
    {
      "name": "workerOf",
      "text": "/** A browser's worker that runs a text. */\nfunction workerOf(text) {\n  const url = URL.createObjectURL(new Blob([text], { type: \"text/javascript\" }));\n  if (Worker === undefined) throw new RangeError(\"a browser has workers\");\n  const worker = new Worker(url);\n  worker.addEventListener(\"message\", () => URL.revokeObjectURL(url));\n  return worker;\n}",
      "uses": []
    },
    {
      "name": "WasmNetwork",
      "text": "/** One network's memory and functions: what a definition binds. */\nclass WasmNetwork {\n  #module;\n  #memory;\n  #team = null;\n  #threads = 1;\n  #floats;\n  #layout;\n  #run;\n  #p;\n  #grad;\n  #state;\n  #out;\n  #metrics;\n  #loss;\n  /** Where a sum of losses is left: a number that is returned may be allocated. */\n  #sum = new Float64Array(1);\n  #columns;\n  /** Of the columns that steps have learnt from; what is looked at once is not worth views. */\n  #rows = new WeakMap();\n  #noise;\n  /** @throws {RunError} where the engine cannot run the code */\n  constructor(code, floats, layout) {\n    this.#module = code.module;\n    this.#floats = floats;\n    this.#layout = layout;\n    const memory = newMemory(layout.pages, layout.threads !== undefined);\n    this.#memory = memory;\n    this.#run = instantiate(this.#module, { memory: { memory }, math: Math, thread: { start: 0 } });\n    const view = ([at, length]) => new floats(memory.buffer, at, length);\n    this.#p = view(layout.p);\n    this.#grad = view(layout.grad);\n    this.#state = view(layout.state);\n    this.#out = view(layout.out);\n    this.#metrics = view(layout.metrics);\n    this.#loss = view(layout.loss);\n    this.#columns = layout.columns.map(view);\n    const drawn = (role) => (layout.noise?.[role] ?? []).map((noise) => ({ noise, values: view(noise.at) }));\n    this.#noise = {\n      forward: drawn(\"forward\"),\n      evaluate: drawn(\"evaluate\"),\n      gradient: drawn(\"gradient\"),\n      step: drawn(\"step\"),\n    };\n  }\n  /** Zeros, or the place in memory of what the code works on. */\n  allocate = (length, use) => {\n    switch (use) {\n      case \"parameters\":\n        return this.#p;\n      case \"gradient\":\n        this.#grad.fill(0);\n        return this.#grad;\n      case \"state\":\n        return this.#state;\n      case undefined:\n        return new this.#floats(length);\n    }\n  };\n  initialize = (_p, seed) => {\n    this.#call(\"initialize\", seed, 0);\n  };\n  forward = (_p, columns, out, n, seed) => {\n    this.#stage(\"forward\", columns, this.#layout.inputs, null, n, n + 1, seed);\n    if (this.#isTogether(\"forward\")) this.#call(\"forwardAll\", 1, 0);\n    else this.#call(\"forward\", 0, 0);\n    const size = this.#out.length / this.#layout.block;\n    for (let k = 0; k < size; k++) out[n * size + k] = this.#out[k] ?? 0;\n  };\n  forwardAll = (p, columns, out, count, seed) => {\n    const { block, inputs, outputs } = this.#layout;\n    const width = this.#out.length / block;\n    if (this.#run[\"forwardAll\"] === undefined) {\n      for (let n = 0; n < count; n++) this.forward(p, columns, out, n, seed);\n      return;\n    }\n    for (let start = 0; start < count; start += block) {\n      const stop = Math.min(start + block, count);\n      this.#stage(\"forward\", columns, inputs, null, start, stop, seed);\n      this.#call(\"forwardAll\", stop - start, 0);\n      for (const [offset, size] of outputs) {\n        for (let n = start; n < stop; n++) {\n          const from = offset * block + (n - start) * size;\n          const to = n * width + offset;\n          for (let k = 0; k < size; k++) out[to + k] = this.#out[from + k] ?? 0;\n        }\n      }\n    }\n  };\n  evaluate = (_p, columns, metrics, n, seed) => {\n    this.#stage(\"evaluate\", columns, columns.length, null, n, n + 1, seed);\n    this.#call(\"evaluate\", 1, 0);\n    metrics.set(this.#metrics);\n    return this.#loss[0] ?? 0;\n  };\n  evaluateAll = (_p, columns, sums, count, seed) => {\n    const { block } = this.#layout;\n    let loss = 0;\n    for (let start = 0; start < count; start += block) {\n      const stop = Math.min(start + block, count);\n      this.#stage(\"evaluate\", columns, columns.length, null, start, stop, seed);\n      this.#call(\"evaluate\", stop - start, 0);\n      loss += this.#loss[0] ?? 0;\n      for (let m = 0; m < sums.length; m++) sums[m] = (sums[m] ?? 0) + (this.#metrics[m] ?? 0);\n    }\n    return loss;\n  };\n  // Between two steps the code's own gradient is 0, so that it can be borrowed.\n  gradient = (_p, columns, grad, n, seed) => {\n    if (grad !== this.#grad) this.#grad.set(grad);\n    this.#gradients(columns, null, n, n + 1, seed);\n    return this.#handOver(grad);\n  };\n  gradientAll = (_p, columns, grad, count, seed) => {\n    this.#gradients(columns, null, 0, count, seed);\n    this.#call(\"average\", count, 0);\n    return this.#handOver(grad);\n  };\n  update = (_p, _grad, _state, t, examples) => {\n    this.#call(\"update\", t, examples);\n  };\n  step = (_p, columns, _grad, _state, t, batch, first, end, order, total, seed) => {\n    if (this.#isTogether(\"gradient\")) demandRoom(batch, this.#layout.block);\n    // Of an argument V8 does not know that it is a number, and would allocate each sum; nor that a step's number is below\n    // 2³¹, and would allocate each that it passes on.\n    let sum = +total;\n    if (!this.#rows.has(columns)) this.#rows.set(columns, rowsOf(columns, this.#sizes()));\n    for (let start = first, step = t | 0; start < end; start += batch, step++) {\n      const stop = Math.min(start + batch, end);\n      if (batch === 1 && this.#run[\"step\"] !== undefined) {\n        this.#stage(\"step\", columns, columns.length, order, start, stop, seed);\n        this.#call(\"step\", step, 0);\n        sum += this.#loss[0] ?? 0;\n      } else {\n        this.#sharedGradients(columns, order, start, stop, seed);\n        sum += this.#sum[0] ?? 0;\n        this.#call(\"update\", step, stop - start);\n      }\n    }\n    return sum;\n  };\n  /**\n   * Until it is dismissed, a team of `threads − 1` workers and this thread share the batches of the columns.\n   * @throws {RunError} where there can be no team\n   */\n  recruit = async (threads, columns, batch, worker) => {\n    const { threads: most, loss, columns: spans, block } = this.#layout;\n    if (most === undefined || threads > most.count) {\n      const message = `This network was compiled for ${most?.count ?? 1} threads, not ${threads}.`;\n      throw new RunError(\"no-threads\", message, `Compile it with \\`--threads ${threads}\\`, or ask for fewer.`);\n    }\n    const task = {\n      module: this.#module,\n      memory: this.#memory,\n      single: this.#p instanceof Float32Array,\n      lossAt: loss[0],\n      columnsAt: spans.map(([at]) => at),\n      sizes: this.#sizes(),\n      block,\n    };\n    const team = await most.team.start(threads - 1, task, most.stride, columns, batch, worker);\n    this.#team = team;\n    this.#threads = threads;\n    return () => {\n      this.#team = null;\n      team.dismiss();\n    };\n  };\n  /** Moves the gradient to where it is wanted; returns the sum of the losses. */\n  #handOver(grad) {\n    if (grad !== this.#grad) {\n      grad.set(this.#grad);\n      this.#grad.fill(0);\n    }\n    return this.#sum[0] ?? 0;\n  }\n  /** The same by all threads: each has a stretch of whole blocks, this one the first. */\n  #sharedGradients(columns, order, first, end, seed) {\n    const team = this.#team;\n    if (team === null || team.columns !== columns || end - first <= this.#layout.block) {\n      this.#gradients(columns, order, first, end, seed);\n      return;\n    }\n    const own = shareOf(1, this.#threads, end - first, this.#layout.block);\n    team.begin(order, first, end - first);\n    this.#gradients(columns, order, first, first + own, seed);\n    this.#sum[0] = (this.#sum[0] ?? 0) + team.end();\n    this.#call(\"collect\", 0, 0);\n  }\n  /** Adds the gradients of examples to `#grad`, and leaves the sum of their losses in `#sum`. */\n  #gradients(columns, order, first, end, seed) {\n    const { block } = this.#layout;\n    let loss = 0;\n    for (let start = first; start < end; start += block) {\n      const stop = Math.min(start + block, end);\n      this.#stage(\"gradient\", columns, columns.length, order, start, stop, seed);\n      this.#call(\"gradient\", stop - start, 0);\n      loss += this.#loss[0] ?? 0;\n    }\n    this.#sum[0] = loss;\n  }\n  /**\n   * Fills the block with the examples order[first], …, order[end − 1] (without an order, first, …, end − 1), and draws\n   * their noise. What is left of the block repeats the last: it counts for nothing, but must be numbers that the network\n   * can be applied to.\n   */\n  #stage(role, columns, count, order, first, end, seed) {\n    const { block } = this.#layout;\n    const rows = this.#rows.get(columns);\n    for (let c = 0; c < count; c++) {\n      const column = columns[c];\n      const staged = this.#columns[c];\n      if (column === undefined || staged === undefined) continue;\n      const size = staged.length / block;\n      // What is looked at once is copied as a whole, where that is worth a view of it.\n      if (rows === undefined && order === null && (end - first) * size >= leastRow) {\n        const [from, to] = [first * size, end * size];\n        staged.set(to - from === column.length ? column : column.subarray(from, to));\n        for (let b = end - first; b < block; b++) staged.copyWithin(b * size, to - from - size, to - from);\n        continue;\n      }\n      const views = rows?.[c];\n      for (let b = 0; b < block; b++) {\n        const k = Math.min(first + b, end - 1);\n        const n = order === null ? k : (order[k] ?? 0);\n        const row = views?.[n];\n        if (row !== undefined) staged.set(row, b * size);\n        else for (let e = 0; e < size; e++) staged[b * size + e] = column[n * size + e] ?? 0;\n      }\n    }\n    if (this.#noise[role].length > 0) this.#draw(role, order, first, end, seed);\n  }\n  /** The noise of a block of examples. */\n  #draw(role, order, first, end, seed) {\n    const { block } = this.#layout;\n    const together = this.#isTogether(role);\n    // What examples see of each other depends on the batch that they stand in, and so do draws: by row.\n    const drawn = together ? seedOfPass(seed, first) : seed;\n    for (const { noise, values } of this.#noise[role]) {\n      const size = values.length / block;\n      for (let b = 0; b < block; b++) {\n        const k = Math.min(first + b, end - 1);\n        const stream = noise.stream + (together ? b : order === null ? k : (order[k] ?? 0)) * noise.stride;\n        for (let e = 0; e < size; e++) values[b * size + e] = noise.draw(drawn, stream, e);\n      }\n    }\n  }\n  /** Elements of one example in each column. */\n  #sizes() {\n    const { columns, block } = this.#layout;\n    return columns.map(([, length]) => length / block);\n  }\n  #isTogether(role) {\n    return this.#layout.together?.includes(role) ?? false;\n  }\n  /** Runs a function, which leaves its loss in memory. */\n  #call(name, x, y) {\n    this.#run[name]?.(x, y);\n  }\n}",
      "uses": [
        "RunError",
        "demandRoom",
        "instantiate",
        "leastRow",
        "newMemory",
        "rowsOf",
        "seedOfPass",
        "shareOf"
      ]
    }
  ],
  dts: [
    {
      "name": "Signal",
      "text": "/** What ends a run early: an `AbortSignal`, or anything like it. */\ninterface Signal {\n  readonly aborted: boolean;\n}",
      "uses": []
    },
    {
      "name": "Evaluation",
      "text": "interface Evaluation<Metrics> {\n  /** Mean over the examples. */\n  readonly loss: number;\n  /** Each the mean over the examples. */\n  readonly metrics: Metrics;\n}",
      "uses": []
    },
    {
      "name": "EpochReport",
      "text": "/** What is known after an epoch. */\ninterface EpochReport<Metrics> {\n  /** Epochs completed since the parameters were drawn, this one included. */\n  readonly epoch: number;\n  /** At which epoch this run will end. */\n  readonly epochs: number;\n  /** Steps taken since the parameters were drawn. */\n  readonly step: number;\n  /** In the epoch. */\n  readonly examples: number;\n  /** Mean over the epoch's examples, each measured just before the step that learns from it. */\n  readonly loss: number;\n  /** Measured on the training data after the epoch's last step. */\n  readonly metrics: Metrics;\n  /** Measured on the data given for it after the epoch's last step; null without any. */\n  readonly validation: Evaluation<Metrics> | null;\n  /** Epochs completed at the run's best report so far; null where `best` and `patience` ask for none. */\n  readonly best: number | null;\n}",
      "uses": [
        "Evaluation"
      ]
    },
    {
      "name": "RandomSource",
      "text": "/** Random numbers that a seed decides, in the order in which they are asked for. */\ninterface RandomSource {\n  /** Uniform on [0, 1). */\n  uniform(): number;\n  /** Standard normal. */\n  normal(): number;\n}",
      "uses": []
    },
    {
      "name": "Augment",
      "text": "/**\n * Makes of an example what is learnt from in its place: gets its members as flat numbers in the data's own units, and\n * returns those that are others. Pure but for what it draws, so that runs repeat.\n */\ntype Augment<Data> = (\n  example: {\n    readonly [Port in keyof Data]: Float64Array;\n  },\n  random: RandomSource,\n) => {\n  readonly [Port in keyof Data]?: ArrayLike<number> | number;\n};",
      "uses": [
        "RandomSource"
      ]
    },
    {
      "name": "ThreadWorker",
      "text": "/** What there is of a browser's `Worker`. */\ninterface ThreadWorker {\n  postMessage(message: unknown): void;\n  terminate(): void;\n  addEventListener(type: \"message\" | \"error\", listener: () => void): void;\n}",
      "uses": []
    },
    {
      "name": "TrainOptions",
      "text": "/** How a run goes; what is left out is as the model declares it. */\ninterface TrainOptions<Data extends object = object, Metrics = object> {\n  /** How many epochs to add; one under way that was interrupted counts as the first. */\n  readonly epochs?: number;\n  /** The epoch at which to end, counted since the parameters were drawn, instead of `epochs`: for a resumed run. */\n  readonly until?: number;\n  /** Examples per step; the last step of an epoch takes what is left. */\n  readonly batch?: number;\n  /**\n   * How many threads share the work of a batch (1 if left out), at most as many as the module was compiled for. Runs of the\n   * same number are the same, bit for bit.\n   */\n  readonly threads?: number;\n  /**\n   * Makes a worker whose code calls the module's `serve`, for pages that may not start one from a text:\n   * `() => new Worker(new URL(\"./worker.js\", import.meta.url), { type: \"module\" })`.\n   */\n  readonly worker?: () => ThreadWorker;\n  /** Whether each epoch visits the examples in an order drawn from the seed; otherwise in the given one. */\n  readonly shuffle?: boolean;\n  /** Once aborted, the run ends after the step under way, without a report; training again goes on from there. */\n  readonly signal?: Signal;\n  /** Epochs between two reports (1 if left out); the last epoch is reported in any case. */\n  readonly every?: number;\n  /** Data to measure for each report, not to learn from. */\n  readonly validation?: Data;\n  /** What each visit to an example learns from in its place; what is measured is not augmented. */\n  readonly augment?: Augment<Data>;\n  /** Keeps the parameters of the best report, for `restoreBest`. */\n  readonly best?: boolean;\n  /** Ends the run once so many epochs have gone by without a better report, and keeps the best. */\n  readonly patience?: number;\n  /** What is to become small: the validation's loss if left out, without validation the loss. */\n  readonly monitor?: (report: EpochReport<Metrics>) => number;\n  /** By how much it has to be smaller to count as better (0 if left out). */\n  readonly minDelta?: number;\n}",
      "uses": [
        "Augment",
        "EpochReport",
        "Signal",
        "ThreadWorker"
      ]
    },
    {
      "name": "Floats",
      "text": "/** The element types in which a network computes. */\ntype Floats = Float64Array | Float32Array;",
      "uses": []
    },
    {
      "name": "NumericArray",
      "text": "/** Flat numbers in row-major order, of any element type that holds them. */\ntype NumericArray =\n  | Float64Array\n  | Float32Array\n  | Int8Array\n  | Uint8Array\n  | Uint8ClampedArray\n  | Int16Array\n  | Uint16Array\n  | Int32Array\n  | Uint32Array;",
      "uses": []
    },
    {
      "name": "Extents",
      "text": "type Extents = readonly number[];",
      "uses": []
    },
    {
      "name": "Nested",
      "text": "/** Nested arrays of a rank: `number`, `readonly number[]`, `readonly (readonly number[])[]`, … */\ntype Nested<Shape extends Extents> = Shape extends readonly [number, ...infer Rest extends Extents]\n  ? readonly Nested<Rest>[]\n  : number;",
      "uses": [
        "Extents"
      ]
    },
    {
      "name": "Example",
      "text": "/**\n * One example's worth of a tensor: nested arrays, or flat row-major numbers. A tensor of one element may be that number.\n * Lengths are checked when the data are read.\n */\ntype Example<Shape extends Extents> =\n  | Nested<Shape>\n  | (Shape extends readonly [] ? never : NumericArray | readonly number[])\n  | (Shape extends readonly 1[] ? number : never);",
      "uses": [
        "Extents",
        "Nested",
        "NumericArray"
      ]
    },
    {
      "name": "Examples",
      "text": "/** Any number of examples: a list of them, or all of them in one flat array, one after another. */\ntype Examples<Shape extends Extents> = readonly Example<Shape>[] | NumericArray;",
      "uses": [
        "Example",
        "Extents",
        "NumericArray"
      ]
    },
    {
      "name": "Tensor",
      "text": "/** A tensor whose elements lie in `values` in row-major order. */\ndeclare class Tensor<Shape extends Extents = Extents, Values extends Floats = Float64Array> {\n  readonly shape: Shape;\n  /** Where the elements lie: what is written here is written into the tensor. */\n  readonly values: Values;\n  constructor(values: Values, shape: Shape);\n  /** The element at one index per axis. @throws {RangeError} outside the tensor. */\n  at(\n    ...index: {\n      readonly [Axis in keyof Shape]: number;\n    }\n  ): number;\n}",
      "uses": [
        "Extents",
        "Floats"
      ]
    },
    {
      "name": "tensor",
      "text": "/** A view of `shape` on the elements of `values` from `offset` on. */\ndeclare function tensor<const Shape extends Extents, Values extends Floats>(\n  values: Values,\n  shape: Shape,\n): Tensor<Shape, Values>;",
      "uses": [
        "Extents",
        "Floats",
        "Tensor"
      ]
    },
    {
      "name": "sizeOf",
      "text": "declare function sizeOf(shape: Extents): number;",
      "uses": [
        "Extents"
      ]
    },
    {
      "name": "divide",
      "text": "declare function divide(values: Floats, divisor: number): void;",
      "uses": [
        "Floats"
      ]
    },
    {
      "name": "ModelTypes",
      "text": "/** The types a model's class is made of; the emitted module states them exactly. */\ninterface ModelTypes {\n  /** The arrays in which it computes. */\n  readonly floats: Floats;\n  /** One example's inputs, by name. */\n  readonly inputs: object;\n  /** The inputs of any number of examples, by name. */\n  readonly examples: object;\n  /** The inputs and targets of any number of examples, by name. */\n  readonly data: object;\n  readonly outputs: object;\n  /** Views of parameters, by name. */\n  readonly parameters: object;\n  /** Views of the cotangents of the parameters that are trained, by name. */\n  readonly gradients: object;\n  readonly metrics: object;\n}",
      "uses": [
        "Floats"
      ]
    },
    {
      "name": "Port",
      "text": "/** An input or target of one example. */\ninterface Port {\n  readonly name: string;\n  readonly shape: readonly number[];\n  /** Null for real numbers; k where each number is one of the classes 0 … k − 1. */\n  readonly classes: number | null;\n}",
      "uses": []
    },
    {
      "name": "Slot",
      "text": "/** A stretch of a flat array with a name. */\ninterface Slot {\n  readonly name: string;\n  readonly shape: readonly number[];\n  readonly offset: number;\n}",
      "uses": []
    },
    {
      "name": "Columns",
      "text": "/**\n * Examples as the emitted functions read them: one flat array per port, inputs before targets, each in declared order, of\n * any type of numbers: bytes stay bytes.\n */\ntype Columns = readonly NumericArray[];",
      "uses": [
        "NumericArray"
      ]
    },
    {
      "name": "PredictorDefinition",
      "text": "interface PredictorDefinition<T extends ModelTypes> {\n  readonly model: string;\n  readonly inputs: readonly Port[];\n  /** Ascending and contiguous from 0: the layout of the flat parameters, trained ones first. */\n  readonly parameters: readonly Slot[];\n  readonly outputSize: number;\n  readonly seed: number;\n  /** Zeros; for a use, the array that the functions work on if they can work on one only. */\n  readonly allocate: (length: number, use?: \"parameters\" | \"gradient\" | \"state\") => T[\"floats\"];\n  readonly initialize: (p: T[\"floats\"], seed: number) => void;\n  /** Writes the outputs of example n into `out`, from `n * outputSize` on. `seed` decides what is drawn, here and below. */\n  readonly forward: (p: T[\"floats\"], columns: Columns, out: T[\"floats\"], n: number, seed: number) => void;\n  /** The same for all examples at once, where they see each other or that is faster. */\n  readonly forwardAll?: (p: T[\"floats\"], columns: Columns, out: T[\"floats\"], count: number, seed: number) => void;\n  readonly readParameters: (p: T[\"floats\"]) => T[\"parameters\"];\n  readonly readOutputs: (out: T[\"floats\"], n: number) => T[\"outputs\"];\n}",
      "uses": [
        "Columns",
        "ModelTypes",
        "Port",
        "Slot"
      ]
    },
    {
      "name": "DifferentiableDefinition",
      "text": "interface DifferentiableDefinition<T extends ModelTypes> extends PredictorDefinition<T> {\n  readonly targets: readonly Port[];\n  /** Length of a gradient: the numbers that are trained, and behind them states that a batch decides. */\n  readonly trained: number;\n  readonly metricCount: number;\n  /** Numbers that `evaluate` writes, if there is a `finish`: else the metrics themselves. */\n  readonly measureCount?: number;\n  /** Returns the loss of example n and writes its measures. */\n  readonly evaluate: (p: T[\"floats\"], columns: Columns, measures: T[\"floats\"], n: number, seed: number) => number;\n  /** Writes the metrics of `examples` examples, whose measures add up to `sums`. Without it they are the measures' means. */\n  readonly finish?: (sums: Float64Array, examples: number, metrics: T[\"floats\"]) => void;\n  /** Adds ∂loss/∂parameters of example n into `grad`; returns its loss. */\n  readonly gradient: (p: T[\"floats\"], columns: Columns, grad: T[\"floats\"], n: number, seed: number) => number;\n  /** The same for all examples at once, where they see each other or that is faster: the sum of their losses, and of each metric into `sums`. */\n  readonly evaluateAll?: (p: T[\"floats\"], columns: Columns, sums: Float64Array, count: number, seed: number) => number;\n  /** Writes the mean over all examples of ∂loss/∂parameters into `grad`, which is zero before; returns the sum of their losses. */\n  readonly gradientAll?: (p: T[\"floats\"], columns: Columns, grad: T[\"floats\"], count: number, seed: number) => number;\n  readonly readGradients: (grad: T[\"floats\"]) => T[\"gradients\"];\n  readonly readMetrics: (metrics: T[\"floats\"]) => T[\"metrics\"];\n}",
      "uses": [
        "Columns",
        "ModelTypes",
        "Port",
        "PredictorDefinition"
      ]
    },
    {
      "name": "TrainableDefinition",
      "text": "interface TrainableDefinition<T extends ModelTypes> extends DifferentiableDefinition<T> {\n  readonly optimizer: string;\n  /** The optimizer's memory: ascending and contiguous from 0. */\n  readonly state: readonly Slot[];\n  readonly defaults: {\n    readonly epochs: number;\n    readonly batch: number;\n    readonly shuffle: boolean;\n  };\n  readonly initializeState: (state: T[\"floats\"]) => void;\n  /** Step t = 1, 2, … with the sum of the gradients of `examples` examples, which it clears. */\n  readonly update: (p: T[\"floats\"], grad: T[\"floats\"], state: T[\"floats\"], t: number, examples: number) => void;\n  /** Whether steps draw: then each epoch has a seed of its own. */\n  readonly draws?: true;\n  /** From now until the function it returns is called, batches of these columns are shared by so many threads. */\n  readonly recruit?: (\n    threads: number,\n    columns: Columns,\n    batch: number,\n    worker: (() => ThreadWorker) | null,\n  ) => Promise<() => void>;\n  /** Whether `step` takes batches of any size, or single examples only. */\n  readonly batches: boolean;\n  /**\n   * Steps t, t + 1, …, each with the mean gradient of the next `batch` of the examples order[first], …, order[end − 1]\n   * (without an order, first, …, end − 1), the last with what is left of them; returns `total` and the loss of each\n   * example before its step, added in this order. `grad` is zero before and after.\n   */\n  readonly step: (\n    p: T[\"floats\"],\n    columns: Columns,\n    grad: T[\"floats\"],\n    state: T[\"floats\"],\n    t: number,\n    batch: number,\n    first: number,\n    end: number,\n    order: Uint32Array | null,\n    total: number,\n    seed: number,\n  ) => number;\n}",
      "uses": [
        "Columns",
        "DifferentiableDefinition",
        "ModelTypes",
        "Slot",
        "ThreadWorker"
      ]
    },
    {
      "name": "AdjointError",
      "text": "declare class AdjointError<Code extends string> extends Error {\n  readonly name: string;\n  /** Stable: programs may depend on it. */\n  readonly code: Code;\n  /** What would put it right, one sentence. */\n  readonly remedy: string;\n  constructor(code: Code, message: string, remedy: string);\n}",
      "uses": []
    },
    {
      "name": "DataErrorCode",
      "text": "type DataErrorCode =\n  | \"missing-column\"\n  | \"extra-column\"\n  | \"wrong-shape\"\n  | \"not-a-number\"\n  | \"not-finite\"\n  | \"class-not-whole\"\n  | \"class-out-of-range\"\n  | \"empty\"\n  | \"unequal-lengths\";",
      "uses": []
    },
    {
      "name": "DataError",
      "text": "/** Data that a network refuses. */\ndeclare class DataError extends AdjointError<DataErrorCode> {\n  readonly name = \"DataError\";\n  /** The input or target concerned. */\n  readonly port: string;\n  /** The example concerned, counted from 0; null where it is no single one. */\n  readonly example: number | null;\n  constructor(code: DataErrorCode, port: string, example: number | null, message: string, remedy: string);\n}",
      "uses": [
        "AdjointError",
        "DataErrorCode"
      ]
    },
    {
      "name": "FileErrorCode",
      "text": "type FileErrorCode =\n  | \"cut-short\"\n  | \"header-too-large\"\n  | \"bad-header\"\n  | \"duplicate-name\"\n  | \"bad-type\"\n  | \"bad-layout\"\n  | \"damaged\"\n  | \"missing-tensor\"\n  | \"extra-tensor\"\n  | \"wrong-type\"\n  | \"wrong-shape\"\n  | \"other-model\"\n  | \"not-a-checkpoint\";",
      "uses": []
    },
    {
      "name": "FileError",
      "text": "/** Bytes that are no safetensors file, or not one of this network. */\ndeclare class FileError extends AdjointError<FileErrorCode> {\n  readonly name = \"FileError\";\n}",
      "uses": [
        "AdjointError",
        "FileErrorCode"
      ]
    },
    {
      "name": "RunErrorCode",
      "text": "type RunErrorCode =\n  | \"no-wasm\"\n  | \"no-threads\"\n  | \"bad-option\"\n  | \"already-training\"\n  | \"other-data\"\n  | \"other-batch\"\n  | \"other-order\"\n  | \"no-best\";",
      "uses": []
    },
    {
      "name": "RunError",
      "text": "/** A run that cannot be started as asked. */\ndeclare class RunError extends AdjointError<RunErrorCode> {\n  readonly name = \"RunError\";\n}",
      "uses": [
        "AdjointError",
        "RunErrorCode"
      ]
    },
    {
      "name": "Dataset",
      "text": "interface Dataset {\n  /** Number of examples, at least 1. */\n  readonly count: number;\n  /** One per port, in the order of the ports. A caller's own flat array is used where it lies. */\n  readonly columns: Columns;\n}",
      "uses": [
        "Columns"
      ]
    },
    {
      "name": "readDataset",
      "text": "/**\n * Reads any number of examples of every port from an object with a member for each.\n * @throws {DataError} naming the port, the example (counted from 0) and the remedy.\n */\ndeclare function readDataset(ports: readonly Port[], data: object): Dataset;",
      "uses": [
        "Dataset",
        "Port"
      ]
    },
    {
      "name": "fingerprintOf",
      "text": "/**\n * The number of examples and a hash of them, to tell data from others by accident, not by malice. The hash is MurmurHash3\n * (A. Appleby, public domain), 32 bits, over the numbers' bits as float64, whatever the type of the arrays.\n */\ndeclare function fingerprintOf({ count, columns }: Dataset): string;",
      "uses": [
        "Dataset"
      ]
    },
    {
      "name": "readExample",
      "text": "/** Reads one example of every port; a caller's own flat array is used where it lies. @throws {DataError} */\ndeclare function readExample(ports: readonly Port[], data: object): Columns;",
      "uses": [
        "Columns",
        "Port"
      ]
    },
    {
      "name": "readOne",
      "text": "/** Reads one example into `column` from `at` on; `example` is its number, null where there is only one. */\ndeclare function readOne(\n  port: Port,\n  value: unknown,\n  column: Float64Array,\n  at: number,\n  example: number | null,\n): void;",
      "uses": [
        "Port"
      ]
    },
    {
      "name": "NormalisationKind",
      "text": "/** `standard`: mean 0 and standard deviation 1; `range`: from 0 to 1. Over the examples, for each element of an input. */\ntype NormalisationKind = \"standard\" | \"range\";",
      "uses": []
    },
    {
      "name": "Scaling",
      "text": "/** Of one input, row-major as its elements. */\ninterface Scaling {\n  readonly shift: Float64Array;\n  readonly scale: Float64Array;\n}",
      "uses": []
    },
    {
      "name": "Normalisation",
      "text": "/** By input; what is not there is taken as it is. */\ntype Normalisation = Map<string, Scaling>;",
      "uses": [
        "Scaling"
      ]
    },
    {
      "name": "fitNormalisation",
      "text": "/**\n * The scaling of every input of real numbers that the data have. An element that is the same in all examples becomes 0.\n * @throws {DataError} @throws {RunError} for an unknown kind, or data without such an input.\n */\ndeclare function fitNormalisation(ports: readonly Port[], data: object, kind: NormalisationKind): Normalisation;",
      "uses": [
        "Normalisation",
        "NormalisationKind",
        "Port"
      ]
    },
    {
      "name": "readNormalised",
      "text": "/** {@link readDataset}, as the network takes it. A caller's own arrays stay as they are. @throws {DataError} */\ndeclare function readNormalised(ports: readonly Port[], data: object, normalisation: Normalisation): Dataset;",
      "uses": [
        "Dataset",
        "Normalisation",
        "Port"
      ]
    },
    {
      "name": "readNormalisedExample",
      "text": "/** {@link readExample}, as the network takes it. @throws {DataError} */\ndeclare function readNormalisedExample(\n  ports: readonly Port[],\n  data: object,\n  normalisation: Normalisation,\n): Columns;",
      "uses": [
        "Columns",
        "Normalisation",
        "Port"
      ]
    },
    {
      "name": "normaliseExample",
      "text": "/** One example of a column, from `from` on, in place. */\ndeclare function normaliseExample(\n  { name }: Port,\n  column: Float64Array,\n  from: number,\n  normalisation: Normalisation,\n): void;",
      "uses": [
        "Normalisation",
        "Port"
      ]
    },
    {
      "name": "threefry",
      "text": "/**\n * One block for the key (k0, k1) and the counter (c0, c1), all 32-bit words: of its two output words, the first 26 bits of\n * one followed by the first 27 of the other, as a whole number below 2⁵³. One number and no array, so nothing is allocated.\n *\n * Rounds rotate by 13, 15, 26, 6, 17, 29, 16, 24, again and again; the key is injected after every fourth.\n */\ndeclare function threefry(k0: number, k1: number, c0: number, c1: number): number;",
      "uses": []
    },
    {
      "name": "uniform",
      "text": "/** Draw `k` of stream `stream` under `seed`: uniform on [0, 1), all 53 bits random. */\ndeclare function uniform(seed: number, stream: number, k: number): number;",
      "uses": []
    },
    {
      "name": "normal",
      "text": "/**\n * Draw `k` of stream `stream` under `seed`: standard normal, by Marsaglia's polar method. Draws 2j and 2j + 1 are u and v\n * times √(−2 log(s) / s), for the first point (u, v) of a sequence uniform on the square (−1, 1)² that lies in the unit\n * disc, s = u² + v². Its arithmetic is + − × ÷ √ alone, which every engine rounds alike.\n *\n * Source: G. Marsaglia, T. A. Bray, \"A convenient method for generating normal variables\", SIAM Review 6 (1964).\n */\ndeclare function normal(seed: number, stream: number, k: number): number;",
      "uses": []
    },
    {
      "name": "logarithm",
      "text": "/**\n * log x for 0 < x < 1: x = 2ᵉ m with √½ ≤ m < √2, and log m = 2 artanh(t) = 2 (t + t³/3 + t⁵/5 + …), t = (m − 1) / (m + 1),\n * where |t| < 0.172, so that twelve terms leave less than the rounding. `Math.log` differs between engines.\n */\ndeclare function logarithm(x: number): number;",
      "uses": []
    },
    {
      "name": "seedOfPass",
      "text": "/**\n * The seed of what a run draws inside the network in pass number `pass` over its data. Under it every example has streams of\n * its own, so that the draws depend on neither the order of the examples nor their batches.\n */\ndeclare function seedOfPass(seed: number, pass: number): number;",
      "uses": []
    },
    {
      "name": "permutation",
      "text": "/**\n * Fills order[first], …, order[end − 1] with a permutation of 0 … n − 1 (n = end − first) that `seed` and `epoch` decide:\n * Fisher and Yates' shuffle with one draw per position. A draw below 2⁵³ picks among at most 2³² places, so no place is\n * favoured by more than 2⁻²¹.\n */\ndeclare function permutation(seed: number, epoch: number, order: Uint32Array, first?: number, end?: any): void;",
      "uses": []
    },
    {
      "name": "checkSeed",
      "text": "/** A seed is a whole number from 0 to 2⁵³ − 1. @throws {RunError} for any other. */\ndeclare function checkSeed(seed: number): number;",
      "uses": []
    },
    {
      "name": "Visited",
      "text": "/** The data of a run as they are visited. */\ninterface Visited {\n  readonly columns: Columns;\n  refresh(order: Uint32Array, first: number, end: number, epoch: number): void;\n}",
      "uses": [
        "Columns"
      ]
    },
    {
      "name": "Augmentation",
      "text": "declare class Augmentation<Data extends object> implements Visited {\n  #private;\n  /** What the steps read: of each example what was last made of it, normalised. */\n  readonly columns: readonly Float64Array[];\n  /**\n   * @param original as the caller has the data\n   * @param normalised as the network takes them\n   */\n  constructor(\n    ports: readonly Port[],\n    original: Dataset,\n    normalised: Dataset,\n    augment: Augment<Data>,\n    normalisation: Normalisation,\n    seed: number,\n  );\n  /** Makes the examples order[first], …, order[end − 1] anew for a visit in `epoch`. @throws {DataError} for what they become */\n  refresh(order: Uint32Array, first: number, end: number, epoch: number): void;\n}",
      "uses": [
        "Augment",
        "Dataset",
        "Normalisation",
        "Port",
        "Visited"
      ]
    },
    {
      "name": "Best",
      "text": "/** The best so far. */\ninterface Best {\n  /** What was to become small; infinite before the first report. */\n  value: number;\n  /** Epochs completed then. */\n  epoch: number;\n  /** The parameters as they were then; null before the first report. */\n  p: Floats | null;\n}",
      "uses": [
        "Floats"
      ]
    },
    {
      "name": "Watch",
      "text": "/** The choices of {@link TrainOptions} that concern the best report, complete and checked. */\ninterface Watch<Metrics> {\n  readonly monitor: (report: EpochReport<Metrics>) => number;\n  readonly minDelta: number;\n  readonly patience: number;\n}",
      "uses": [
        "EpochReport"
      ]
    },
    {
      "name": "planWatch",
      "text": "/** Null where nobody asks for the best. @throws {RunError} for an option that is out of range. */\ndeclare function planWatch<Metrics>(options: TrainOptions<object, Metrics>): Watch<Metrics> | null;",
      "uses": [
        "TrainOptions",
        "Watch"
      ]
    },
    {
      "name": "watchReport",
      "text": "/** Compares a report with the best so far and takes its place if it is better; no number is better than none. */\ndeclare function watchReport<Metrics>(\n  { monitor, minDelta }: Watch<Metrics>,\n  best: Best,\n  report: EpochReport<Metrics>,\n  p: Floats,\n): void;",
      "uses": [
        "Best",
        "EpochReport",
        "Floats",
        "Watch"
      ]
    },
    {
      "name": "checksumKey",
      "text": "declare const checksumKey = \"crc32\";",
      "uses": []
    },
    {
      "name": "noChecksum",
      "text": "/** What stands in place of the checksum while it is computed. */\ndeclare const noChecksum = \"00000000\";",
      "uses": []
    },
    {
      "name": "writeChecksum",
      "text": "/** Writes the checksum of `file` into its header, in which `noChecksum` stands. */\ndeclare function writeChecksum(file: Uint8Array, headerLength: number): void;",
      "uses": []
    },
    {
      "name": "agreesWithChecksum",
      "text": "/** Whether the bytes are those that were written; null for a file without a checksum, of which nobody knows. */\ndeclare function agreesWithChecksum(file: Uint8Array, headerLength: number): boolean | null;",
      "uses": []
    },
    {
      "name": "crc32",
      "text": "/** The CRC-32 of bytes, of which those of a range count as the digit 0. */\ndeclare function crc32(\n  bytes: Uint8Array,\n  zeros?: {\n    readonly from: number;\n    readonly to: number;\n  },\n): number;",
      "uses": []
    },
    {
      "name": "NumberType",
      "text": "/** As safetensors name them; BOOL is a byte, 0 or 1. */\ntype NumberType =\n  | \"F64\"\n  | \"F32\"\n  | \"F16\"\n  | \"BF16\"\n  | \"I64\"\n  | \"I32\"\n  | \"I16\"\n  | \"I8\"\n  | \"U64\"\n  | \"U32\"\n  | \"U16\"\n  | \"U8\"\n  | \"BOOL\";",
      "uses": []
    },
    {
      "name": "widthOf",
      "text": "/** Bytes of one element. */\ndeclare function widthOf(type: NumberType): number;",
      "uses": [
        "NumberType"
      ]
    },
    {
      "name": "RepeatedKey",
      "text": "interface RepeatedKey {\n  readonly key: string;\n  /** The offset at which the key stands first, and the one at which it stands again. */\n  readonly first: number;\n  readonly again: number;\n}",
      "uses": []
    },
    {
      "name": "repeatedKey",
      "text": "/** The first such key, or null. The text must be valid JSON; keys are compared as what they spell. */\ndeclare function repeatedKey(json: string): RepeatedKey | null;",
      "uses": [
        "RepeatedKey"
      ]
    },
    {
      "name": "StoredTensor",
      "text": "interface StoredTensor {\n  readonly type: NumberType;\n  readonly shape: Extents;\n  readonly bytes: Uint8Array;\n}",
      "uses": [
        "Extents",
        "NumberType"
      ]
    },
    {
      "name": "SafeTensors",
      "text": "interface SafeTensors {\n  readonly tensors: ReadonlyMap<string, StoredTensor>;\n  readonly metadata: ReadonlyMap<string, string>;\n}",
      "uses": [
        "StoredTensor"
      ]
    },
    {
      "name": "NamedTensor",
      "text": "interface NamedTensor {\n  readonly name: string;\n  readonly shape: Extents;\n  readonly values: Floats;\n}",
      "uses": [
        "Extents",
        "Floats"
      ]
    },
    {
      "name": "writeSafeTensors",
      "text": "/** The bytes of a file that holds `tensors` in the given order, as F64 or F32 after their arrays, and a checksum. */\ndeclare function writeSafeTensors(\n  tensors: readonly NamedTensor[],\n  metadata: readonly (readonly [string, string])[],\n): Uint8Array;",
      "uses": [
        "NamedTensor"
      ]
    },
    {
      "name": "readSafeTensors",
      "text": "/** @throws {FileError} for bytes that are not exactly a safetensors file, or not those that its checksum was written for. */\ndeclare function readSafeTensors(file: Uint8Array): SafeTensors;",
      "uses": [
        "SafeTensors"
      ]
    },
    {
      "name": "copyTensor",
      "text": "/**\n * Copies a stored tensor into `into`. F32 widens to F64 without loss; anything that would lose is refused.\n * @throws {FileError} for another shape or type.\n */\ndeclare function copyTensor(file: SafeTensors, name: string, shape: Extents, into: Floats): void;",
      "uses": [
        "Extents",
        "Floats",
        "SafeTensors"
      ]
    },
    {
      "name": "Progress",
      "text": "/** Where a run stands. A run is always between two steps, never within one. */\ninterface Progress {\n  /** Decides the initial parameters and the order of examples. */\n  seed: number;\n  /** Epochs completed. */\n  epoch: number;\n  /** Steps taken. */\n  step: number;\n  /** Examples visited in the epoch under way. */\n  position: number;\n  /** The sum of their losses. */\n  lossSum: number;\n  /** How many examples the epoch under way has; 0 between epochs. */\n  examples: number;\n}",
      "uses": []
    },
    {
      "name": "RunSettings",
      "text": "/** What a run was begun with, and has to go on with to end in the same numbers. */\ninterface RunSettings {\n  readonly batch: number;\n  readonly shuffle: boolean;\n  /** Tells these data from others: {@link fingerprintOf}. Only called when it is needed, as it reads all of them. */\n  readonly data: () => string;\n}",
      "uses": []
    },
    {
      "name": "RunRecord",
      "text": "/** A run's state between two steps, but for its arrays. */\ninterface RunRecord {\n  readonly progress: Progress;\n  /** Null before the first run. */\n  readonly settings: RunSettings | null;\n  /** Null where none is kept. */\n  readonly best: Best | null;\n}",
      "uses": [
        "Best",
        "Progress",
        "RunSettings"
      ]
    },
    {
      "name": "Layout",
      "text": "/** What a checkpoint is of, and how it is laid out. */\ninterface Layout {\n  readonly model: string;\n  readonly optimizer: string;\n  readonly inputs: readonly Port[];\n  readonly parameters: readonly Slot[];\n  readonly state: readonly Slot[];\n}",
      "uses": [
        "Port",
        "Slot"
      ]
    },
    {
      "name": "newProgress",
      "text": "declare function newProgress(seed: number): Progress;",
      "uses": [
        "Progress"
      ]
    },
    {
      "name": "writeParameters",
      "text": "/** The bytes of a file with the parameters alone. */\ndeclare function writeParameters(\n  model: string,\n  slots: readonly Slot[],\n  p: Floats,\n  inputs: readonly Port[],\n  normalisation: Normalisation,\n): Uint8Array;",
      "uses": [
        "Floats",
        "Normalisation",
        "Port",
        "Slot"
      ]
    },
    {
      "name": "readParameters",
      "text": "/**\n * Copies parameters from a file into `p`, and the normalisation that they were trained with.\n * @throws {FileError} unless they are exactly those of `slots`.\n */\ndeclare function readParameters(\n  file: Uint8Array,\n  slots: readonly Slot[],\n  p: Floats,\n  inputs: readonly Port[],\n  normalisation: Normalisation,\n): void;",
      "uses": [
        "Floats",
        "Normalisation",
        "Port",
        "Slot"
      ]
    },
    {
      "name": "writeCheckpoint",
      "text": "/** The bytes of a file from which the run can go on. */\ndeclare function writeCheckpoint(\n  { model, optimizer, inputs, parameters, state: states }: Layout,\n  p: Floats,\n  state: Floats,\n  normalisation: Normalisation,\n  { progress, settings, best }: RunRecord,\n): Uint8Array;",
      "uses": [
        "Floats",
        "Layout",
        "Normalisation",
        "RunRecord"
      ]
    },
    {
      "name": "readCheckpoint",
      "text": "/** Copies a run's arrays from a checkpoint and returns where it stands. @throws {FileError} unless it is this model's. */\ndeclare function readCheckpoint(\n  file: Uint8Array,\n  { model, optimizer, inputs, parameters, state: states }: Layout,\n  p: Floats,\n  state: Floats,\n  normalisation: Normalisation,\n): RunRecord;",
      "uses": [
        "Floats",
        "Layout",
        "Normalisation",
        "RunRecord"
      ]
    },
    {
      "name": "Plan",
      "text": "/** The choices of {@link TrainOptions}, complete and checked. */\ninterface Plan<Metrics> {\n  readonly until: number;\n  readonly every: number;\n  readonly batch: number;\n  readonly shuffle: boolean;\n  readonly signal: Signal | null;\n  readonly validation: Dataset | null;\n  readonly threads: number;\n  /** Null where workers are made from a text. */\n  readonly worker: (() => ThreadWorker) | null;\n  /** Null where examples are learnt from as they are. */\n  readonly augmentation: Visited | null;\n  /** Null where nobody asks for the best report. */\n  readonly watch: Watch<Metrics> | null;\n}",
      "uses": [
        "Dataset",
        "Signal",
        "ThreadWorker",
        "Visited",
        "Watch"
      ]
    },
    {
      "name": "Trainee",
      "text": "/** What a run changes; one run at a time. */\ninterface Trainee<T extends ModelTypes> {\n  readonly p: T[\"floats\"];\n  readonly state: T[\"floats\"];\n  /** Zero between two steps. */\n  readonly grad: T[\"floats\"];\n  readonly progress: Progress;\n  readonly run: TrainingRun;\n}",
      "uses": [
        "ModelTypes",
        "Progress",
        "TrainingRun"
      ]
    },
    {
      "name": "TrainingRun",
      "text": "/** What one run leaves to the next. */\ninterface TrainingRun {\n  /** Whether one is under way. */\n  held: boolean;\n  /** Of the last one; null before the first. */\n  settings: RunSettings | null;\n  /** Whether that one comes from a checkpoint and is still to be gone on with. */\n  resumed: boolean;\n  /** The best of the last run that was to keep it; null without one. */\n  best: Best | null;\n}",
      "uses": [
        "Best",
        "RunSettings"
      ]
    },
    {
      "name": "planRun",
      "text": "/** @throws {RunError} for an option that is out of range. */\ndeclare function planRun<Metrics>(\n  options: TrainOptions<object, Metrics>,\n  defaults: {\n    readonly epochs: number;\n    readonly batch: number;\n    readonly shuffle: boolean;\n  },\n  progress: Progress,\n  validation: Dataset | null,\n  augmentation: Visited | null,\n): Plan<Metrics>;",
      "uses": [
        "Dataset",
        "Plan",
        "Progress",
        "TrainOptions",
        "Visited"
      ]
    },
    {
      "name": "runEpochs",
      "text": "/**\n * Runs epochs until the plan's last, reporting as it asks; the trainee stands between two steps whenever the caller's code\n * runs. Other work (rendering, an abort) is let in about every ten milliseconds.\n * @throws {RunError} if the trainee is in another run, or this one is not as the run was that it goes on with.\n */\ndeclare function runEpochs<T extends ModelTypes>(\n  definition: TrainableDefinition<T>,\n  trainee: Trainee<T>,\n  data: Dataset,\n  plan: Plan<T[\"metrics\"]>,\n): AsyncGenerator<EpochReport<T[\"metrics\"]>, void, undefined>;",
      "uses": [
        "Dataset",
        "EpochReport",
        "ModelTypes",
        "Plan",
        "TrainableDefinition",
        "Trainee"
      ]
    },
    {
      "name": "measure",
      "text": "/** Loss and metrics of a data set; `seed` decides what is drawn. */\ndeclare function measure<T extends ModelTypes>(\n  definition: DifferentiableDefinition<T>,\n  p: T[\"floats\"],\n  data: Dataset,\n  seed: number,\n): Evaluation<T[\"metrics\"]>;",
      "uses": [
        "Dataset",
        "DifferentiableDefinition",
        "Evaluation",
        "ModelTypes"
      ]
    },
    {
      "name": "InferenceOptions",
      "text": "/** How a network begins that cannot draw parameters of its own. */\ninterface InferenceOptions {\n  /** The bytes that `save` or `checkpoint` gave. */\n  readonly parameters: Uint8Array;\n}",
      "uses": []
    },
    {
      "name": "NetworkOptions",
      "text": "/** How a network begins. */\ninterface NetworkOptions extends Partial<InferenceOptions> {\n  /** Decides the initial parameters and the order of examples; a whole number. */\n  readonly seed?: number;\n}",
      "uses": [
        "InferenceOptions"
      ]
    },
    {
      "name": "DrawOptions",
      "text": "/** What is asked of a network that draws random numbers. */\ninterface DrawOptions {\n  /** Decides what is drawn; a whole number. Without it, the network's own. */\n  readonly seed?: number;\n}",
      "uses": []
    },
    {
      "name": "TrainableOptions",
      "text": "interface TrainableOptions extends NetworkOptions {\n  /** The bytes that `checkpoint` gave: goes on with that run. */\n  readonly checkpoint?: Uint8Array;\n}",
      "uses": [
        "NetworkOptions"
      ]
    },
    {
      "name": "Predictor",
      "text": "/** A network that predicts. */\ndeclare class Predictor<T extends ModelTypes> {\n  #private;\n  /** All parameters, one after another, live: the emitted functions' `p`. */\n  readonly p: T[\"floats\"];\n  /** The parameters by name, as live views of `p`. */\n  readonly parameters: T[\"parameters\"];\n  /** By input, what {@link normalise} found; saved with the parameters. */\n  readonly normalisation: Normalisation;\n  constructor(definition: PredictorDefinition<T>, options?: NetworkOptions);\n  /**\n   * From here on takes each input of real numbers that the examples have as (x − shift) · scale, fitted to them element by\n   * element: to mean 0 and deviation 1, or to the range from 0 to 1. Belongs before training, and is saved with the network.\n   * @throws {DataError} @throws {RunError} where there is nothing to normalise\n   */\n  normalise(examples: Partial<T[\"examples\"]>, kind?: NormalisationKind): void;\n  /** The seed that `options` ask for, or the network's own. @throws {RunError} */\n  protected seedFor({ seed }: DrawOptions): number;\n  /** The outputs for one example. @throws {DataError} */\n  predict(inputs: T[\"inputs\"], options?: DrawOptions): T[\"outputs\"];\n  /** The outputs for each of any number of examples, which all draw for themselves. @throws {DataError} */\n  predictAll(examples: T[\"examples\"], options?: DrawOptions): T[\"outputs\"][];\n  /** The parameters as a safetensors file. */\n  save(): Uint8Array;\n}",
      "uses": [
        "DrawOptions",
        "ModelTypes",
        "NetworkOptions",
        "Normalisation",
        "NormalisationKind",
        "PredictorDefinition"
      ]
    },
    {
      "name": "Differentiable",
      "text": "/** A network that predicts and knows its loss. */\ndeclare class Differentiable<T extends ModelTypes> extends Predictor<T> {\n  #private;\n  constructor(definition: DifferentiableDefinition<T>, options?: NetworkOptions);\n  /** Loss and metrics, each the mean over the examples. @throws {DataError} */\n  evaluate(data: T[\"data\"], options?: DrawOptions): Evaluation<T[\"metrics\"]>;\n  /** ∂loss/∂parameter for every trained parameter, where the loss is the mean over the examples. @throws {DataError} */\n  gradients(data: T[\"data\"], options?: DrawOptions): T[\"gradients\"];\n}",
      "uses": [
        "DifferentiableDefinition",
        "DrawOptions",
        "Evaluation",
        "ModelTypes",
        "NetworkOptions",
        "Predictor"
      ]
    },
    {
      "name": "Trainable",
      "text": "/** A network that predicts, knows its loss and learns. */\ndeclare class Trainable<T extends ModelTypes> extends Differentiable<T> {\n  #private;\n  constructor(definition: TrainableDefinition<T>, options?: TrainableOptions);\n  /** Epochs completed since the parameters were drawn. */\n  get epoch(): number;\n  /** Steps taken since the parameters were drawn. */\n  get step(): number;\n  /**\n   * Learns from the data, reporting after every epoch. Data and options are checked at once, the work is done as the\n   * reports are asked for, and leaving the loop stops it; the network can be used between two reports.\n   * @throws {DataError} for data it cannot learn from. @throws {RunError} for an option out of range; when the first\n   * report is asked for, also for other data or another batch or order than the run has that was resumed or interrupted.\n   */\n  train(\n    data: T[\"data\"],\n    options?: TrainOptions<T[\"data\"], T[\"metrics\"]>,\n  ): AsyncGenerator<EpochReport<T[\"metrics\"]>, void, undefined>;\n  /** Epochs completed at the report whose parameters are kept as the best; null where none are. */\n  get best(): number | null;\n  /**\n   * Takes back the parameters of the run's best report and returns its epoch. Where the run stands is no matter of this: a\n   * run that is to go on as it was is checkpointed before.\n   * @throws {RunError} unless the run was to keep it and has reported.\n   */\n  restoreBest(): number;\n  /** The run as it stands, between two steps, as a file from which it can go on. */\n  checkpoint(): Uint8Array;\n}",
      "uses": [
        "Differentiable",
        "EpochReport",
        "ModelTypes",
        "TrainOptions",
        "TrainableDefinition",
        "TrainableOptions"
      ]
    },
    {
      "name": "CoupledFunctions",
      "text": "/** The functions of a network, each of the first `examples` rows of its columns; those it has not take one example. */\ninterface CoupledFunctions<F extends Floats> {\n  /** Rows that a call reads; those beyond `examples` count for nothing, but must be numbers that it can be applied to. */\n  readonly size: number;\n  /** By column, the numbers of a row; inputs before targets. */\n  readonly columns: readonly number[];\n  /** Numbers of an example's outputs. */\n  readonly outputs: number;\n  /** Zeros. */\n  readonly allocate: (length: number) => F;\n  readonly forward?: (p: F, columns: Columns, out: F, seed: number, examples: number) => void;\n  /** Returns the sum of the losses and writes the sums of the measures. */\n  readonly evaluate?: (p: F, columns: Columns, measures: F, seed: number, examples: number) => number;\n  /** Adds the gradients and writes what states become, behind them; returns the sum of the losses. */\n  readonly gradient?: (p: F, columns: Columns, grad: F, seed: number, examples: number) => number;\n  /** One step with the sum of the gradients of `examples` examples, which it clears, and with what states become. */\n  readonly update?: (p: F, grad: F, state: F, t: number, examples: number) => void;\n}",
      "uses": [
        "Columns",
        "Floats"
      ]
    },
    {
      "name": "demandRoom",
      "text": "/** @throws {RunError} for batches of more examples than a network was made for whose examples see each other */\ndeclare function demandRoom(batch: number, size: number): void;",
      "uses": []
    },
    {
      "name": "CoupledNetwork",
      "text": "/** What a definition binds. Data are taken in batches from the first example on, the last with what is left. */\ndeclare class CoupledNetwork<F extends Floats> {\n  #private;\n  constructor(functions: CoupledFunctions<F>);\n  readonly forward: (p: F, columns: Columns, out: F, n: number, seed: number) => void;\n  readonly forwardAll: (p: F, columns: Columns, out: F, count: number, seed: number) => void;\n  readonly evaluate: (p: F, columns: Columns, measures: F, n: number, seed: number) => number;\n  readonly evaluateAll: (p: F, columns: Columns, sums: Float64Array, count: number, seed: number) => number;\n  readonly gradient: (p: F, columns: Columns, grad: F, n: number, seed: number) => number;\n  readonly gradientAll: (p: F, columns: Columns, grad: F, count: number, seed: number) => number;\n  /** As a definition's `step`. @throws {RunError} for batches that the network was not made for. */\n  readonly step: (\n    p: F,\n    columns: Columns,\n    grad: F,\n    state: F,\n    t: number,\n    batch: number,\n    first: number,\n    end: number,\n    order: Uint32Array | null,\n    total: number,\n    seed: number,\n  ) => number;\n}",
      "uses": [
        "Columns",
        "CoupledFunctions",
        "Floats"
      ]
    },
    {
      "name": "Rows",
      "text": "/** By column, each example's numbers; null for a column that is copied number by number. */\ntype Rows = readonly (readonly NumericArray[] | null)[];",
      "uses": [
        "NumericArray"
      ]
    },
    {
      "name": "leastRow",
      "text": "/** Numbers of an example from which on a view of them, which takes about a hundred bytes, is worth its memory. */\ndeclare const leastRow = 64;",
      "uses": []
    },
    {
      "name": "rowsOf",
      "text": "/** @param sizes numbers of one example, by column */\ndeclare function rowsOf(columns: Columns, sizes: readonly number[]): Rows;",
      "uses": [
        "Columns",
        "Rows"
      ]
    },
    {
      "name": "WasmModule",
      "text": "/** Compiled code. */\ntype WasmModule = object;",
      "uses": []
    },
    {
      "name": "WasmMemory",
      "text": "interface WasmMemory {\n  readonly buffer: ArrayBufferLike;\n}",
      "uses": []
    },
    {
      "name": "WasmFunction",
      "text": "type WasmFunction = (...args: readonly number[]) => void;",
      "uses": []
    },
    {
      "name": "newMemory",
      "text": "/** @param pages of 64 KiB */\ndeclare function newMemory(pages: number, shared: boolean): WasmMemory;",
      "uses": [
        "WasmMemory"
      ]
    },
    {
      "name": "instantiate",
      "text": "/** The module with a memory and the functions that it imports. */\ndeclare function instantiate(\n  module: WasmModule,\n  imports: Readonly<Record<string, object>>,\n): Readonly<Record<string, WasmFunction>>;",
      "uses": [
        "WasmFunction",
        "WasmModule"
      ]
    },
    {
      "name": "WasmOptions",
      "text": "/** How code is compiled. */\ninterface WasmOptions {\n  /**\n   * Whether vectors may be multiplied and added in one operation, rounded once, where the engine has relaxed SIMD (by\n   * default they may): faster, and in the last places other numbers than engines have that cannot. One machine gives the\n   * same bits each time either way.\n   */\n  readonly fused?: boolean;\n}",
      "uses": []
    },
    {
      "name": "WasmCode",
      "text": "/** The compiled code of a model, shared by its networks. */\ndeclare class WasmCode {\n  #private;\n  /**\n   * @param text the module's bytes in hexadecimal\n   * @param products where in them products of vectors are taken that something is added to, and where it is added: each\n   *   as a gap to the one before; `ff` is that much and no place\n   */\n  constructor(text: string, products?: string);\n  /**\n   * Compiles the code off the main thread; until then the first network compiles it where it is made. Networks that were\n   * made before keep the code that they have. @throws {RunError}\n   */\n  ready({ fused }?: WasmOptions): Promise<{\n    readonly fused: boolean;\n  }>;\n  /** @throws {RunError} */\n  get module(): WasmModule;\n}",
      "uses": [
        "WasmModule",
        "WasmOptions"
      ]
    },
    {
      "name": "WasmTask",
      "text": "/** What a worker is told. All arrays are shared. */\ninterface WasmTask {\n  readonly module: WasmModule;\n  readonly memory: WasmMemory;\n  /** First byte of the thread's own memory, less the first thread's. */\n  readonly start: number;\n  readonly single: boolean;\n  /** First bytes in the first thread's memory. */\n  readonly lossAt: number;\n  readonly columnsAt: readonly number[];\n  /** Elements of one example in each column. */\n  readonly sizes: readonly number[];\n  readonly block: number;\n  /** Which worker this is, from 0. */\n  readonly id: number;\n  /** [number of the job, whether to end, number of the last job done by worker 0, 1, …] */\n  readonly control: Int32Array;\n  /** For each worker: its first example in `order`, the one before which it ends, the loss that it found. */\n  readonly job: Float64Array;\n  readonly order: Uint32Array;\n  readonly columns: Columns;\n}",
      "uses": [
        "Columns",
        "WasmMemory",
        "WasmModule"
      ]
    },
    {
      "name": "serveBlocks",
      "text": "/**\n * Job after job until it is told to end. It may run as the text of this very function, so it mentions nothing outside of it\n * and has no function inside.\n */\ndeclare function serveBlocks(task: WasmTask, ready: () => void): void;",
      "uses": [
        "WasmTask"
      ]
    },
    {
      "name": "serveThread",
      "text": "/** In a browser's worker: waits for a task. */\ndeclare function serveThread(): void;",
      "uses": []
    },
    {
      "name": "shareOf",
      "text": "/** Of `count` examples the first that is not among the first `parts` of `threads` shares, which are whole blocks. */\ndeclare function shareOf(parts: number, threads: number, count: number, block: number): number;",
      "uses": []
    },
    {
      "name": "WasmTeam",
      "text": "/** Workers that wait for batches of one data set. */\ndeclare class WasmTeam {\n  #private;\n  /** The columns whose examples the team has. */\n  readonly columns: Columns;\n  private constructor();\n  /**\n   * Starts `size` workers. @throws {RunError} where there is no shared memory, or no worker can be had\n   * @param stride bytes from one thread's own memory to the next one's\n   * @param batch the most examples of a job\n   * @param worker makes a worker that serves; null where it is made here\n   */\n  static start(\n    size: number,\n    task: Omit<WasmTask, \"id\" | \"start\" | \"control\" | \"job\" | \"order\" | \"columns\">,\n    stride: number,\n    columns: Columns,\n    batch: number,\n    worker: (() => ThreadWorker) | null,\n  ): Promise<WasmTeam>;\n  /** Divides `count` examples, order[first], … (without an order, first, …), among the caller and the workers. */\n  begin(order: Uint32Array | null, first: number, count: number): void;\n  /** Waits for all, and returns the sum of their losses. */\n  end(): number;\n  /** Ends the workers. */\n  dismiss(): void;\n}",
      "uses": [
        "Columns",
        "ThreadWorker",
        "WasmTask"
      ]
    },
    {
      "name": "WasmSpan",
      "text": "/** Where something lies in memory: its first byte and its number of elements. */\ntype WasmSpan = readonly [at: number, length: number];",
      "uses": []
    },
    {
      "name": "WasmLayout",
      "text": "interface WasmLayout {\n  /** Pages of memory, 64 KiB each. */\n  readonly pages: number;\n  readonly p: WasmSpan;\n  readonly grad: WasmSpan;\n  readonly state: WasmSpan;\n  readonly out: WasmSpan;\n  /** Where each output lies among those of one example: first element and number of elements. */\n  readonly outputs: readonly WasmSpan[];\n  readonly metrics: WasmSpan;\n  readonly loss: WasmSpan;\n  /** For each column, where its block of examples lies; inputs before targets. */\n  readonly columns: readonly WasmSpan[];\n  /** How many of the columns are inputs. */\n  readonly inputs: number;\n  /** Examples in a block. */\n  readonly block: number;\n  /** Functions in which the examples of a block see each other: a block is a batch. */\n  readonly together?: readonly WasmRole[];\n  /** How many may share a batch, and the bytes from one's own memory to the next one's; left out for one thread. */\n  readonly threads?: {\n    readonly team: typeof WasmTeam;\n    readonly count: number;\n    readonly stride: number;\n  };\n  /** By function, what is drawn before it runs. */\n  readonly noise?: Readonly<Partial<Record<WasmRole, readonly WasmNoise[]>>>;\n}",
      "uses": [
        "WasmNoise",
        "WasmRole",
        "WasmSpan",
        "WasmTeam"
      ]
    },
    {
      "name": "WasmRole",
      "text": "type WasmRole = \"forward\" | \"evaluate\" | \"gradient\" | \"step\";",
      "uses": []
    },
    {
      "name": "WasmNoise",
      "text": "/** Element k for example n is draw(seed, stream + n · stride, k). */\ninterface WasmNoise {\n  readonly draw: (seed: number, stream: number, k: number) => number;\n  readonly stream: number;\n  readonly stride: number;\n  readonly at: WasmSpan;\n}",
      "uses": [
        "WasmSpan"
      ]
    },
    {
      "name": "FloatsType",
      "text": "interface FloatsType<F extends Floats> {\n  new (length: number): F;\n  new (buffer: ArrayBufferLike, byteOffset: number, length: number): F;\n}",
      "uses": [
        "Floats"
      ]
    },
    {
      "name": "WasmUse",
      "text": "/** What an array is for: those that the code reads and writes lie in its memory. */\ntype WasmUse = \"parameters\" | \"gradient\" | \"state\";",
      "uses": []
    },
    {
      "name": "WasmNetwork",
      "text": "/** One network's memory and functions: what a definition binds. */\ndeclare class WasmNetwork<F extends Floats> {\n  #private;\n  /** @throws {RunError} where the engine cannot run the code */\n  constructor(code: WasmCode, floats: FloatsType<F>, layout: WasmLayout);\n  /** Zeros, or the place in memory of what the code works on. */\n  readonly allocate: (length: number, use?: WasmUse) => F;\n  readonly initialize: (_p: F, seed: number) => void;\n  readonly forward: (_p: F, columns: Columns, out: F, n: number, seed: number) => void;\n  readonly forwardAll: (p: F, columns: Columns, out: F, count: number, seed: number) => void;\n  readonly evaluate: (_p: F, columns: Columns, metrics: F, n: number, seed: number) => number;\n  readonly evaluateAll: (_p: F, columns: Columns, sums: Float64Array, count: number, seed: number) => number;\n  readonly gradient: (_p: F, columns: Columns, grad: F, n: number, seed: number) => number;\n  readonly gradientAll: (_p: F, columns: Columns, grad: F, count: number, seed: number) => number;\n  readonly update: (_p: F, _grad: F, _state: F, t: number, examples: number) => void;\n  readonly step: (\n    _p: F,\n    columns: Columns,\n    _grad: F,\n    _state: F,\n    t: number,\n    batch: number,\n    first: number,\n    end: number,\n    order: Uint32Array | null,\n    total: number,\n    seed: number,\n  ) => number;\n  /**\n   * Until it is dismissed, a team of `threads − 1` workers and this thread share the batches of the columns.\n   * @throws {RunError} where there can be no team\n   */\n  readonly recruit: (\n    threads: number,\n    columns: Columns,\n    batch: number,\n    worker: (() => ThreadWorker) | null,\n  ) => Promise<() => void>;\n}",
      "uses": [
        "Columns",
        "Floats",
        "FloatsType",
        "ThreadWorker",
        "WasmCode",
        "WasmLayout",
        "WasmUse"
      ]
    }
  ],
};
