import { Builder, type Graph, interpret, type Node, planSteps, verify } from "@adjoint/ir";
import { describe, expect, test } from "vitest";
import { form } from "./networks.ts";

const graphOf = (node: Node): Graph => ({ name: "G", outputs: [{ name: "out", node }] });

/** T[t] = next(previous)[t] over 4 steps of 2 elements. */
function recurrence(next: (b: Builder, previous: Node, x: Node) => Node, direction: 1 | -1 = 1) {
  const b = new Builder();
  const x = b.input("x", "input", [4, 2]);
  const previous = b.carried("c", [4, 2]);
  const made = b.recurrence(direction, 0, [{ previous, initial: b.constant(1, [2]), next: next(b, previous, x) }]);
  return { b, previous, after: b.scan(made, 0, "after"), before: b.scan(made, 0, "before") };
}

const run = (node: Node): readonly number[] => [
  ...interpret(graphOf(node), () => [1, 2, 3, 4, 5, 6, 7, 8]).get("out")!,
];

describe("a recurrence", () => {
  test("has each step's value from the one before, and what is carried into each step", () => {
    const { after, before } = recurrence((b, previous, x) => b.map("add", [previous, x]));
    verify(graphOf(after));
    expect(run(after)).toEqual([2, 3, 5, 7, 10, 13, 17, 21]);
    expect(run(before)).toEqual([1, 1, 2, 3, 5, 7, 10, 13]);
  });

  test("runs the other way", () => {
    const { after, before } = recurrence((b, previous, x) => b.map("add", [previous, x]), -1);
    expect(run(after)).toEqual([17, 21, 16, 19, 13, 15, 8, 9]);
    expect(run(before)).toEqual([16, 19, 13, 15, 8, 9, 1, 1]);
  });

  test("computes outside of its loop what does not depend on what it carries", () => {
    const { after } = recurrence((b, previous, x) => b.map("add", [previous, b.map("exp", [x])]));
    const steps = planSteps([...new Set(planned(after))]);
    expect(steps.map((step) => (step.kind === "node" ? step.node.kind : "loop"))).toEqual([
      "input",
      "constant",
      "map",
      "loop",
    ]);
  });

  test("of one step, or whose shape changes, is refused where it is built", () => {
    const b = new Builder();
    const single = b.carried("s", [1, 2]);
    const carry = { previous: single, initial: b.constant(0, [2]), next: single };
    expect(() => b.recurrence(1, 0, [carry])).toThrow(/two steps/);
    const previous = b.carried("c", [4, 2]);
    const next = b.input("x", "input", [4, 3]);
    expect(() => b.recurrence(1, 0, [{ previous, initial: b.constant(0, [2]), next }])).toThrow(/shape/);
  });

  test("may not look at other times than its own", () => {
    const shifted = recurrence((b, previous) => b.read(previous, [4, 2], [form(-1, 1, 0), form(0, 0, 1)], 0));
    expect(() => verify(graphOf(shifted.after))).toThrow(/different times/);
    const summed = recurrence((b, previous) => b.broadcast(b.reduce("sum", previous, [0]), [4, 2], [1]));
    expect(() => verify(graphOf(summed.after))).toThrow(/different times/);
  });

  test("binds what it carries: outside that means nothing", () => {
    const { b, previous, after } = recurrence((b, previous, x) => b.map("add", [previous, x]));
    expect(() => verify(graphOf(previous))).toThrow(/outside its recurrence/);
    expect(() => verify(graphOf(b.map("add", [previous, after])))).toThrow(/outside its recurrence/);
  });
});

function planned(node: Node): readonly Node[] {
  const graph = graphOf(node);
  const seen: Node[] = [];
  interpret(
    graph,
    () => [1, 2, 3, 4, 5, 6, 7, 8],
    (each) => {
      seen.push(each);
    },
  );
  return seen.sort((a, b) => a.id - b.id);
}
