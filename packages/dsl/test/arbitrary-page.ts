/** Owns: random syntax trees, every one of which has a text: for the formatter's and the parser's properties. */

import type { SourceFile, Span } from "@adjoint/ir";
import fc, { type Arbitrary } from "fast-check";
import type {
  Argument,
  BinaryOperator,
  ClassType,
  Definition,
  DefinitionKeyword,
  Expression,
  Formal,
  Import,
  IndexBinder,
  Name,
  Page,
  Statement,
  Trailing,
  TrainSetting,
  UnaryOperator,
} from "../src/index.ts";

/** Trees that were never text have spans in an empty file. */
const nowhere: SourceFile = { path: "random.adj", text: "" };
const span: Span = { file: nowhere, start: 0, end: 0 };

/** Not one of them is reserved; the words of statements, and what begins like a reserved word, are among them. */
const names = [
  ..."x y z W b i j k h θ μ 重み _ _1 x1 e e1 E long_enough_to_make_lines_break".split(" "),
  ..."div mod repeat require input target param state noise output train frozen class from epochs optimizers ifx orx nota".split(
    " ",
  ),
  ..."constructor __proto__ toString sum softmax".split(" "),
];
const unaryOperators: readonly UnaryOperator[] = ["-", "not"];
const binaryOperators: readonly BinaryOperator[] = [
  ...(["+", "-", "*", "/", "^", "<", "<=", ">", ">=", "==", "!=", "and", "or", "div", "mod"] as const),
];
const keywords: readonly DefinitionKeyword[] = [
  ...(["model", "layer", "function", "loss", "metric", "optimizer", "initializer"] as const),
];

const name: Arbitrary<Name> = fc.constantFrom(...names).map((text) => ({ kind: "name", text, span }));
const maybe = <T>(of: Arbitrary<T>): Arbitrary<T | null> => fc.option(of, { nil: null });
const upTo3 = <T>(of: Arbitrary<T>): Arbitrary<readonly T[]> => fc.array(of, { maxLength: 3 });
const some = <T>(of: Arbitrary<T>): Arbitrary<readonly T[]> => fc.array(of, { minLength: 1, maxLength: 3 });

const trailing = fc.constant<Trailing>({ kind: "trailing", span });
const number = fc.oneof(fc.nat(20), fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })).map(Math.abs);
const leaf: Arbitrary<Expression> = fc.oneof(
  fc
    .oneof(
      name,
      fc.constantFrom("h.W", "y.first.b").map((text): Name => ({ kind: "name", text, span })),
    )
    .map((name): Expression => ({ kind: "reference", name, span })),
  number.map((value): Expression => ({ kind: "number", value, span })),
);

/** Trees up to a height; deeper in, smaller. */
function expressionOfHeight(height: number): Arbitrary<Expression> {
  if (height === 0) return leaf;
  const inner = fc.oneof(leaf, expressionOfHeight(height - 1));
  const binder: Arbitrary<IndexBinder> = binderOver(inner);
  return fc.oneof(
    leaf,
    fc
      .tuple(fc.constantFrom(...unaryOperators), inner)
      .map(([operator, operand]): Expression => ({ kind: "unary", operator, operand, span })),
    fc
      .tuple(fc.constantFrom(...binaryOperators), inner, inner)
      .map(([operator, left, right]): Expression => ({ kind: "binary", operator, left, right, span })),
    fc.tuple(inner, inner, inner).map(
      ([condition, whenTrue, whenFalse]): Expression => ({
        kind: "conditional",
        condition,
        whenTrue,
        whenFalse,
        span,
      }),
    ),
    fc
      .tuple(name, upTo3(argumentOver(inner)))
      .map(([callee, given]): Expression => ({ kind: "call", callee, arguments: given, span })),
    fc.tuple(inner, some(inner), maybe(trailing), maybe(inner)).map(
      ([source, indices, trailing, otherwise]): Expression => ({
        kind: "read",
        source,
        indices,
        trailing,
        otherwise,
        span,
      }),
    ),
    fc
      .tuple(name, some(binder), inner)
      .map(([operator, indices, body]): Expression => ({ kind: "reduction", operator, indices, body, span })),
  );
}

function argumentOver(value: Arbitrary<Expression>): Arbitrary<Argument> {
  return fc.tuple(maybe(name), value).map(([name, value]): Argument => ({ kind: "argument", name, value, span }));
}

function binderOver(extent: Arbitrary<Expression>): Arbitrary<IndexBinder> {
  return fc
    .tuple(name, maybe(extent))
    .map(([name, extent]): IndexBinder => ({ kind: "index-binder", name, extent, span }));
}

