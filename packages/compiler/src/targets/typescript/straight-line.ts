/** Owns: an unrolled procedure as statements: every scalar under a name from the source, or inside its only user. */

import type { Origin } from "@adjoint/ir";
import type { Procedure } from "../../procedure.ts";
import { chooseStatements, nameOwners, ownerKey } from "../../schedule/choose-statements.ts";
import { orderScalars, type Step } from "../../schedule/order-scalars.ts";
import type { Provenance, Scalar } from "../../schedule/scalar-graph.ts";
import { wordFor } from "../../schedule/temporary-names.ts";
import { type UnrolledProcedure, unroll } from "../../schedule/unroll.ts";
import { type Section, sectionComment, sectionOf } from "./comments.ts";
import { elementName, identifier } from "./names.ts";
import { applyScalar, scalarPrinting } from "./scalar-printing.ts";
import type { Scope } from "./scope.ts";
import {
  asNumber,
  call,
  type Expression,
  element,
  indexTerm,
  number,
  plus,
  type Statement,
  variable,
} from "./target-language.ts";

export function straightLine(procedure: Procedure, scope: Scope): readonly Statement[] {
  const unrolled = unroll(procedure);
  const statements = chooseStatements(unrolled);
  const sections = new Map<string, Section>();
  const ordered = orderScalars(unrolled, statements, (scalar) => {
    const section = sectionOf(unrolled.provenanceOf(scalar).origin);
    sections.set(section.key, section);
    return section.span === null ? null : section;
  });
  const writer = new StraightLineWriter(
    procedure,
    unrolled,
    scope,
    statements,
    ordered.map(({ step }) => step),
  );
  let current: string | null = null;
  for (const { step, group } of ordered) {
    const section = sections.get(group.key) ?? null;
    const returns = step.kind === "result" && step.result.destination.kind === "return";
    if (group.key !== current && (!returns || current === null)) writer.enter(section);
    current = group.key;
    writer.write(step, section);
  }
  return writer.finish();
}

class StraightLineWriter {
  readonly #procedure: Procedure;
  readonly #unrolled: UnrolledProcedure;
  readonly #scope: Scope;
  readonly #statements: ReadonlySet<Scalar>;
  readonly #owners: ReadonlyMap<string, number>;
  readonly #names = new Map<Scalar, string>();
  readonly #lines: Statement[] = [];

  constructor(
    procedure: Procedure,
    unrolled: UnrolledProcedure,
    scope: Scope,
    statements: ReadonlySet<Scalar>,
    steps: readonly Step[],
  ) {
    this.#procedure = procedure;
    this.#unrolled = unrolled;
    this.#scope = scope;
    this.#statements = statements;
    const computed = steps.flatMap((step) => (step.kind === "compute" ? [step.scalar] : []));
    this.#owners = nameOwners(computed.map((scalar) => unrolled.provenanceOf(scalar)));
  }

  enter(section: Section | null): void {
    const text = section === null ? null : sectionComment(section);
    if (text !== null) this.#lines.push({ kind: "comment", text, span: section?.span ?? null });
  }

  write(step: Step, section: Section | null): void {
    const span = section?.span ?? null;
    switch (step.kind) {
      case "compute": {
        const { scalar } = step;
        const value = asNumber(this.#definition(scalar));
        const name = this.#scope.names.claim(this.#preferredName(scalar));
        this.#names.set(scalar, name);
        this.#lines.push({ kind: "declare", keyword: "const", declarations: [{ name, value }], span });
        return;
      }
      case "result": {
        const { destination, position, value } = step.result;
        const expression = asNumber(this.#expression(value));
        if (destination.kind === "return") {
          this.#lines.push({ kind: "return", value: expression, span });
          return;
        }
        const { array, offset, exampleStride } = destination.place;
        const target = element(this.#scope.parameter(array), this.#scope.address(offset + position, exampleStride));
        const operator = destination.kind === "add" ? "+=" : "=";
        if (operator === "+=" && value.kind === "number" && value.value === 0) return;
        this.#lines.push({ kind: "assign", target, operator, value: expression, span });
        return;
      }
    }
  }

  finish(): readonly Statement[] {
    return this.#lines;
  }

  #expression(scalar: Scalar): Expression {
    const name = this.#names.get(scalar);
    if (name !== undefined) return variable(name);
    if (this.#statements.has(scalar)) throw new RangeError("a scalar is used before its statement");
    return this.#definition(scalar);
  }

  /** Bounded by the width that `chooseStatements` lets an expression have. */
  #definition(scalar: Scalar): Expression {
    switch (scalar.kind) {
      case "number":
        return number(scalar.value);
      case "argument":
        return variable(this.#scope.parameter(scalar.name));
      case "load":
        return element(this.#scope.parameter(scalar.array), this.#scope.address(scalar.offset, scalar.exampleStride));
      case "gather": {
        const base = this.#scope.address(scalar.offset, scalar.exampleStride);
        const moved = indexTerm(scalar.stride, asNumber(this.#expression(scalar.at)));
        const index = base.kind === "number" && base.value === 0 ? moved : plus(moved, base);
        return element(this.#scope.parameter(scalar.array), index);
      }
      case "noise": {
        const seed = variable(this.#scope.parameter("seed"));
        return call(
          scalar.distribution,
          seed,
          this.#scope.address(scalar.stream, scalar.exampleStride),
          number(scalar.index),
        );
      }
      case "apply": {
        const entry = scalarPrinting[scalar.fn];
        if (entry.form === "helper") this.#scope.helpers.add(entry.name);
        return applyScalar(
          scalar.fn,
          scalar.args.map((arg) => this.#expression(arg)),
        );
      }
    }
  }

  #preferredName(scalar: Scalar): string {
    const { origin, at, shape, node } = this.#unrolled.provenanceOf(scalar);
    if (scalar.kind === "load") {
      const base = identifier(scalar.input.name);
      const name = elementName(base, at, shape);
      // A scalar must not take the name of the array it is loaded from.
      return this.#procedure.parameters.some((parameter) => parameter.name === name) ? `${name}0` : name;
    }
    return elementName(this.#baseName(scalar, origin, node), at, shape);
  }

  #baseName(scalar: Scalar, origin: Origin | null, node: Provenance["node"]): string {
    const word = scalar.kind === "apply" ? wordFor(scalar.fn) : scalar.kind === "gather" ? "picked" : "draw";
    if (origin?.name == null) return identifier(this.#scope.temporaries.qualify(origin, word));
    const name = origin.adjoint ? `d_${origin.name}` : origin.name;
    return identifier(this.#owners.get(ownerKey(origin)) === node ? name : `${name}_${word}`);
  }
}
