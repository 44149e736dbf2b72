import { describe, expect, test } from "vitest";
import { summarise } from "../../src/explain/index.ts";
import { bind, Sketch, twoTwoOne } from "./models.ts";

describe("the 2-2-1 network", () => {
  const summary = summarise(twoTwoOne());

  test("has a row for each statement, with its shape and the weights that it is the first to use", () => {
    expect(
      summary.rows.map(({ name, statement, shape, trainable, frozen }) => ({
        name,
        statement,
        shape,
        trainable,
        frozen,
      })),
    ).toEqual([
      { name: "h", statement: "h = layer(x, units: 2)", shape: [2], trainable: 6, frozen: 0 },
      { name: "o", statement: "o = layer(h, units: 1)", shape: [1], trainable: 3, frozen: 0 },
      { name: "loss", statement: "loss square(o, y)", shape: [], trainable: 0, frozen: 0 },
    ]);
    expect(summary.total.trainable).toBe(9);
  });

  test("counts a weight as one multiply-add forward", () => {
    expect(summary.rows.map((row) => row.forward.multiplyAdds)).toEqual([4, 2, 0]);
    expect(summary.total.forward.multiplyAdds).toBe(6);
  });

  test("lists parameters and ports by name", () => {
    expect(summary.parameters.map(({ name, count }) => `${name} ${count}`)).toEqual([
      "h.W 4",
      "h.b 2",
      "o.W 2",
      "o.b 1",
    ]);
    expect(summary.ports).toEqual([
      { name: "x", role: "input", shape: [2] },
      { name: "y", role: "target", shape: [1] },
    ]);
  });

  test("counts what the gradient adds", () => {
    expect(summary.total.backward?.operations).toBeGreaterThan(9);
  });
});

test("frozen weights are counted apart, and weights that are shared once", () => {
  const s = new Sketch();
  const x = s.port("input", "x", [3]);
  const w = s.parameter("w", [3]);
  const f = s.parameter("f", [3], true);
  const a = s.b.map("mul", [w, x]);
  const c = s.b.map("mul", [s.b.map("add", [w, f]), a]);
  const summary = summarise(s.model([bind("a", a, "a = w * x"), bind("c", c, "c = (w + f) * a")], null));
  expect(summary.rows.map(({ trainable, frozen }) => [trainable, frozen])).toEqual([
    [3, 0],
    [0, 3],
  ]);
  expect(summary.rows.map(({ forward }) => forward.operations)).toEqual([3, 6]);
  expect(summary.total).toMatchObject({ trainable: 3, frozen: 3, backward: null });
});

test("1,000 layers are counted", () => {
  const s = new Sketch();
  const bindings = [];
  let last = s.b.broadcast(s.port("input", "x", [4]), [4], [0]);
  for (let k = 0; k < 1000; k++) {
    last = s.b.map("tanh", [s.affine(`h${k}`, last, 4)]);
    bindings.push(bind(`h${k}`, last, `h${k} = layer(…)`));
  }
  const summary = summarise(s.model(bindings, bind("loss", s.b.reduce("sum", last, [0]), "loss total(h999)")));
  expect(summary.total.trainable).toBe(20_000);
  expect(summary.total.forward.multiplyAdds).toBe(16_000);
});