export const expression: Arbitrary<Expression> = expressionOfHeight(4);
const size: Arbitrary<Expression> = expressionOfHeight(1);
const binder = binderOver(size);
const extents = upTo3(size);
const classType: Arbitrary<ClassType> = size.map((count) => ({ kind: "class-type", count, span }));
const initializer: Arbitrary<Expression> = fc.oneof(
  name.map((name): Expression => ({ kind: "reference", name, span })),
  fc
    .tuple(name, upTo3(argumentOver(size)))
    .map(([callee, given]): Expression => ({ kind: "call", callee, arguments: given, span })),
);
// After a value, `div` and `mod` are operators.
const word = name.filter(({ text }) => text !== "div" && text !== "mod");
const settingName: Arbitrary<Name> = fc.oneof(word, fc.constant<Name>({ kind: "name", text: "optimizer", span }));
const quoted = upTo3(fc.stringMatching(/^[a-z.*_ -]{0,8}$/).map((text) => ({ text, span })));
const setting: Arbitrary<TrainSetting> = fc
  .tuple(settingName, some(size), quoted, fc.boolean())
  .map(([name, values, patterns, alone]) => ({
    kind: "train-setting",
    name,
    values: alone && patterns.length > 0 ? [] : values,
    patterns,
    span,
  }));

const doc = "";
const bound = fc
  .tuple(name, maybe(some(binder)), maybe(trailing), expression)
  .map(([name, indices, trailing, value]) => ({
    name,
    indices,
    trailing: indices === null ? null : trailing,
    value,
  }));

const simpleStatement: Arbitrary<Statement> = fc.oneof(
  fc
    .tuple(fc.constantFrom("input" as const, "target" as const), name, extents, maybe(classType))
    .map(([role, name, extents, type]): Statement => ({ kind: "port", role, name, extents, type, doc, span })),
  fc.tuple(name, extents, initializer, fc.boolean()).map(
    ([name, extents, initializer, frozen]): Statement => ({
      kind: "parameter",
      name,
      extents,
      initializer,
      frozen,
      doc,
      span,
    }),
  ),
  fc
    .tuple(fc.constantFrom("state" as const, "noise" as const), name, extents, initializer)
    .map(([kind, name, extents, initializer]): Statement => ({ kind, name, extents, initializer, doc, span })),
  bound.map((bound): Statement => ({ kind: "binding", ...bound, doc, span })),
  fc.tuple(name, expression).map(([name, value]): Statement => ({ kind: "update", name, value, doc, span })),
  expression.map((value): Statement => ({ kind: "return", value, span })),
  expression.map((condition): Statement => ({ kind: "require", condition, doc, span })),
  fc
    .tuple(maybe(name), expression)
    .map(([name, value]): Statement => ({ kind: "loss-statement", name, value, doc, span })),
  fc
    .tuple(
      fc.constantFrom("metric" as const, "output" as const),
      fc.oneof(
        bound,
        expression.map((value) => ({ name: null, indices: null, trailing: null, value })),
      ),
    )
    .map(([role, bound]): Statement => ({ kind: "result", role, ...bound, doc, span })),
  upTo3(setting).map((settings): Statement => ({ kind: "train", settings, doc, span })),
);

const statement: Arbitrary<Statement> = fc.oneof(
  { arbitrary: simpleStatement, weight: 12 },
  {
    arbitrary: fc.tuple(maybe(name), size, fc.array(simpleStatement, { maxLength: 3 })).map(
      ([index, count, statements]): Statement => ({
        kind: "repeat",
        index,
        count,
        statements,
        block: { span },
        doc,
        span,
      }),
    ),
    weight: 1,
  },
);

const formal: Arbitrary<Formal> = fc
  .tuple(name, maybe(some(size)), maybe(trailing), maybe(classType), maybe(expression))
  .map(
    ([name, extents, trailing, type, initial]): Formal => ({
      kind: "formal",
      name,
      extents,
      trailing: extents === null ? null : trailing,
      type,
      default: initial,
      span,
    }),
  );

const body: Arbitrary<Definition["body"]> = fc.oneof(
  fc.array(statement, { maxLength: 6 }).map((statements): Definition["body"] => ({ kind: "block", statements, span })),
  expression.map((value): Definition["body"] => ({ kind: "expression", value })),
);

const definition: Arbitrary<Definition> = fc
  .tuple(fc.constantFrom(...keywords), name, maybe(upTo3(formal)), body)
  .map(
    ([keyword, name, formals, body]): Definition => ({ kind: "definition", keyword, name, formals, body, doc, span }),
  );

const path = fc.stringMatching(/^[a-z./ _-]{0,12}$/).map((text) => ({ text, span }));
const imported: Arbitrary<Import> = fc
  .tuple(some(name), path)
  .map(([names, from]): Import => ({ kind: "import", names, from, span }));

export const page: Arbitrary<Page> = fc
  .tuple(fc.array(imported, { maxLength: 2 }), fc.array(definition, { maxLength: 4 }))
  .map(([imports, definitions]): Page => ({ kind: "page", imports, definitions, span }));

/** The tree without what depends on the text: spans, and with `docs: false` the comments kept as documentation. */
export function withoutSpans(tree: unknown, { docs }: { readonly docs: boolean }): unknown {
  return JSON.parse(
    JSON.stringify(tree, (key, value: unknown) => (key === "span" || (key === "doc" && !docs) ? undefined : value)),
  );
}
