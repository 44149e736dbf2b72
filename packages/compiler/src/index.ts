/** Owns: the package's public face. */

export { type CompiledModule, compile } from "./compile.ts";
export * from "./derive/layout.ts";
export { deriveFunction, deriveProcedures } from "./derive/procedures.ts";
export { dumpSchedule } from "./dump-schedule.ts";
export * from "./explain/index.ts";
export { type CompileOptions, defaultOptions } from "./options.ts";
export { batch } from "./passes/batch.ts";
export { expandGradients } from "./passes/expand-gradients.ts";
export { tangents } from "./passes/push-forward.ts";
export { rebuild, rewriteGraph } from "./passes/rewrite.ts";
export { type Pass, type PipelineOptions, pipeline, runPipeline } from "./pipeline.ts";
export * from "./procedure.ts";
export { type Nest, type ProfiledNetwork, profileNetwork } from "./profile-network.ts";
export { loadWasmTarget, type WasmTarget } from "./targets/wasm/assembler.ts";
export { TooLargeForWasm } from "./targets/wasm/emit.ts";
