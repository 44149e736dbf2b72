/** Owns: a function under construction: its locals, and the one place at which each of its expressions stands. */

import type { Assembler, Assembly, Code, CodeType } from "./assembler.ts";

/** A local variable: every `get` is an expression of its own. */
export interface Local {
  readonly type: CodeType;
  get(): Code;
  set(value: Code): Code;
}

export class FunctionBuilder {
  readonly #assembler: Assembler;
  readonly #assembly: Assembly;
  readonly #parameters: CodeType[] = [];
  readonly #variables: CodeType[] = [];

  constructor(assembler: Assembler, assembly: Assembly) {
    this.#assembler = assembler;
    this.#assembly = assembly;
  }

  /** Before any {@link local}. */
  parameter(type: CodeType): Local {
    if (this.#variables.length > 0) throw new RangeError("parameters come before local variables");
    return this.#at(this.#parameters.push(type) - 1, type);
  }

  local(type: CodeType): Local {
    return this.#at(this.#parameters.length + this.#variables.push(type) - 1, type);
  }

  /** Adds the function to the module. */
  finish(name: string, result: CodeType, body: Code): void {
    const parameters = this.#assembler.createType(this.#parameters);
    this.#assembly.addFunction(name, parameters, result, this.#variables, body);
  }

  #at(index: number, type: CodeType): Local {
    const { local } = this.#assembly;
    return { type, get: () => local.get(index, type), set: (value) => local.set(index, value) };
  }
}
