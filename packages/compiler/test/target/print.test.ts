import { scalarFunctionNames, scalarFunctions } from "@adjoint/ir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { helperFunction } from "../../src/targets/typescript/helpers.ts";
import { elementName, identifier, Names } from "../../src/targets/typescript/names.ts";
import { print, printNumber, printStatements } from "../../src/targets/typescript/print.ts";
import { applyScalar, scalarPrinting } from "../../src/targets/typescript/scalar-printing.ts";
import {
  asCondition,
  asNumber,
  type BinaryOperator,
  binary,
  call,
  type Expression,
  element,
  isBoolean,
  number,
  variable,
} from "../../src/targets/typescript/target-language.ts";
import { functionText } from "./run-emitted.ts";

const js = { language: "js" } as const;
const [a, b, c] = [variable("a"), variable("b"), variable("c")];
const negative = (operand: Expression): Expression => ({ kind: "unary", operator: "-", operand });

describe("expressions take the parentheses they need and no others", () => {
  it.each([
    [binary("+", binary("+", a, b), c), "a + b + c"],
    [binary("+", a, binary("+", b, c)), "a + (b + c)"],
    [binary("-", a, binary("-", b, c)), "a - (b - c)"],
    [binary("*", binary("+", a, b), c), "(a + b) * c"],
    [binary("/", a, binary("*", b, c)), "a / (b * c)"],
    [binary("**", binary("**", a, b), c), "(a ** b) ** c"],
    [binary("**", a, binary("**", b, c)), "a ** b ** c"],
    [binary("**", negative(a), b), "(-a) ** b"],
    [negative(binary("**", a, b)), "-(a ** b)"],
    [binary("**", number(-2), a), "(-2) ** a"],
    [binary("**", a, negative(b)), "a ** -b"],
    [negative(negative(a)), "-(-a)"],
    [negative(number(-1)), "-(-1)"],
    [binary("-", a, number(-1)), "a - -1"],
    [{ kind: "conditional", condition: binary("<", a, b), whenTrue: a, whenFalse: b }, "a < b ? a : b"],
    [binary("&&", binary("||", a, b), c), "(a || b) && c"],
    [{ kind: "unary", operator: "!", operand: binary("<", a, b) }, "!(a < b)"],
    [call("Math.max", a, binary("+", b, c)), "Math.max(a, b + c)"],
  ] as const)("%#: $1", (expression, text) => {
    expect(print(expression, js)).toBe(text);
  });

  it("and mean what they say", () => {
    const operators: readonly BinaryOperator[] = ["+", "-", "*", "/", "**", "<", "<=", "===", "!==", "&&", "||"];
    const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
      tree: fc.oneof(
        { depthSize: "medium" },
        fc.constantFrom(a, b, c),
        fc.constantFrom(-2, -0, 0, 0.5, 3).map(number),
        tie("tree").map((operand) => negative(asNumber(operand))),
        tie("tree").map((operand): Expression => ({ kind: "unary", operator: "!", operand: asCondition(operand) })),
        fc
          .tuple(fc.constantFrom(...operators), tie("tree"), tie("tree"))
          .map(([operator, left, right]) =>
            operator === "&&" || operator === "||"
              ? binary(operator, asCondition(left), asCondition(right))
              : binary(operator, asNumber(left), asNumber(right)),
          ),
        fc.tuple(tie("tree"), tie("tree"), tie("tree")).map(
          ([condition, whenTrue, whenFalse]): Expression => ({
            kind: "conditional",
            condition: asCondition(condition),
            whenTrue: asNumber(whenTrue),
            whenFalse: asNumber(whenFalse),
          }),
        ),
      ),
    }));
    const values = { a: 1.5, b: -0.75, c: 0 };
    fc.assert(
      fc.property(tree, (expression) => {
        const run = new Function("a", "b", "c", `return ${print(expression, js)};`);
        expect(run(values.a, values.b, values.c)).toEqual(evaluate(expression, values));
      }),
    );
  });
});

function evaluate(expression: Expression, values: Readonly<Record<string, number>>): number | boolean {
  const numeric = (e: Expression): number => Number(evaluate(e, values));
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "variable":
      return values[expression.name] ?? Number.NaN;
    case "unary":
      return expression.operator === "-" ? -numeric(expression.operand) : !evaluate(expression.operand, values);
    case "conditional":
      return evaluate(
        evaluate(expression.condition, values) === true ? expression.whenTrue : expression.whenFalse,
        values,
      );
    case "binary":
      return evaluateBinary(expression.operator, evaluate(expression.left, values), evaluate(expression.right, values));
    case "element":
    case "call":
      throw new Error("not generated");
  }
}

function evaluateBinary(operator: BinaryOperator, x: number | boolean, y: number | boolean): number | boolean {
  const [left, right] = [Number(x), Number(y)];
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "**":
      return left ** right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "===":
      return left === right;
    case "!==":
      return left !== right;
    case "&&":
      return x === true && y === true;
    case "||":
      return x === true || y === true;
  }
}

