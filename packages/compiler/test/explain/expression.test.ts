import { describe, expect, test } from "vitest";
import {
  call,
  type Expression,
  ExpressionAlgebra,
  number,
  power,
  product,
  restate,
  sizeLimit,
  sum,
  symbol,
} from "../../src/explain/expression.ts";
import { evaluateByHand, formatNumber, printCondition, printExpression } from "../../src/explain/print-expression.ts";

const x = symbol("x", 3);
const y = symbol("y", -2);
const z = symbol("z", 0.5);
const minus = (e: Expression): Expression => product([number(-1), e]);

function print(expression: Expression): string {
  return printExpression(expression, { kind: "symbols", digits: 3 });
}

function printNumbers(expression: Expression): string {
  return printExpression(expression, { kind: "numbers", digits: 3 });
}

describe("normal form", () => {
  test.each<[string, Expression, string, number]>([
    ["like terms are collected", sum([x, y, x]), "2·x + y", 4],
    ["opposite terms vanish", sum([x, y, minus(x)]), "y", -2],
    ["the empty sum is 0", sum([x, minus(x)]), "0", 0],
    ["sums are flattened, also behind a minus", sum([x, minus(sum([y, minus(z)]))]), "x − y + z", 5.5],
    ["numbers are added", sum([number(1), x, number(2)]), "3 + x", 6],
    ["equal factors become a power", product([x, y, x]), "x²·y", -18],
    ["a factor and its inverse vanish", product([x, y, power(x, -1)]), "y", -2],
    ["0 takes the whole product", product([x, number(0)]), "0", 0],
    ["what all terms share stands before them", sum([product([x, y]), product([x, z])]), "x·(y + z)", -4.5],
    ["also a denominator", sum([product([y, power(x, -1)]), power(x, -1)]), "(y + 1)/x", -1 / 3],
    ["also a common number", sum([product([number(2), x]), product([number(-2), y])]), "2·(x − y)", 10],
    ["what is left may be a number", sum([product([sum([x, number(5)]), z]), minus(product([x, z]))]), "5·z", 2.5],
    ["y − y² is y·(1 − y)", sum([z, minus(product([z, z]))]), "z·(1 − z)", 0.25],
    ["1 − y stands in this order", sum([minus(x), number(1)]), "1 − x", -2],
    ["nothing is expanded", product([x, sum([y, z])]), "x·(y + z)", -4.5],
    ["a power of a product is a product of powers", power(product([number(2), x, y]), 2), "4·x²·y²", 144],
  ])("%s", (_name, expression, text, value) => {
    expect(print(expression)).toBe(text);
    expect(expression.value).toBeCloseTo(value, 14);
  });

  test("what is too long becomes its value", () => {
    const many = Array.from({ length: sizeLimit + 1 }, (_, k) => symbol(`s${k}`, k));
    const total = sum(many);
    expect(total).toMatchObject({ kind: "symbol", text: null, value: (sizeLimit * (sizeLimit + 1)) / 2 });
    expect(print(call("sin", [total], Math.sin(total.value)))).toBe("sin(528)");
  });

  test("a definition that occurs whole is called by its name", () => {
    const share = product([x, power(y, -1)]);
    const p = symbol("p", share.value);
    expect(print(restate(product([x, z, power(y, -2)]), share, p))).toBe("p·z/y");
    expect(print(restate(product([x, z]), share, p))).toBe("x·z");
  });
});

describe("printing", () => {
  test.each<[Expression, string, string]>([
    [product([number(-2), sum([x, minus(z)])]), "−2·(x − z)", "−2·(3 − 0.5)"],
    [product([x, y]), "x·y", "3·(−2)"],
    [product([y, x]), "y·x", "−2·3"],
    [minus(y), "−y", "−(−2)"],
    [sum([x, y]), "x + y", "3 + (−2)"],
    [sum([x, product([y, z])]), "x + y·z", "3 + (−2)·0.5"],
    [power(y, 2), "y²", "(−2)²"],
    [power(sum([x, y]), 2), "(x + y)²", "(3 + (−2))²"],
    [product([minus(x), power(product([y, z]), -1)]), "−x/(y·z)", "−3/((−2)·0.5)"],
    [power(x, -2), "1/x²", "1/3²"],
    [product([number(0.5), power(sum([x, z]), -1)]), "0.5/(x + z)", "0.5/(3 + 0.5)"],
    [call("pow", [x, z], 3 ** 0.5), "x^z", "3^0.5"],
    [call("abs", [y], 2), "|y|", "|−2|"],
    [call("atan2", [y, x], Math.atan2(-2, 3)), "atan2(y, x)", "atan2(−2, 3)"],
  ])("%#: %s", (expression, symbols, numbers) => {
    expect(print(expression)).toBe(symbols);
    expect(printNumbers(expression)).toBe(numbers);
  });

  test.each([
    [0.0474258731, 3, "0.0474"],
    [0.5, 3, "0.5"],
    [0.13042, 3, "0.130"],
    [0.1 + 0.2, 3, "0.3"],
    [-0.9526, 3, "−0.953"],
    [12345.6, 3, "12346"],
    [999.96, 4, "1000"],
    [1e-4, 3, "0.0001"],
    [1.2345e-7, 3, "1.23e−7"],
    [-3e20, 3, "−3e20"],
    [0, 3, "0"],
    [Number.NaN, 3, "NaN"],
    [Number.NEGATIVE_INFINITY, 3, "−∞"],
  ])("%d to %d digits is %s", (value, digits, text) => {
    expect(formatNumber(value, digits)).toBe(text);
  });

  test("by hand, every number is rounded before it is used", () => {
    const o = symbol("o", 0.5237);
    expect(evaluateByHand(product([number(-2), sum([number(1), minus(o)])]), 3)).toBeCloseTo(-0.952, 12);
  });
});

describe("branches are resolved as they are at the point", () => {
  test.each<[string, (a: ExpressionAlgebra) => Expression, string, string]>([
    ["comparison", (a) => a.call("lt", x, y), "0", "x > y"],
    ["equality", (a) => a.call("eq", x, number(3)), "1", "x = 3"],
    ["a number on the left", (a) => a.call("le", number(0), y), "0", "y < 0"],
    ["selection", (a) => a.call("select", a.call("lt", y, x), x, y), "x", "y < x"],
    ["sign", (a) => a.call("sign", y), "−1", "y < 0"],
  ])("%s", (_name, build, text, condition) => {
    const algebra = new ExpressionAlgebra();
    expect(print(build(algebra))).toBe(text);
    expect([...algebra.conditions.values()].map((c) => printCondition(c, 3))).toEqual([condition]);
  });
});
