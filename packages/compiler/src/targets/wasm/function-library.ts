/**
 * Owns: the functions that a module's code calls: those that `math-functions` and `draws` write, for one element or for a
 * vector of them, and those of JavaScript that are imported because nothing that runs often needs them.
 */

import type { Assembler, Assembly, Code } from "./assembler.ts";
import type { ConstantPool } from "./constant-pool.ts";
import { defineEvenNormal, defineNormal, defineUniform } from "./draws.ts";
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

type Distribution = "uniform" | "normal";
export type ImportedName = keyof typeof imported;
export type LibraryName = MathName | ImportedName;

/** Under which module name Math's functions are imported. */
export const mathModule = "math";

export class FunctionLibrary {
  readonly #assembler: Assembler;
  readonly #assembly: Assembly;
  readonly #constants: ConstantPool;
  readonly #defined = new Set<string>();
  readonly #draws: string[] = [];

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

  /** Draws `k` and `k + 1` of a counter-based stream (both i32), an f64x2. */
  draw(distribution: Distribution, seed: () => Code, stream: Code, k: Code): Code {
    const m = this.#assembly;
    const word = (shift: number): Code =>
      m.i32.wrap(m.i64.shr_u(m.i64.trunc_u_sat.f64(seed()), m.i64.const(BigInt(shift))));
    return m.call(this.#drawing(distribution), [word(0), word(32), stream, k], this.#assembler.v128);
  }

  /** The functions that draw. */
  get draws(): readonly string[] {
    return this.#draws;
  }

  #drawing(distribution: Distribution): string {
    const own = `draw_${distribution}`;
    if (this.#draws.includes(own)) return own;
    this.#draws.push(own);
    if (distribution === "uniform") defineUniform(this.#assembler, this.#assembly, own);
    else {
      const even = `${own}_even`;
      this.#draws.push(even);
      defineEvenNormal(this.#assembler, this.#assembly, even, this.#drawing("uniform"));
      defineNormal(this.#assembler, this.#assembly, own, even);
    }
    return own;
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