it("numbers read back exactly", () => {
  fc.assert(
    fc.property(fc.double(), (value) => {
      expect(new Function(`return ${printNumber(value)};`)()).toBe(value);
    }),
  );
});

it("only TypeScript asserts that an element is there, and only where it is read", () => {
  const store = [
    { kind: "assign", target: element("y", number(0)), operator: "=", value: element("x", a), span: null },
    { kind: "assign", target: element("y", number(1)), operator: "+=", value: element("x", b), span: null },
  ] as const;
  const text = (language: "ts" | "js") => printStatements(store, { language }).map((line) => line.text);
  expect(text("ts")).toEqual(["y[0] = x[a]!;", "y[1]! += x[b]!;"]);
  expect(text("js")).toEqual(["y[0] = x[a];", "y[1] += x[b];"]);
});

it("a long sum is broken in front of its operators", () => {
  const sum = Array.from({ length: 12 }, (_, k) => binary("*", variable(`weight${k}`), variable(`input${k}`))).reduce(
    (left, right) => binary("+", left, right),
  );
  const lines = printStatements([{ kind: "return", value: sum, span: null }], js).map(({ text }) => text);
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.slice(1).every((line) => /^ {2}\+ /.test(line))).toBe(true);
  expect(lines.every((line) => line.length <= 112)).toBe(true);
});

describe("every scalar function prints as what it is", () => {
  it.each(scalarFunctionNames)("%s", (fn) => {
    const { arity, domain, value } = scalarFunctions[fn];
    const names = ["x", "y", "z"].slice(0, arity);
    const expression = applyScalar(fn, names.map(variable));
    const form = scalarPrinting[fn];
    const helpers = form.form === "helper" ? functionText(helperFunction(form.name), "js") : "";
    const run = new Function(...names, `${helpers}\nreturn ${print(asNumber(expression), js)};`);
    const points = [-1000, -1, -0.5, -0, 0, 0.5, 1, 1000, Number.NaN, Number.POSITIVE_INFINITY];
    const sample = (k: number, axis: number): number => {
      const { from, to } = domain[axis] ?? { from: 0, to: 1 };
      return k < 200
        ? (points[Math.floor(k / 10 ** axis) % 10] ?? 0)
        : from + ((to - from) * ((k * (axis + 7)) % 101)) / 100;
    };
    for (let k = 0; k < 400; k++) {
      const args = names.map((_, axis) => sample(k, axis));
      // +0 turns −0 into 0: a comparison of the two is no difference to a network.
      expect(run(...args) + 0, `${fn}(${args})`).toBe(value(...args) + 0);
    }
    expect(isBoolean(asNumber(expression))).toBe(false);
  });
});

describe("names", () => {
  it("are identifiers that mean nothing else", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (texts) => {
        const names = new Names();
        const claimed = texts.map((text) => names.claim(text));
        expect(new Set(claimed).size).toBe(texts.length);
        for (const name of claimed) expect(() => new Function(`"use strict"; const ${name} = 1;`)).not.toThrow();
      }),
    );
  });

  it("of elements can be told apart", () => {
    expect(elementName("W", [0, 1], [2, 3])).toBe("W01");
    expect(elementName("W", [0, 1], [2, 12])).toBe("W_0_1");
    expect(elementName("fc1", [0], [2])).toBe("fc1_0");
    expect(elementName("loss", [], [])).toBe("loss");
    expect(identifier("h.W")).toBe("h_W");
    expect(identifier("2nd")).toBe("_2nd");
  });

  it("are used again when their block has ended", () => {
    const names = new Names();
    const inner = [names.claim("sum"), names.claim("sum"), names.claim("sum")];
    for (const name of inner.slice(1)) names.release(name);
    expect(inner).toEqual(["sum", "sum_2", "sum_3"]);
    expect(names.claim("sum")).toBe("sum_2");
  });
});

it("a number that a short calculation gives exactly is written as that calculation", () => {
  const spelled = (value: number) => print(binary("*", variable("a"), number(value)), { language: "ts" });
  expect(spelled(1 - 0.9)).toBe("a * (1 - 0.9)");
  expect(spelled(1 - 0.999)).toBe("a * (1 - 0.999)");
  expect(spelled(1 / 48)).toBe("a * (1 / 48)");
  expect(spelled(-2 / 3)).toBe("a * (-2 / 3)");
  expect(spelled(0.1)).toBe("a * 0.1");
  // One bit away from a third.
  expect(spelled(0.33333333333333337)).toBe("a * 0.33333333333333337");
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = print(number(value), { language: "js" });
      expect(Object.is(new Function(`return ${text}`)(), value)).toBe(true);
    }),
  );
});
