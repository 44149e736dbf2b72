/**
 * Owns: the functions that a module's code calls: those that `math-functions` writes, for one element or for a vector of
 * them, and those of JavaScript that are imported because nothing that runs often needs them.
 */

import type { Assembler, Assembly, Code } from "./assembler.ts";
import type { ConstantPool } from "./constant-pool.ts";
import { type FloatCode, type FloatName, scalarCode } from "./float-code.ts";
import { FunctionBuilder } from "./function-builder.ts";
import { type MathName, mathFunctions, type Term } from "./math-functions.ts";

/** What is left to JavaScript's Math, with how many arguments. */
const imported = {
  pow: 2,
  sin: 1,
  cos: 1,
  tan: 1,
  asin: 1,
  acos: 1,
  atan: 1,
  atan2: 2,
  sinh: 1,
  cosh: 1,
  asinh: 1,
  acosh: 1,
  atanh: 1,
} as const;

export type ImportedName = keyof typeof imported;
export type LibraryName = MathName | ImportedName;

/** Under which module name Math's functions, and the runtime's draws, are imported. */
export const mathModule = "math";
export const drawModule = "draw";

export class FunctionLibrary {
  readonly #assembler: Assembler;
  readonly #assembly: Assembly;
  readonly #constants: ConstantPool;
  readonly #defined = new Set<string>();

  /** @param constants where what the functions are made of is to lie */
  constructor(assembler: Assembler, assembly: Assembly, constants: ConstantPool) {
    this.#assembler = assembler;
    this.#assembly = assembly;
    this.#constants = constants;
  }

  /** A call for all lanes of `code`. */
  call(name: LibraryName, code: FloatCode, args: readonly Code[]): Code {
    return isImported(name)
      ? this.#assembly.call(this.#wrapped(name, code), args, code.type)
      : this.#assembly.call(this.#written(name, code), args, code.type);
  }

  /** Draw `k` of a counter-based stream (both i32), as a float64. */
  draw(distribution: "uniform" | "normal", seed: Code, stream: Code, k: Code): Code {
    const { f64 } = this.#assembler;
    const name = `draw_${distribution}`;
    if (!this.#defined.has(name)) {
      this.#defined.add(name);
      const parameters = this.#assembler.createType([f64, f64, f64]);
      this.#assembly.addFunctionImport(name, drawModule, distribution, parameters, f64);
    }
    const m = this.#assembly;
    return m.call(name, [seed, m.f64.convert_s.i32(stream), m.f64.convert_s.i32(k)], f64);
  }

  #written(name: MathName, code: FloatCode): string {
    const own = `${name}_${code.name}x${code.lanes}`;
    if (this.#defined.has(own)) return own;
    this.#defined.add(own);
    const builder = new FunctionBuilder(this.#assembler, this.#assembly);
    const x = builder.parameter(code.type);
    const statements: Code[] = [];
    const body = {
      code: this.#constants.over(code, this.#assembly),
      keep: (value: Code): Term => {
        const local = builder.local(code.type);
        statements.push(local.set(value));
        return local.get;
      },
      keepMask: (value: Code): Term => {
        const local = builder.local(code.maskType);
        statements.push(local.set(value));
        return local.get;
      },
      call: (other: MathName, argument: Code): Code => this.call(other, code, [argument]),
    };
    const result = mathFunctions[name](body, x.get);
    builder.finish(own, code.type, this.#assembly.block(null, [...statements, result], code.type));
    return own;
  }

  /** Math's function takes and gives float64: one element after another. */
  #wrapped(name: ImportedName, code: FloatCode): string {
    const own = `${name}_${code.name}x${code.lanes}`;
    if (this.#defined.has(own)) return own;
    this.#defined.add(own);
    const m = this.#assembly;
    const { f64 } = this.#assembler;
    const plain = `math_${name}`;
    if (!this.#defined.has(plain)) {
      this.#defined.add(plain);
      const parameters = this.#assembler.createType(new Array<number>(imported[name]).fill(f64));
      m.addFunctionImport(plain, mathModule, name, parameters, f64);
    }
    const builder = new FunctionBuilder(this.#assembler, m);
    const args = new Array<null>(imported[name]).fill(null).map(() => builder.parameter(code.type));
    const element = scalarCode(this.#assembler, m, code.name);
    const ofLane = (lane: number): Code => {
      const wide = args.map((arg) =>
        this.#widen(code.name, code.lanes === 1 ? arg.get() : this.#lane(code, arg.get(), lane)),
      );
      return this.#narrow(code.name, m.call(plain, wide, f64));
    };
    if (code.lanes === 1) {
      builder.finish(own, code.type, ofLane(0));
      return own;
    }
    const vector = code.name === "f32" ? m.f32x4 : m.f64x2;
    let result = code.splat(element.constant(0));
    for (let lane = 0; lane < code.lanes; lane++) result = vector.replace_lane(result, lane, ofLane(lane));
    builder.finish(own, code.type, result);
    return own;
  }

  #lane(code: FloatCode, vector: Code, lane: number): Code {
    return (code.name === "f32" ? this.#assembly.f32x4 : this.#assembly.f64x2).extract_lane(vector, lane);
  }

  #widen(name: FloatName, value: Code): Code {
    return name === "f32" ? this.#assembly.f64.promote(value) : value;
  }

  #narrow(name: FloatName, value: Code): Code {
    return name === "f32" ? this.#assembly.f32.demote(value) : value;
  }
}

function isImported(name: LibraryName): name is ImportedName {
  return Object.hasOwn(imported, name);
}
