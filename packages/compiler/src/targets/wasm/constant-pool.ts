/**
 * Owns: the constants of a module's functions, in memory. Engines bring a constant of 16 bytes into a vector's register by
 * way of integer registers, which keeps the one unit busy for two cycles that shuffles need; a load that repeats a number
 * along the lanes takes half a cycle of the two units for loads, and is shorter in the module.
 */

import type { Assembly } from "./assembler.ts";
import type { FloatCode, FloatName } from "./float-code.ts";

export class ConstantPool {
  readonly #start: number;
  readonly #places = new Map<string, number>();
  readonly #bytes: number[] = [];

  /** @param start the address, a multiple of 16, from which on memory is the pool's */
  constructor(start: number) {
    this.#start = start;
  }

  /** The first byte behind the pool. */
  get end(): number {
    return this.#start + this.#bytes.length;
  }

  /** The same code, but that its constants are loaded, where what it loads is as it computes. */
  over(code: FloatCode, { i32 }: Assembly): FloatCode {
    if (code.bytes !== (code.name === "f32" ? 4 : 8)) return code;
    return { ...code, constant: (value) => code.loadSplat(this.#addressOf(value, code.name), i32.const(0)) };
  }

  /** What a module has in its memory from the beginning. None for a pool that nothing is in. */
  segments({ i32 }: Assembly): Parameters<Assembly["setMemory"]>[3] {
    if (this.#bytes.length === 0) return [];
    return [{ offset: i32.const(this.#start), data: Uint8Array.from(this.#bytes), passive: false }];
  }

  #addressOf(value: number, name: FloatName): number {
    const bytes = name === "f32" ? Float32Array.of(value) : Float64Array.of(value);
    const own = [...new Uint8Array(bytes.buffer)];
    const key = own.join(" ");
    let place = this.#places.get(key);
    if (place === undefined) {
      while (this.#bytes.length % own.length > 0) this.#bytes.push(0);
      place = this.#start + this.#bytes.length;
      this.#bytes.push(...own);
      this.#places.set(key, place);
    }
    return place;
  }
}
